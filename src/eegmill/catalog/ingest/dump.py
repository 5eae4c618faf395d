"""Writes a catalogue out: one document a line, ready to be loaded again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..filters.language import EVERYTHING, Filter
from ..stores.contract import Collection, Store
from .dumps import write_lines

PAGE = 1000


def dump(
    store: Store,
    database: str,
    path: Path,
    *,
    collections: Sequence[Collection] = ("datasets", "montages", "records"),
    query: Filter = EVERYTHING,
) -> int:
    """Write documents that match to a file (packed if it ends in ``.gz`` or ``.xz``); gives how many.

    The file appears only once it is whole. Its documents keep their ``_id``; a store that loads them gives its own.

    Examples
    --------
    >>> from eegmill.catalog.stores.sqlite.store import SqliteStore
    >>> dump(SqliteStore(None), "eegdash", Path("catalogue.ndjson.xz"))  # doctest: +SKIP
    0
    """
    return write_lines(_texts(store, database, collections, query), path)


def _texts(store: Store, database: str, collections: Sequence[Collection], query: Filter) -> Iterator[str]:
    for collection in collections:
        skip = 0
        while page := store.find(database, collection, query, limit=PAGE, skip=skip):
            yield from page
            skip += len(page)
