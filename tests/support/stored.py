"""Catalogues in memory."""

from __future__ import annotations

from collections.abc import Sequence

from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.stores.sqlite.store import SqliteStore


def stored_in_memory(database: str, *, datasets: Sequence[Dataset] = (), records: Sequence[Record] = ()) -> SqliteStore:
    """A store of these documents that is gone when closed."""
    store = SqliteStore(None, databases=(database,))
    store.upsert_datasets(database, datasets)
    store.insert_records(database, records)
    return store
