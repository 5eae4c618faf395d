"""The log of requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from eegmill.catalog.stores.contract import Store


def test_each_request_is_a_line_that_holds_no_token(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    api = TestClient(create_app(store, Settings(tokens=(TOKEN,), access_log=str(log))), headers=BEARER)
    replies = [api.get("/api/eegdash/count?limit=x"), api.head("/health")]
    first, second = map(json.loads, log.read_text().splitlines())
    assert (first["method"], first["path"], first["query"]) == ("GET", "/api/eegdash/count", "limit=x")
    assert (first["status"], first["bytes"]) == (422, len(replies[0].content))
    assert (first["request_id"], second["method"]) == (replies[0].headers["x-request-id"], "HEAD")
    assert TOKEN not in log.read_text()


def test_a_log_that_cannot_be_written_is_one_clear_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"The access log '.*none/x\.jsonl' cannot be written: No such file"):
        create_app(store, Settings(access_log=str(tmp_path / "none" / "x.jsonl")))
