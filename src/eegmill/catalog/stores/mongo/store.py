"""The catalogue in MongoDB: for several servers, high availability or more than a few million records.

The checked filter is MongoDB's own language, so it passes through as it is. Needs ``pip install 'eegmill[mongo]'``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from ...documents import strict_json
from ...documents.changes import Changes
from ...documents.models import Dataset, Montage, Record
from ...documents.statistics import RecordStatistics, ValueCount, computed_fields
from ...documents.summaries import summary_row
from ...faults import QueryTimeout, StoreUnavailable
from ...filters.language import Filter, make_filter
from ..contract import (
    DATABASES,
    MAX_NAMED,
    READ_TIMEOUT_S,
    Collection,
    Page,
    Store,
    Summary,
    Totals,
    Updated,
    Upserted,
    unknown_database,
)
from . import write as write

if TYPE_CHECKING:
    from pymongo.database import Database

    Db = Database[dict[str, Any]]

INDEXES: tuple[tuple[Collection, tuple[str, ...], bool], ...] = (
    ("records", ("dataset", "bids_relpath"), True),
    ("records", ("dataset", "nchans", "sampling_frequency"), False),
    ("records", ("task", "sampling_frequency", "nchans"), False),
    ("records", ("subject",), False),
    ("records", ("data_name",), False),
    ("datasets", ("dataset_id",), True),
    ("montages", ("hash",), True),
)


class MongoStore(Store):
    """A :class:`~eegmill.catalog.stores.contract.Store` on a MongoDB server.

    Parameters
    ----------
    url
        ``mongodb://…``, with the credentials that the server wants.
    databases
        Names of the databases it serves.
    read_timeout_s
        How long a read may take.
    """

    def __init__(
        self, url: str, *, databases: Sequence[str] = DATABASES, read_timeout_s: float = READ_TIMEOUT_S
    ) -> None:
        import pymongo  # an optional dependency

        self._databases = tuple(databases)
        self._timeout_ms = int(read_timeout_s * 1000)
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(url, serverSelectionTimeoutMS=5000)
        with translated():
            for database in databases:
                for collection, fields, unique in INDEXES:
                    self._client[database][collection].create_index([(name, 1) for name in fields], unique=unique)

    @override
    def databases(self) -> tuple[str, ...]:
        return self._databases

    # Reading

    @override
    def find(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> list[str]:
        if limit < 1:  # to MongoDB 0 means no limit
            return []
        held = self._of(database)[collection]
        with translated():
            cursor = held.find(query.document, sort=[("_id", 1)], limit=limit, skip=skip, max_time_ms=self._timeout_ms)
            return [_text(document) for document in cursor]

    @override
    def page(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> Page:
        found = self.find(database, collection, query, limit=limit, skip=skip)
        return Page(",".join(found).encode(), len(found))

    @override
    def count(self, database: str, collection: Collection, query: Filter) -> int:
        held = self._of(database)[collection]
        with translated():
            if not query.document:  # the server's own estimate, which is exact in quiet times
                return held.estimated_document_count(maxTimeMS=self._timeout_ms)
            return held.count_documents(query.document, maxTimeMS=self._timeout_ms)

    @override
    def get_dataset(self, database: str, dataset_id: str) -> str | None:
        return self._dataset(database, {"dataset_id": dataset_id})

    @override
    def datasets_named(self, database: str, name: str) -> list[str]:
        query = make_filter({"$or": [{"name": name}, {"canonical_name": name}]})
        return self.find(database, "datasets", query, limit=MAX_NAMED)

    @override
    def dataset_names(self, database: str) -> list[str]:
        held = self._of(database)
        with translated():
            documents = held.datasets.distinct("dataset_id", maxTimeMS=self._timeout_ms)
            return sorted({*documents, *held.records.distinct("dataset", maxTimeMS=self._timeout_ms)})

    @override
    def summary(
        self, database: str, *, modality: str | None = None, source: str | None = None, limit: int, skip: int = 0
    ) -> Summary:
        held = self._of(database).datasets
        wanted = {"recording_modality": modality, "source": source}
        query = {name: value for name, value in wanted.items() if value is not None}
        with translated():
            page = held.find(
                query, {"readme": 0}, sort=[("dataset_id", 1)], limit=limit, skip=skip, max_time_ms=self._timeout_ms
            )
            rows = [_text(summary_row(document)) for document in page]
            sums = list(held.aggregate([{"$match": query}, _TOTALS], maxTimeMS=self._timeout_ms))
        total = sums[0] if sums else {}
        return Summary(rows, Totals(*(int(total.get(name, 0)) for name in ("datasets", "subjects", "files", "size"))))

    @override
    def record_statistics(self, database: str, datasets: Sequence[str] | None = None) -> list[RecordStatistics]:
        records = self._of(database).records
        group = {
            "_id": {name: f"${name}" for name in ("dataset", "nchans", "sampling_frequency")},
            "count": {"$sum": 1},
        }
        match = {} if datasets is None else {"dataset": {"$in": list(datasets)}}
        with translated():
            groups = list(records.aggregate([{"$match": match}, {"$group": group}], maxTimeMS=self._timeout_ms))
        return _statistics(groups)

    # Writing

    @override
    def insert_records(self, database: str, records: Sequence[Record]) -> list[str]:
        with translated():
            return write.insert_records(self._of(database), records)

    @override
    def upsert_records(self, database: str, records: Sequence[Record]) -> Upserted:
        with translated():
            return write.upsert(self._of(database), "records", ("dataset", "bids_relpath"), records)

    @override
    def update_records(self, database: str, query: Filter, changes: Changes) -> Updated:
        with translated():
            return write.set_fields(self._of(database), "records", query.document, changes)

    @override
    def delete_records(self, database: str, query: Filter) -> int:
        with translated():
            return write.delete(self._of(database), "records", query.document)

    @override
    def upsert_datasets(self, database: str, datasets: Sequence[Dataset]) -> Upserted:
        with translated():
            return write.upsert(self._of(database), "datasets", ("dataset_id",), datasets)

    @override
    def update_dataset(self, database: str, dataset_id: str, changes: Changes) -> Updated:
        with translated():
            return write.set_fields(self._of(database), "datasets", {"dataset_id": dataset_id}, changes)

    @override
    def delete_dataset(self, database: str, dataset_id: str) -> int:
        with translated():
            return write.delete(self._of(database), "datasets", {"dataset_id": dataset_id})

    @override
    def upsert_montages(self, database: str, montages: Sequence[Montage]) -> Upserted:
        with translated():
            return write.upsert(self._of(database), "montages", ("hash",), montages)

    @override
    def compute_statistics(self, database: str, datasets: Sequence[str] | None = None, *, now: str) -> int:
        held = self._of(database)
        statistics = self.record_statistics(database, datasets)
        with translated():
            durations = {entry["_id"]: entry["total"] for entry in held.records.aggregate(_DURATIONS)}
            return sum(
                write.set_fields(
                    held,
                    "datasets",
                    {"dataset_id": entry.dataset},
                    computed_fields(entry, durations.get(entry.dataset), now=now),
                ).modified
                for entry in statistics
            )

    # Around the documents

    @override
    def change_counter(self, database: str) -> int:
        with translated():
            counter = self._of(database).counters.find_one({"_id": "changes"})
        return 0 if counter is None else int(counter["value"])

    @override
    def ping(self) -> str:
        with translated():
            self._client.admin.command("ping")
        return ""

    @override
    def close(self) -> None:
        self._client.close()

    def _of(self, database: str) -> Db:
        if database not in self._databases:
            raise unknown_database(database, self._databases)
        return self._client[database]

    def _dataset(self, database: str, query: dict[str, Any]) -> str | None:
        held = self._of(database).datasets
        with translated():
            found = held.find_one(query, sort=[("_id", 1)], max_time_ms=self._timeout_ms)
        return None if found is None else _text(found)


_TOTALS = {
    "$group": {
        "_id": None,
        "datasets": {"$sum": 1},
        "subjects": {"$sum": "$demographics.subjects_count"},
        "files": {"$sum": "$total_files"},
        "size": {"$sum": "$size_bytes"},
    }
}
_DURATIONS: list[dict[str, Any]] = [
    {"$match": {"sampling_frequency": {"$gt": 0}, "ntimes": {"$ne": None}}},
    {"$group": {"_id": "$dataset", "total": {"$sum": {"$divide": ["$ntimes", "$sampling_frequency"]}}}},
]


def _statistics(groups: list[dict[str, Any]]) -> list[RecordStatistics]:
    """Add the groups up by each of the two values; unknown values are left out."""
    counts: dict[str, dict[str, dict[float, int]]] = {}
    for group in groups:
        both = counts.setdefault(group["_id"]["dataset"], {"nchans": {}, "sampling_frequency": {}})
        for name, values in both.items():
            value = group["_id"].get(name)
            if value is not None:
                values[value] = values.get(value, 0) + group["count"]
    return [
        RecordStatistics(dataset, _sorted(both["nchans"]), _sorted(both["sampling_frequency"]))
        for dataset, both in sorted(counts.items())
    ]


def _sorted(values: dict[float, int]) -> tuple[ValueCount, ...]:
    return tuple(ValueCount(value, count) for value, count in sorted(values.items()))


def _text(document: dict[str, Any]) -> str:
    return strict_json.dumps({name: _plain(value) for name, value in document.items()})


def _plain(value: object) -> object:
    """What other programs may have stored and JSON has no word for: text for dates and object IDs, null for NaN."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if isoformat else value)


@contextmanager
def translated() -> Iterator[None]:
    """Say in the catalogue's terms what PyMongo's errors mean."""
    from pymongo.errors import ExecutionTimeout, PyMongoError

    try:
        yield
    except ExecutionTimeout:
        msg = "The filter takes too long on this catalogue. Add a dataset, a task or another plain condition."
        raise QueryTimeout(msg) from None
    except PyMongoError as error:
        msg = f"The catalogue's database does not answer: {type(error).__name__}."
        raise StoreUnavailable(msg) from error
