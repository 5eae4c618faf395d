"""The catalogue in one SQLite file (or in memory): the default store, which needs no server."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from typing_extensions import override

from ...documents.changes import Changes
from ...documents.models import FIRST_WRITTEN, Dataset, Montage, Record
from ...documents.statistics import RecordStatistics, ValueCount, computed_fields
from ...faults import QueryTimeout
from ...filters.language import Filter
from ..contract import (
    DATABASES,
    MAX_NAMED,
    READ_TIMEOUT_S,
    Collection,
    Page,
    Store,
    Summary,
    T,
    Totals,
    Updated,
    Upserted,
    unknown_database,
)
from . import write as write
from .connections import Connections, deadline, in_haste
from .filter import Condition, compile_filter
from .schema import COMMON, Tables, schema, tables_of

COMMON_FROM = 5000
"""Rows from which a modality is looked up row by row in a page, not collected first."""


class SqliteStore(Store):
    """A :class:`~eegmill.catalog.stores.contract.Store` on SQLite; safe to share between threads.

    Parameters
    ----------
    path
        The file, made if missing; None keeps everything in memory until :meth:`close`.
    databases
        Names of the databases it holds.
    read_timeout_s
        How long a read may take.

    Examples
    --------
    >>> from eegmill.catalog.filters import EVERYTHING
    >>> store = SqliteStore(None)
    >>> store.count("eegdash", "records", EVERYTHING)
    0
    """

    def __init__(
        self,
        path: Path | None,
        *,
        databases: Sequence[str] = DATABASES,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._tables = {database: tables_of(database) for database in databases}
        self._timeout_s = read_timeout_s
        self._connections = Connections(path)
        if self._connections.read_only:
            return
        with self._connections.writing() as connection:
            for statement in itertools.chain(COMMON, *(schema(database) for database in databases)):
                connection.execute(statement)
            rows = [(database,) for database in databases]
            connection.executemany("INSERT OR IGNORE INTO counters VALUES (?, 0, 0, 0)", rows)

    @override
    def databases(self) -> tuple[str, ...]:
        return tuple(self._tables)

    # Reading

    @override
    def find(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> list[str]:
        with self._connections.reading(self._timeout_s) as connection:
            page, arguments = _page(connection, self._of(database), collection, query, limit, skip)
            return [row[0] for row in connection.execute(" ".join(page), arguments)]

    @override
    def page(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> Page:
        with self._connections.reading(self._timeout_s) as connection:
            page, arguments = _page(connection, self._of(database), collection, query, limit, skip)
            # One row for the whole page: each row would give the interpreter's lock away and wait for it again.
            chosen, selected = page
            whole = f"{chosen} SELECT COUNT(*), CAST(group_concat(doc) AS BLOB) FROM ({selected} LIMIT {limit:d})"
            count, text = connection.execute(whole, arguments).fetchone()
        return Page(text or b"", count)

    @override
    def count(self, database: str, collection: Collection, query: Filter) -> int:
        tables = self._of(database)
        if collection == "records" and not query.document:
            return self._number("SELECT records FROM counters WHERE database = ?", (database,))
        source, condition = _among(tables, collection, query)
        return self._number(f"SELECT COUNT(*) FROM {source} WHERE {condition.sql}", condition.arguments)

    @override
    def get_dataset(self, database: str, dataset_id: str) -> str | None:
        return self._text(f"SELECT doc FROM {self._of(database).datasets} WHERE dataset_id = ?", dataset_id)

    @override
    def datasets_named(self, database: str, name: str) -> list[str]:
        sql = (
            f"SELECT doc FROM {self._of(database).datasets} WHERE name = ?1 OR EXISTS("
            "SELECT 1 FROM json_each(summary, '$.canonical_name') e WHERE e.type = 'text' AND e.value = ?1) "
            f"ORDER BY id LIMIT {MAX_NAMED:d}"
        )
        with self._connections.reading(self._timeout_s) as connection:
            return [row[0] for row in connection.execute(sql, (name,))]

    @override
    def dataset_names(self, database: str) -> list[str]:
        tables = self._of(database)
        sql = (
            f"SELECT dataset_id FROM {tables.datasets} "
            f"UNION SELECT dataset FROM {tables.statistics} WHERE records > 0 ORDER BY 1"
        )
        with self._connections.reading(self._timeout_s) as connection:
            return [row[0] for row in connection.execute(sql)]

    @override
    def summary(
        self, database: str, *, modality: str | None = None, source: str | None = None, limit: int, skip: int = 0
    ) -> Summary:
        condition = (
            "(?1 IS NULL OR source = ?1) AND "
            "(?2 IS NULL OR EXISTS(SELECT 1 FROM json_each(modalities) e WHERE e.value = ?2))"
        )
        origin = f"FROM {self._of(database).datasets} WHERE {condition}"
        page = f"SELECT summary {origin} ORDER BY dataset_id LIMIT {limit:d} OFFSET {skip:d}"
        sums = ", ".join(f"{_whole_sum(name)}" for name in ("subjects", "files", "size"))
        with self._connections.reading(self._timeout_s, throughout=True) as connection:
            rows = [row[0] for row in connection.execute(page, (source, modality))]
            totals = Totals(*connection.execute(f"SELECT COUNT(*), {sums} {origin}", (source, modality)).fetchone())
        return Summary(rows, totals)

    @override
    def record_statistics(self, database: str, datasets: Sequence[str] | None = None) -> list[RecordStatistics]:
        table = self._of(database).statistics
        among = "" if datasets is None else "AND dataset IN (SELECT value FROM json_each(?))"
        arguments = () if datasets is None else (json.dumps(list(datasets)),)
        sql = f"SELECT dataset, {{0}}, SUM(records) FROM {table} WHERE records > 0 {among} GROUP BY 1, 2 ORDER BY 1, 2"
        with self._connections.reading(self._timeout_s, throughout=True) as connection:
            nchans = connection.execute(sql.format("nchans"), arguments).fetchall()
            sfreqs = connection.execute(sql.format("sampling_frequency"), arguments).fetchall()
        return _statistics(nchans, sfreqs)

    # Writing

    @override
    def insert_records(self, database: str, records: Sequence[Record]) -> list[str]:
        shelf = write.records_shelf(self._of(database))
        if not records:
            return []
        with self._connections.writing() as connection:
            return write.insert_records(connection, database, shelf, records)

    @override
    def upsert_records(self, database: str, records: Sequence[Record]) -> Upserted:
        shelf = write.records_shelf(self._of(database))
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            return write.upsert(connection, database, shelf, records)

    @override
    def update_records(self, database: str, query: Filter, changes: Changes) -> Updated:
        tables = self._of(database)
        with self._connections.writing() as connection:
            rows = self._matching(connection, tables, query)
            write.count_change(connection, database)
            return write.change_rows(connection, write.records_shelf(tables), rows, changes)

    @override
    def delete_records(self, database: str, query: Filter) -> int:
        tables = self._of(database)
        with self._connections.writing() as connection:
            rows = self._matching(connection, tables, query)
            write.count_change(connection, database)
            return write.delete_rows(connection, tables.texts, rows)

    @override
    def upsert_datasets(self, database: str, datasets: Sequence[Dataset]) -> Upserted:
        tables = self._of(database)
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            return write.upsert(connection, database, write.datasets_shelf(tables), datasets)

    @override
    def update_dataset(self, database: str, dataset_id: str, changes: Changes) -> Updated:
        shelf = write.datasets_shelf(self._of(database))
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            return write.change_rows(connection, shelf, self._rows(connection, shelf.table, dataset_id), changes)

    @override
    def delete_dataset(self, database: str, dataset_id: str) -> int:
        table = self._of(database).datasets
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            return write.delete_rows(connection, table, self._rows(connection, table, dataset_id))

    @override
    def upsert_montages(self, database: str, montages: Sequence[Montage]) -> Upserted:
        tables = self._of(database)
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            return write.upsert(connection, database, write.montages_shelf(tables), montages, FIRST_WRITTEN)

    @override
    def compute_statistics(self, database: str, datasets: Sequence[str] | None = None, *, now: str) -> int:
        tables = self._of(database)
        statistics = self.record_statistics(database, datasets)
        with self._connections.writing() as connection:
            write.count_change(connection, database)
            durations = dict(connection.execute(_DURATIONS.format(tables.records)).fetchall())
            shelf, modified = write.datasets_shelf(tables), 0
            for entry in statistics:
                rows = self._rows(connection, shelf.table, entry.dataset)
                computed = computed_fields(entry, durations.get(entry.dataset), now=now)
                modified += write.change_rows(connection, shelf, rows, computed).modified
            return modified

    # Around the documents

    def at_once(self, ask: Callable[[], T]) -> T | None:
        """What a question gives, or None if it takes long; in memory always None, as a writer may be in the way."""
        if self._connections.path is None:
            return None
        try:
            with in_haste():
                return ask()
        except QueryTimeout:
            return None

    @override
    def change_counter(self, database: str) -> int:
        self._of(database)
        return self._number("SELECT changes FROM counters WHERE database = ?", (database,))

    @override
    def ping(self) -> str:
        wrong = self._connections.state()
        self._number("SELECT COUNT(*) FROM counters", ())
        return wrong

    @override
    def close(self) -> None:
        self._connections.close()

    # Within

    def _of(self, database: str) -> Tables:
        if database not in self._tables:
            raise unknown_database(database, tuple(self._tables))
        return self._tables[database]

    def _number(self, sql: str, arguments: Sequence[object]) -> int:
        with self._connections.reading(self._timeout_s) as connection:
            return int(connection.execute(sql, arguments).fetchone()[0])

    def _text(self, sql: str, *arguments: str) -> str | None:
        with self._connections.reading(self._timeout_s) as connection:
            row = connection.execute(f"{sql} LIMIT 1", arguments).fetchone()
        return None if row is None else str(row[0])

    def _matching(self, connection: sqlite3.Connection, tables: Tables, query: Filter) -> list[int]:
        """Row numbers of the records that match, found within the time that a read may take."""
        source, condition = _among(tables, "records", query)
        sql = f"SELECT id FROM {source} WHERE {condition.sql}"
        with deadline(connection, self._timeout_s):
            return [row[0] for row in connection.execute(sql, condition.arguments)]

    def _rows(self, connection: sqlite3.Connection, table: str, dataset_id: str) -> list[int]:
        return [row[0] for row in connection.execute(f"SELECT id FROM {table} WHERE dataset_id = ?", (dataset_id,))]


_DURATIONS = """
SELECT dataset, SUM(ntimes / sampling_frequency) FROM {} WHERE sampling_frequency > 0 AND ntimes IS NOT NULL GROUP BY 1
"""


def _among(
    tables: Tables, collection: Collection, query: Filter, is_common: Callable[[list[str]], bool] = lambda _: False
) -> tuple[str, Condition]:
    """What a filter selects from, and its condition there."""
    columns, only_in_text = tables.columns(collection), tables.only_in_text(collection)
    condition = compile_filter(query.tree, columns, only_in_text=only_in_text, is_common=is_common)
    table = tables.of(collection)
    if collection != "records":
        return table, condition
    if not query.document or (condition.reads_text and not condition.reads_columns):
        table += f" INDEXED BY {table}__order"  # a fraction of the table, and in the order of the texts
    return (f"{table} CROSS JOIN {tables.texts} USING (id)" if condition.reads_text else table), condition


def _page(
    connection: sqlite3.Connection, tables: Tables, collection: Collection, query: Filter, limit: int, skip: int
) -> tuple[tuple[str, str], tuple[object, ...]]:
    """SQL in two parts for a page: the numbers of its rows, often from an index alone; then only their text."""
    source, condition = _among(tables, collection, query, partial(_is_common, connection, tables.modalities))
    choice = f"SELECT id FROM {source} WHERE {condition.sql} ORDER BY id LIMIT {limit:d} OFFSET {skip:d}"
    # Named beforehand, not nested where it is used: SQLite's parser has a small stack, and filters need most of it.
    chosen = f"WITH chosen AS ({choice})"
    return (
        chosen,
        f"SELECT doc FROM {tables.texts_of(collection)} WHERE id IN chosen ORDER BY id",
    ), condition.arguments


def _is_common(connection: sqlite3.Connection, table: str, values: list[str]) -> bool:
    """Whether one of these values has more rows than are quickly collected."""
    sql = f"SELECT 1 FROM {table} WHERE value = ? LIMIT 1 OFFSET {COMMON_FROM}"
    return any(connection.execute(sql, (value,)).fetchone() for value in values)


def _whole_sum(column: str) -> str:
    return f"ifnull(SUM(CASE typeof({column}) WHEN 'integer' THEN {column} END), 0)"


def _statistics(
    nchans: list[tuple[str, float | str, int]], sfreqs: list[tuple[str, float | str, int]]
) -> list[RecordStatistics]:
    """Group the counts of both columns by dataset; '' is the unknown value."""
    counts: dict[str, tuple[list[ValueCount], list[ValueCount]]] = {}
    for place, rows in enumerate((nchans, sfreqs)):
        for dataset, value, count in rows:
            both = counts.setdefault(dataset, ([], []))
            if not isinstance(value, str):
                both[place].append(ValueCount(value, count))
    return [RecordStatistics(dataset, tuple(both[0]), tuple(both[1])) for dataset, both in sorted(counts.items())]
