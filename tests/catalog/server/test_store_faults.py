"""A store that is gone, replaced, read-only or full: health tells it, and no write is acknowledged in vain."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN, filled, record
from eegmill.catalog.faults import ReadOnlyStore
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores import open_offenders, open_store
from eegmill.catalog.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A filled store, closed again."""
    folder = tmp_path / "store"
    folder.mkdir()
    store = SqliteStore(folder / "lab.db")
    filled(store)
    store.close()
    return folder / "lab.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path)
    yield opened
    opened.close()


def client(store: SqliteStore) -> TestClient:
    return TestClient(create_app(store, Settings(tokens=(TOKEN,))), headers=BEARER)


@pytest.mark.parametrize("replaced", [False, True], ids=["gone", "replaced"])
def test_a_store_that_is_gone_acknowledges_no_write(path: Path, store: SqliteStore, replaced: bool) -> None:
    api = client(store)
    path.rename(path.with_name("moved.db"))
    if replaced:
        shutil.copy(path.with_name("moved.db"), path)
    assert api.post("/admin/eegdash/records", json=record("77")).status_code == 503
    health = api.get("/health")
    assert (health.status_code, health.json()["status"]) == (503, "unhealthy")
    assert "was removed or replaced" in health.json()["detail"]
    path.unlink(missing_ok=True)
    path.with_name("moved.db").rename(path)
    assert api.get("/health").status_code == 200
    assert api.get("/api/eegdash/count", params={"filter": '{"subject": "77"}'}).json()["count"] == 0


def test_a_full_disk_is_told(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eegmill.catalog.stores.sqlite.connections._free_bytes", lambda _: 0)
    health = client(store).get("/health")
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    assert "disk of the store is full" in health.json()["detail"]


@pytest.mark.parametrize("folder_too", [False, True], ids=["file", "file and folder"])
def test_a_read_only_store_is_served_and_takes_no_changes(path: Path, folder_too: bool) -> None:
    path.chmod(0o444)
    if folder_too:
        path.parent.chmod(0o555)
    store = open_store(str(path), create=False)
    assert isinstance(store, SqliteStore)
    api = client(store)
    assert api.get("/api/eegdash/count").json()["count"] > 0
    assert api.get("/health").json()["detail"] == "The store is read-only: it takes no changes."
    refused = api.post("/admin/eegdash/records", json=record("77"))
    assert (refused.status_code, "read-only" in refused.json()["detail"]) == (403, True)
    with pytest.raises(ReadOnlyStore):
        store.delete_dataset("eegdash", "ds001787")
    offenders = open_offenders(str(path))
    assert offenders.blocked(after_s=0) == []
    offenders.close()
    store.close()
    path.parent.chmod(0o755)
    assert sorted(each.name for each in path.parent.iterdir()) in (["lab.db"], ["lab.db", "lab.db-shm", "lab.db-wal"])


def test_damage_that_a_question_meets_is_told(path: Path, store: SqliteStore) -> None:
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'eegdash__datasets'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    api = client(store)
    assert api.get("/health").status_code == 200
    assert api.get("/api/eegdash/datasets").status_code == 503
    health = api.get("/health")
    assert (health.status_code, "is damaged" in health.json()["detail"]) == (503, True)


def test_an_overwritten_beginning_is_told_and_takes_no_write(path: Path, store: SqliteStore) -> None:
    api = client(store)
    assert api.get("/api/eegdash/count").json()["count"] > 0
    with path.open("r+b") as file:
        file.write(b"\0" * 800)
    health = api.get("/health")
    assert (health.status_code, "is damaged" in health.json()["detail"]) == (503, True)
    assert api.post("/admin/eegdash/records", json=record("77")).status_code == 503
