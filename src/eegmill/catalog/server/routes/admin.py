"""What only holders of the admin token may do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ValidationError

from ....errors import UnknownDataset
from ...documents.changes import check_changes
from ...documents.models import Dataset, Document, Montage, Record, first_fault
from ...filters.language import make_filter
from ...stores.contract import Upserted
from ...stores.offenders import Offender
from ..auth import require_admin
from ..bodies import DatasetBody, RecordBody, RecordsUpdateBody, UnblockBody, UpdateBody
from ..examples import DATASET, RECORD, shown
from ..middleware.guard import Guard
from ..parameters import (
    KNOWN_ONLY,
    MAX_DATASETS,
    MAX_RECORDS,
    DatasetId,
    DatasetList,
    InDatabase,
    RequiredFilterText,
    decoded,
    decoded_list,
    listed,
    parsed,
    store_of,
)
from ..problems import ProblemError, documented
from ..replies import json_reply
from ..request_body import Body
from ..schemas import (
    BlockedReply,
    ComputedReply,
    DatabasesReply,
    DatasetUpsertReply,
    DeleteReply,
    InsertedMany,
    InsertedOne,
    UnblockReply,
    UpdateReply,
    UpsertReply,
)

B = TypeVar("B", bound=BaseModel)
D = TypeVar("D", bound=Document)

_ERRORS = documented(400, 401, 403, 429, 503)
_WITH_BODY = documented(408, 413)
_HERE = documented(404)
_UPSERTED = {"success": True, "inserted_count": 1, "updated_count": 0}
_UPDATED = {"success": True, "matched_count": 1, "modified_count": 1}

router = APIRouter(
    prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin), KNOWN_ONLY], responses=_ERRORS
)


def takes(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    """What OpenAPI says of a body that the endpoint reads itself, because JSON must be read strictly."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def one(model: type[BaseModel]) -> dict[str, Any]:
    """Schema of one document."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def many(model: type[BaseModel], most: int) -> dict[str, Any]:
    """Schema of a list of documents."""
    return {"type": "array", "minItems": 1, "maxItems": most, "items": one(model)}


_STORED = {key: value for key, value in RECORD.items() if key != "_id"}
_DESCRIBED = {key: value for key, value in DATASET.items() if key != "_id"}
_SENSORS = {"hash": "ad61c8e3725bc474", "modality": "eeg", "n_sensors": 64, "sensors": [{"name": "Cz", "x": 0.0}]}


@router.post(
    "/{database}/records",
    response_model=InsertedOne,
    responses={**shown({"success": True, "insertedId": RECORD["_id"]}), **documented(404, 408, 409, 413)},
    openapi_extra=takes(one(RecordBody), _STORED),
)
def insert_record(asked: InDatabase, body: Body) -> Response:
    """Add one record."""
    record = RecordBody.from_value(decoded(body), checked=True)
    return json_reply({"success": True, "insertedId": asked.store.insert_records(asked.database, [record])[0]})


@router.post(
    "/{database}/records/bulk",
    response_model=InsertedMany,
    responses={**shown({"success": True, "insertedCount": 1}), **documented(404, 408, 409, 413)},
    openapi_extra=takes(many(RecordBody, MAX_RECORDS), [_STORED]),
)
def insert_records(asked: InDatabase, body: Body) -> Response:
    """Add up to 1000 records, all or none."""
    records = _documents(asked, RecordBody, body, MAX_RECORDS)
    with asked.pace.giving_way():
        inserted = asked.store.insert_records(asked.database, records)
    return json_reply({"success": True, "insertedCount": len(inserted)})


@router.post(
    "/{database}/records/upsert",
    response_model=UpsertReply,
    responses={**shown(_UPSERTED), **_HERE, **_WITH_BODY},
    openapi_extra=takes(many(RecordBody, MAX_RECORDS), [_STORED]),
)
def upsert_records(asked: InDatabase, body: Body) -> Response:
    """Add up to 1000 records, or renew those with the same dataset and path."""
    records = _documents(asked, RecordBody, body, MAX_RECORDS)
    with asked.pace.giving_way():
        done = asked.store.upsert_records(asked.database, records)
    return json_reply(_upserted(done))


@router.patch(
    "/{database}/records",
    response_model=UpdateReply,
    responses={**shown(_UPDATED), **_HERE, **_WITH_BODY},
    openapi_extra=takes(one(RecordsUpdateBody), {"filter": {"dataset": "ds001787"}, "update": {"nchans": 64}}),
)
def update_records(asked: InDatabase, body: Body) -> Response:
    """Set fields in all records that match a filter; nothing but setting."""
    wanted = _fitting(RecordsUpdateBody, decoded(body))
    changes = check_changes(Record, wanted.update)
    done = asked.store.update_records(asked.database, make_filter(wanted.filter), changes)
    return json_reply({"success": True, "matched_count": done.matched, "modified_count": done.modified})


@router.delete(
    "/{database}/records",
    response_model=DeleteReply,
    responses={**shown({"success": True, "deleted_count": 2}), **_HERE},
)
def delete_records(
    asked: InDatabase,
    filter: RequiredFilterText,
    compute_stats: bool = False,
) -> Response:
    """Remove all records that match a filter, which must not be left out."""
    deleted = asked.store.delete_records(asked.database, parsed(filter))
    if compute_stats:
        asked.store.compute_statistics(asked.database, now=_now())
    return json_reply({"success": True, "deleted_count": deleted})


@router.post(
    "/{database}/datasets",
    response_model=DatasetUpsertReply,
    responses={**shown({**_UPSERTED, "message": "Dataset 'ds001787' added."}), **_HERE, **_WITH_BODY},
    openapi_extra=takes(one(DatasetBody), _DESCRIBED),
)
def upsert_dataset(asked: InDatabase, body: Body) -> Response:
    """Add one dataset document, or renew the one with this ID."""
    dataset = DatasetBody.from_value(decoded(body), checked=True)
    done = asked.store.upsert_datasets(asked.database, [dataset])
    changed = "renewed" if done.updated else "unchanged"
    what = "added" if done.inserted else changed
    return json_reply({**_upserted(done), "message": f"Dataset '{dataset.dataset_id}' {what}."})


@router.post(
    "/{database}/datasets/bulk",
    response_model=UpsertReply,
    responses={**shown(_UPSERTED), **_HERE, **_WITH_BODY},
    openapi_extra=takes(many(DatasetBody, MAX_DATASETS), [_DESCRIBED]),
)
def upsert_datasets(asked: InDatabase, body: Body) -> Response:
    """Add up to 500 dataset documents, or renew those with the same ID."""
    datasets = _documents(asked, DatasetBody, body, MAX_DATASETS)
    return json_reply(_upserted(asked.store.upsert_datasets(asked.database, datasets)))


@router.post(
    "/{database}/datasets/compute-stats",
    response_model=ComputedReply,
    responses={**shown({"success": True, "datasets_updated": 1}), **_HERE},
)
def compute_statistics(asked: InDatabase, datasets: DatasetList = None) -> Response:
    """Write channel counts, sampling frequencies and durations of the records into dataset documents."""
    updated = asked.store.compute_statistics(asked.database, listed(datasets), now=_now())
    return json_reply({"success": True, "datasets_updated": updated})


@router.patch(
    "/{database}/datasets/{dataset_id:path}",
    response_model=UpdateReply,
    responses={**shown(_UPDATED), **_HERE, **_WITH_BODY},
    openapi_extra=takes(one(UpdateBody), {"update": {"license": "CC0"}}),
)
def update_dataset(asked: InDatabase, dataset_id: DatasetId, body: Body) -> Response:
    """Set fields in one dataset document; nothing but setting."""
    changes = check_changes(Dataset, _fitting(UpdateBody, decoded(body)).update)
    done = asked.store.update_dataset(asked.database, dataset_id, changes)
    if not done.matched:
        msg = f"Dataset '{dataset_id[:100]}' is not in the database '{asked.database}'."
        raise UnknownDataset(msg)
    return json_reply({"success": True, "matched_count": done.matched, "modified_count": done.modified})


@router.delete(
    "/{database}/datasets/{dataset_id:path}",
    response_model=DeleteReply,
    responses={**shown({"success": True, "deleted_count": 1}), **_HERE},
)
def delete_dataset(asked: InDatabase, dataset_id: DatasetId) -> Response:
    """Remove one dataset document; its records stay."""
    return json_reply({"success": True, "deleted_count": asked.store.delete_dataset(asked.database, dataset_id)})


@router.post(
    "/{database}/montages/bulk",
    response_model=UpsertReply,
    responses={**shown(_UPSERTED), **_HERE, **_WITH_BODY},
    openapi_extra=takes(many(Montage, MAX_DATASETS), [_SENSORS]),
)
def upsert_montages(asked: InDatabase, body: Body) -> Response:
    """Add up to 500 montages, or renew those with the same hash."""
    montages = _documents(asked, Montage, body, MAX_DATASETS)
    return json_reply(_upserted(asked.store.upsert_montages(asked.database, montages)))


@router.get(
    "/valid-databases",
    response_model=DatabasesReply,
    responses=shown({"success": True, "databases": ["eegdash", "eegdash_staging"]}),
)
def valid_databases(request: Request) -> Response:
    """The databases that this server holds."""
    return json_reply({"success": True, "databases": list(store_of(request).databases())})


_BLOCKED = {
    "ip": "203.0.113.7",
    "offences": 10,
    "last_offence_at": "2026-06-05T14:53:18+00:00",
    "blocked_until": "2026-06-05T15:53:18+00:00",
}


@router.get(
    "/security/blocked",
    response_model=BlockedReply,
    responses=shown({"success": True, "blocked": [_BLOCKED], "count": 1}),
)
def blocked(request: Request) -> Response:
    """Addresses that are refused now, with their offences against the rate limit."""
    found = [_blocked_address(entry) for entry in _guard(request).blocked()]
    return json_reply({"success": True, "blocked": found, "count": len(found)})


@router.post(
    "/security/unblock",
    response_model=UnblockReply,
    responses={**shown({"success": True, "ip": "203.0.113.7", "unblocked": True}), **_WITH_BODY},
    openapi_extra=takes(one(UnblockBody), {"ip": "203.0.113.7"}),
)
def unblock(request: Request, body: Body) -> Response:
    """Forget all offences of an address."""
    address = _fitting(UnblockBody, decoded(body)).ip
    return json_reply({"success": True, "ip": address, "unblocked": _guard(request).unblock(address)})


def _guard(request: Request) -> Guard:
    guard: Guard = request.app.state.guard
    return guard


def _fitting(model: type[B], value: Any) -> B:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ProblemError(422, first_fault("body", error)) from None


def _documents(asked: InDatabase, model: type[D], body: bytes, most: int) -> list[D]:
    with asked.pace.giving_way():
        return [model.from_value(value, checked=True) for value in decoded_list(body, most)]


def _upserted(done: Upserted) -> dict[str, Any]:
    return {"success": True, "inserted_count": done.inserted, "updated_count": done.updated}


def _blocked_address(entry: Offender) -> dict[str, Any]:
    last, until = (datetime.fromtimestamp(at, UTC).isoformat() for at in (entry.last_offence_s, entry.blocked_until_s))
    return {"ip": entry.address, "offences": entry.offences, "last_offence_at": last, "blocked_until": until}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
