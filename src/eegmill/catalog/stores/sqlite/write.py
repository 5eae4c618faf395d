"""What changes an SQLite catalogue: functions on a connection that is inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...documents import strict_json
from ...documents.changes import Changes, apply_changes
from ...documents.models import Document, Record
from ...documents.summaries import summary_row
from ...faults import DuplicateRecord
from ..contract import Updated, Upserted
from .filter import document_id
from .schema import Tables

CHUNK = 500


@dataclass(frozen=True)
class Shelf:
    """Where documents of one kind are kept: their texts, and the table whose columns identify them."""

    table: str
    """Holds ``id`` and ``doc``."""
    keys: str
    """Holds ``id`` and the columns of the key; may be the same table."""
    key: tuple[str, ...]
    has_summary: bool = False

    def row(self, text: str, document: Mapping[str, Any]) -> tuple[str, ...]:
        """The values of a document's own columns."""
        return (strict_json.dumps(summary_row(document)), text) if self.has_summary else (text,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of these columns."""
        return ("summary", "doc") if self.has_summary else ("doc",)


def records_shelf(tables: Tables) -> Shelf:
    """The table of records."""
    return Shelf(tables.texts, tables.records, ("dataset", "bids_relpath"))


def datasets_shelf(tables: Tables) -> Shelf:
    """The table of dataset documents."""
    return Shelf(tables.datasets, tables.datasets, ("dataset_id",), has_summary=True)


def montages_shelf(tables: Tables) -> Shelf:
    """The table of montages."""
    return Shelf(tables.montages, tables.montages, ("hash",))


def count_change(connection: sqlite3.Connection, database: str, *, new_rows: int = 0) -> int:
    """Move the change counter on and reserve row numbers, which are never used twice; gives the first of them."""
    sql = "UPDATE counters SET changes = changes + 1, last_id = last_id + ? WHERE database = ? RETURNING last_id"
    last: int = connection.execute(sql, (new_rows, database)).fetchone()[0]
    return last - new_rows + 1


def insert_records(connection: sqlite3.Connection, database: str, shelf: Shelf, records: Sequence[Record]) -> list[str]:
    """Add records; the transaction must be rolled back when it raises DuplicateRecord."""
    first = count_change(connection, database, new_rows=len(records))
    rows = ((row, _with_id(row, record.json_text())) for row, record in enumerate(records, start=first))
    try:
        connection.executemany(f"INSERT INTO {shelf.table} (id, doc) VALUES (?, ?)", rows)
    except sqlite3.IntegrityError:
        raise DuplicateRecord(_duplicate(connection, shelf, records, first)) from None
    return [document_id(row) for row in range(first, first + len(records))]


def upsert(
    connection: sqlite3.Connection, database: str, shelf: Shelf, documents: Sequence[Document], keep: Sequence[str] = ()
) -> Upserted:
    """Add documents, or set the given fields of those with the same key; those in ``keep`` only where missing."""
    inserted = updated = 0
    for document in documents:
        fields = document.fields()
        held = _held(connection, shelf, [fields[name] for name in shelf.key])
        if held is None:
            _insert(connection, shelf, count_change(connection, database, new_rows=1), fields)
            inserted += 1
            continue
        row, stored = held
        kept = {name: stored[name] for name in keep if name in stored}
        updated += _rewrite(connection, shelf, row, stored, {**stored, **fields, **kept})
    return Upserted(inserted, updated)


def change_rows(connection: sqlite3.Connection, shelf: Shelf, rows: Sequence[int], changes: Changes) -> Updated:
    """Set fields in the documents of these rows."""
    modified = 0
    for row, stored in _documents(connection, shelf, rows):
        modified += _rewrite(connection, shelf, row, stored, apply_changes(stored, changes))
    return Updated(matched=len(rows), modified=modified)


def delete_rows(connection: sqlite3.Connection, table: str, rows: Sequence[int]) -> int:
    """Remove rows; how many there were."""
    sql = f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
    return connection.execute(sql, (strict_json.dumps(list(rows)),)).rowcount


def _with_id(row: int, text: str) -> str:
    return f'{{"_id":"{document_id(row)}",{text[1:]}'


def _held(connection: sqlite3.Connection, shelf: Shelf, key: list[str]) -> tuple[int, dict[str, Any]] | None:
    test = " AND ".join(f"{name} = ?" for name in shelf.key)
    sql = f"SELECT id, doc FROM {shelf.table} WHERE id = (SELECT id FROM {shelf.keys} WHERE {test})"
    found = connection.execute(sql, key).fetchone()
    return None if found is None else (found[0], json.loads(found[1]))


def _insert(connection: sqlite3.Connection, shelf: Shelf, row: int, fields: Mapping[str, Any]) -> None:
    values = shelf.row(_with_id(row, strict_json.dumps(fields)), {"_id": document_id(row), **fields})
    places = ", ".join("?" for _ in values)
    columns = ", ".join(shelf.columns)
    connection.execute(f"INSERT INTO {shelf.table} (id, {columns}) VALUES (?, {places})", (row, *values))


def _rewrite(
    connection: sqlite3.Connection, shelf: Shelf, row: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    """Store a changed document; False if nothing really changed (as text: 1 is not true)."""
    text = strict_json.dumps(new)
    if text == strict_json.dumps(old):
        return False
    places = ", ".join(f"{name} = ?" for name in shelf.columns)
    connection.execute(f"UPDATE {shelf.table} SET {places} WHERE id = ?", (*shelf.row(text, new), row))
    return True


def _documents(
    connection: sqlite3.Connection, shelf: Shelf, rows: Sequence[int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        chunk = strict_json.dumps(list(rows[start : start + CHUNK]))
        sql = f"SELECT id, doc FROM {shelf.table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        for row, text in connection.execute(sql, (chunk,)).fetchall():
            yield row, json.loads(text)


def _duplicate(connection: sqlite3.Connection, shelf: Shelf, records: Sequence[Record], first: int) -> str:
    """Name the first record that was there before, or comes twice."""
    sql = f"SELECT 1 FROM {shelf.keys} WHERE dataset = ? AND bids_relpath = ? AND id < ?"
    seen: set[tuple[str, str]] = set()
    for record in records:
        key = (record.dataset, record.bids_relpath)
        if key in seen or connection.execute(sql, (*key, first)).fetchone():
            return (
                f"Record '{record.bids_relpath}' of dataset '{record.dataset}' is already stored. Upsert replaces it."
            )
        seen.add(key)
    return "One of these records is already stored. Upsert replaces it."
