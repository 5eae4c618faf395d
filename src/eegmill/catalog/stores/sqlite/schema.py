"""The tables, indexes and triggers of an SQLite catalogue.

A record is stored twice: its whole text, which pages read, and a lean row that filters read, with a column for each
field that is often asked for and a JSON text of what else is small. A filter without an index then reads a fifth of the
bytes. Channel names are the largest field, and most recordings of a dataset share them: each list is kept once, and the
row says which. Triggers on the texts keep the rows, and what would be slow to count: all is right after every write.
Columns of records are plain, not generated: SQLite takes no index on generated columns as covering.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ...faults import UnknownDatabase
from ..contract import Collection
from .filter import Column

TEXT_FIELDS = ("dataset", "bids_relpath", "data_name", "subject", "session", "task", "run")
NUMBER_FIELDS = ("sampling_frequency", "nchans", "ntimes")
ONLY_IN_TEXT = frozenset(
    ("_id", *TEXT_FIELDS, *NUMBER_FIELDS, "bidspath", "digested_at", "entities", "entities_mne", "ch_names", "storage")
) | {"_metadata_provenance"}
"""Fields of records that their lean JSON leaves out: those with a column, and what is large."""


@dataclass(frozen=True)
class Tables:
    """The tables of one database, by name."""

    records: str
    texts: str
    datasets: str
    montages: str
    statistics: str
    modalities: str
    channels: str

    def of(self, collection: Collection) -> str:
        """The table of a collection."""
        return {"records": self.records, "datasets": self.datasets, "montages": self.montages}[collection]

    def texts_of(self, collection: Collection) -> str:
        """The table that holds the text of a collection's documents."""
        return self.texts if collection == "records" else self.of(collection)

    def only_in_text(self, collection: Collection) -> frozenset[str] | None:
        """Fields for which a filter has to read the whole text; None where there is nothing else."""
        return ONLY_IN_TEXT if collection == "records" else None

    @lru_cache(maxsize=64)  # noqa: B019 - as many tables as databases, kept anyway by tables_of
    def columns(self, collection: Collection) -> dict[str, Column]:
        """The fields of a collection's documents that have a column."""
        if collection == "montages":
            return {"_id": Column("id", "id"), "hash": Column("hash", "text")}
        if collection == "datasets":
            texts = {name: Column(name, "text") for name in ("dataset_id", "source", "name")}
            return {"_id": Column("id", "id"), **texts}
        return {
            "_id": Column("id", "id"),
            **{name: Column(name, "text") for name in TEXT_FIELDS},
            **{name: Column(name, "number") for name in NUMBER_FIELDS},
            "recording_modality": Column(self.modalities, "members", owner=self.records),
            "ch_names": Column("channels", "shared", owner=self.channels),
        }


@lru_cache(maxsize=64)
def tables_of(database: str) -> Tables:
    """Name the tables of a database.

    Raises
    ------
    UnknownDatabase
        If this cannot be the name of a database.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", database):
        msg = f"'{database[:64]}' cannot name a database: lower-case letters, digits and '_' can."
        raise UnknownDatabase(msg)
    names = ("records", "texts", "datasets", "montages", "statistics", "modalities", "channels")
    return Tables(**{name: f"{database}__{name}" for name in names})


COMMON = (
    "CREATE TABLE IF NOT EXISTS counters "
    "(database TEXT PRIMARY KEY, changes INTEGER NOT NULL, last_id INTEGER NOT NULL, records INTEGER NOT NULL)",
)


def schema(database: str) -> list[str]:
    """The statements that make the tables of one database where they are missing."""
    tables = tables_of(database)
    # A blank line ends a statement here: triggers have semicolons inside.
    script = "\n".join((_records(tables), _documents(tables), _statistics(database, tables)))
    return [statement for statement in script.split("\n\n") if statement.strip()]


def _generated(*names: str) -> str:
    return ",\n    ".join(f"{name} GENERATED ALWAYS AS (json_extract(doc, '$.{name}')) STORED" for name in names)


def _records(tables: Tables) -> str:
    table, texts = tables.records, tables.texts
    names = (*TEXT_FIELDS, *NUMBER_FIELDS)
    columns = ", ".join((*names, "channels"))
    left_out = ", ".join(f"'$.{name}'" for name in sorted(ONLY_IN_TEXT))
    extracted = ", ".join(f"json_extract(NEW.doc, '$.{name}')" for name in names)
    # Without the field no object, with null an object that says so: a filter tells the two apart.
    shared = """CASE WHEN json_type(NEW.doc, '$.ch_names') IS NULL THEN '{}'
        ELSE json_object('ch_names', json_extract(NEW.doc, '$.ch_names')) END"""
    keep = f"INSERT OR IGNORE INTO {tables.channels} (names) VALUES ({shared});"
    kept = f"(SELECT id FROM {tables.channels} WHERE names = {shared})"
    values = f"{extracted}, {kept}, json_remove(NEW.doc, {left_out})"
    return f"""
CREATE TABLE IF NOT EXISTS {texts} (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS {tables.channels} (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);

CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, {columns}, lean TEXT NOT NULL);

CREATE TRIGGER IF NOT EXISTS {texts}__added AFTER INSERT ON {texts} BEGIN
    {keep}
    INSERT INTO {table} (id, {columns}, lean) VALUES (NEW.id, {values});
END;

CREATE TRIGGER IF NOT EXISTS {texts}__changed AFTER UPDATE OF doc ON {texts} BEGIN
    {keep}
    UPDATE {table} SET ({columns}, lean) = ({values}) WHERE id = NEW.id;
END;

CREATE TRIGGER IF NOT EXISTS {texts}__removed AFTER DELETE ON {texts} BEGIN
    DELETE FROM {table} WHERE id = OLD.id;
END;

CREATE INDEX IF NOT EXISTS {table}__order ON {table} (id);

CREATE UNIQUE INDEX IF NOT EXISTS {table}__key ON {table} (dataset, bids_relpath);

CREATE INDEX IF NOT EXISTS {table}__dataset ON {table} (dataset, id, task, sampling_frequency, nchans);

CREATE INDEX IF NOT EXISTS {table}__dataset_task ON {table} (dataset, task, sampling_frequency, nchans);

CREATE INDEX IF NOT EXISTS {table}__task ON {table} (task, sampling_frequency, nchans);

CREATE INDEX IF NOT EXISTS {table}__subject ON {table} (subject);

CREATE INDEX IF NOT EXISTS {table}__data_name ON {table} (data_name);
"""


def _documents(tables: Tables) -> str:
    return f"""
CREATE TABLE IF NOT EXISTS {tables.datasets} (
    id INTEGER PRIMARY KEY,
    {_generated("dataset_id", "source", "name")},
    modalities GENERATED ALWAYS AS (json_extract(doc, '$.recording_modality')) STORED,
    subjects GENERATED ALWAYS AS (json_extract(doc, '$.demographics.subjects_count')) STORED,
    files GENERATED ALWAYS AS (json_extract(doc, '$.total_files')) STORED,
    size GENERATED ALWAYS AS (json_extract(doc, '$.size_bytes')) STORED,
    summary TEXT NOT NULL,
    doc TEXT NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS {tables.datasets}__key ON {tables.datasets} (dataset_id);

CREATE TABLE IF NOT EXISTS {tables.montages} (
    id INTEGER PRIMARY KEY,
    {_generated("hash")},
    doc TEXT NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS {tables.montages}__key ON {tables.montages} (hash);
"""


def _statistics(database: str, tables: Tables) -> str:
    # '' stands for an unknown value, as NULLs in a key would never be equal.
    key = "{0}.dataset, ifnull({0}.nchans, ''), ifnull({0}.sampling_frequency, '')"
    counted = f"UPDATE counters SET records = records {{}} 1 WHERE database = '{database}';"
    add = f"""{counted.format("+")}
    INSERT INTO {tables.statistics} VALUES ({key.format("NEW")}, 1)
        ON CONFLICT DO UPDATE SET records = records + 1;
    INSERT OR IGNORE INTO {tables.modalities} SELECT value, NEW.id FROM json_each(NEW.lean, '$.recording_modality');"""
    take = f"""{counted.format("-")}
    UPDATE {tables.statistics} SET records = records - 1
        WHERE (dataset, nchans, sampling_frequency) = ({key.format("OLD")});
    DELETE FROM {tables.modalities} WHERE id = OLD.id
        AND value IN (SELECT value FROM json_each(OLD.lean, '$.recording_modality'));"""
    table = tables.records
    return f"""
CREATE TABLE IF NOT EXISTS {tables.statistics} (
    dataset, nchans, sampling_frequency, records INTEGER NOT NULL, PRIMARY KEY (dataset, nchans, sampling_frequency)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS {tables.modalities} (value, id INTEGER, PRIMARY KEY (value, id)) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS {table}__added AFTER INSERT ON {table} BEGIN
    {add}
END;

CREATE TRIGGER IF NOT EXISTS {table}__removed AFTER DELETE ON {table} BEGIN
    {take}
END;

CREATE TRIGGER IF NOT EXISTS {table}__changed AFTER UPDATE ON {table} BEGIN
    {take}
    {add}
END;
"""
