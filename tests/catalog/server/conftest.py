"""A small catalogue behind the API, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN, filled
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores.contract import Store
from eegmill.catalog.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from fastapi import FastAPI


@pytest.fixture
def store() -> Iterator[Store]:
    """A filled store in memory."""
    made = SqliteStore(None)
    yield filled(made)
    made.close()


@pytest.fixture
def app(store: Store) -> FastAPI:
    """The API on that store, with an admin token."""
    return create_app(store, Settings(tokens=(TOKEN,)))


@pytest.fixture
def api(app: FastAPI) -> TestClient:
    """Anybody."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def admin(app: FastAPI) -> TestClient:
    """Somebody with the token."""
    return TestClient(app, raise_server_exceptions=False, headers=BEARER)
