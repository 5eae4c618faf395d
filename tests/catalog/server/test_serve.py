"""The server as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from api_documents import TOKEN, record
from eegmill.catalog.client.api import Client
from eegmill.catalog.faults import StoreUnavailable
from eegmill.catalog.filters.language import EVERYTHING
from eegmill.catalog.server.serve import serve
from eegmill.catalog.stores import open_store
from eegmill.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVE = """
import sys
from eegmill.catalog.server.serve import serve
serve(sys.argv[1], port=int(sys.argv[2]), create=True)
"""


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_file_name_or_a_url_opens_the_same_store(tmp_path: Path, form: str) -> None:
    store = open_store(form.format(tmp_path / "catalogue.db"))
    assert store.count("eegdash", "records", EVERYTHING) == 0
    store.close()
    assert (tmp_path / "catalogue.db").is_file()


def test_a_store_in_memory_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("memory").close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "postgres://localhost/x", "https://data.eegdash.org"])
def test_another_kind_of_store_is_refused(url: str) -> None:
    with pytest.raises(CatalogError, match="is no store"):
        open_store(url)


def test_a_file_in_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises((CatalogError, StoreUnavailable)):
        open_store(str(tmp_path / "nowhere" / "catalogue.db"))


def test_a_mistyped_store_is_an_error_where_none_is_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"There is no store '.*lba\.db'\. 'eegmill catalog load"):
        open_store(str(tmp_path / "lba.db"), create=False)
    assert list(tmp_path.iterdir()) == []


def test_without_a_store_the_shipped_catalogue_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    monkeypatch.setattr(
        "eegmill.catalog.server.serve.run",
        lambda config: served.append(config.app.state.store.dataset_names("eegdash")),
    )
    serve(None)
    assert {"ds002718", "eegmill-sample"} <= set(served[0])


@pytest.fixture
def url(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server process on a free port, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "EEGMILL_ADMIN_TOKEN": TOKEN}
    command = [sys.executable, "-c", SERVE, str(tmp_path / "catalogue.db"), str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()


def test_it_serves_until_told_to_stop_and_leaves_one_file(
    url: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    address, process = url
    with Client(address, token=TOKEN, retries=8) as client:
        assert client.count() == 0
        assert client.insert([record("01"), record("02")]) == 2
        assert [found["subject"] for found in client.find({"subject": "02"})] == ["02"]
        assert client.update({"subject": "02"}, {"nchans": 3}).modified == 1
        assert client.upsert([record("02", nchans=4), record("03")]).inserted == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["catalogue.db"]  # all of it, so that it may be copied
    store = open_store(str(tmp_path / "catalogue.db"), create=False)
    assert store.count("eegdash", "records", EVERYTHING) == 3
    store.close()
