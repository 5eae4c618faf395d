"""The contract on SQLite, in a file and in memory, and what only this store has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from contract import StoreContract

from eegmill.catalog.sqlite import SqliteStore
from eegmill.catalog.store import Store


class TestSqliteFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SqliteStore(tmp_path / "catalog.sqlite")
        yield store
        store.close()


class TestSqliteMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = SqliteStore(None)
        yield store
        store.close()
