"""What changes a MongoDB catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...documents.changes import Changes
from ...documents.models import FIRST_WRITTEN, Document, Record
from ...faults import DocumentError, DuplicateRecord
from ..contract import Collection, Updated, Upserted

if TYPE_CHECKING:
    from pymongo import UpdateOne
    from pymongo.database import Database

    Db = Database[dict[str, Any]]

CANNOT_CREATE_FIELD = 28


def insert_records(held: Db, records: Sequence[Record]) -> list[str]:
    """Add records, all or none; a single MongoDB server has no transactions, so what went in is taken out again."""
    from pymongo.errors import BulkWriteError

    documents = [{"_id": _new_id(), **record.fields()} for record in records]
    if not documents:
        return []
    _refuse_repeated(records)
    with _counted(held):
        try:
            held.records.insert_many(documents)
        except BulkWriteError as error:
            held.records.delete_many({"_id": {"$in": [document["_id"] for document in documents]}})
            failed = records[error.details["writeErrors"][0]["index"]]
            raise DuplicateRecord(_duplicate(failed)) from None
    return [document["_id"] for document in documents]


def upsert(held: Db, collection: Collection, key: tuple[str, ...], documents: Sequence[Document]) -> Upserted:
    """Add documents, or set the given fields of those with the same key."""
    if not documents:
        return Upserted(0, 0)
    operations = [_upsert_one(collection, key, document.fields()) for document in documents]
    with _counted(held):
        result = held[collection].bulk_write(operations)
    return Upserted(inserted=result.upserted_count, updated=result.modified_count)


def set_fields(held: Db, collection: Collection, query: Mapping[str, object], changes: Changes) -> Updated:
    """Set fields in every document that matches."""
    from pymongo.errors import WriteError

    with _counted(held):
        try:
            result = held[collection].update_many(query, {"$set": changes.fields})
        except WriteError as error:
            if error.code != CANNOT_CREATE_FIELD:
                raise
            msg = "A dotted name in the update leads through something that is no object in one of the documents."
            raise DocumentError(msg) from None
    return Updated(matched=result.matched_count, modified=result.modified_count)


def delete(held: Db, collection: Collection, query: Mapping[str, object]) -> int:
    """Remove every document that matches; how many there were."""
    with _counted(held):
        return held[collection].delete_many(query).deleted_count


def _upsert_one(collection: Collection, key: tuple[str, ...], fields: dict[str, Any]) -> UpdateOne:
    from pymongo import UpdateOne

    kept = FIRST_WRITTEN if collection == "montages" else ()
    first = {name: fields.pop(name) for name in kept if name in fields}
    update = {"$set": fields, "$setOnInsert": {"_id": _new_id(), **first}}
    return UpdateOne({name: fields[name] for name in key}, update, upsert=True)


@contextmanager
def _counted(held: Db) -> Iterator[None]:
    """Move the change counter on around a write: neither an old answer under the new number nor a crash may last."""
    _count_change(held)
    try:
        yield
    finally:
        _count_change(held)


def _count_change(held: Db) -> None:
    held.counters.update_one({"_id": "changes"}, {"$inc": {"value": 1}}, upsert=True)


def _new_id() -> str:
    """Text, so that a filter on ``_id`` means the same in every store; object IDs grow with time."""
    from bson import ObjectId

    return str(ObjectId())


def _refuse_repeated(records: Sequence[Record]) -> None:
    seen: set[tuple[str, str]] = set()
    for record in records:
        if (record.dataset, record.bids_relpath) in seen:
            raise DuplicateRecord(_duplicate(record))
        seen.add((record.dataset, record.bids_relpath))


def _duplicate(record: Record) -> str:
    return f"Record '{record.bids_relpath}' of dataset '{record.dataset}' is already stored. Upsert replaces it."
