"""What anyone may read of datasets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ....errors import UnknownDataset
from ...documents import strict_json
from ...documents.fields import entity, texts
from ...documents.summaries import summary_row
from ...filters.language import make_filter
from ...stores.contract import MAX_NAMED
from .. import examples
from ..catalogue_view import RowCache
from ..direct import DirectRoute
from ..examples import enveloped, shown
from ..free_text import found_row, ranked
from ..parameters import MAX_RECORDS, DatasetId, DatasetList, InDatabase, Limit, Skip, listed
from ..problems import ProblemError, documented
from ..replies import reply, single, summary_page
from ..schemas import DatasetReply, NamesReply, SearchReply, StatisticsReply, SummaryPage

ERRORS = documented(400, 403, 404, 429, 503)
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the reply with this `If-None-Match` tag"}
}

router = APIRouter(
    prefix="/api/{database}", tags=["public"], route_class=DirectRoute, responses={**NOT_MODIFIED, **ERRORS}
)

_DATASET = enveloped(data=examples.DATASET)
_NAMES = enveloped(data=["ds001787", "ds002893"], count=2)
_SUMMARY = enveloped(data=[examples.SUMMARY], count=1, totals=examples.TOTALS)
_FOUND = enveloped(
    results=[
        {
            "dataset_id": "ds001787",
            "title": "EEG meditation study",
            "snippet": "… meditation …",
            "source": "openneuro",
            "recording_modality": ["eeg"],
            "tasks": ["meditation"],
            "license": "CC0",
            "n_subjects": 24,
            "dataset_doi": "10.18112/openneuro.ds001787.v1.1.1",
        }
    ],
    count=1,
    total=1,
)
_STATISTICS = enveloped(data={"ds001787": examples.COUNTS})

Exact = Annotated[str | None, Query(max_length=200)]


@router.get("/datasets/names", response_model=NamesReply, responses=shown(_NAMES))
def names(asked: InDatabase) -> Response:
    """IDs of all datasets, sorted."""

    def answer() -> Response:
        found = asked.store.dataset_names(asked.database)
        return reply(asked.database, data=found, count=len(found))

    return asked.cached(answer)


@router.get("/datasets/summary", response_model=SummaryPage, responses=shown(_SUMMARY))
def summary(
    asked: InDatabase, limit: Limit = 100, skip: Skip = 0, modality: Exact = None, source: Exact = None
) -> Response:
    """Short dataset documents ordered by ID, with totals over all that match."""

    def answer() -> Response:
        found = asked.store.summary(asked.database, modality=modality, source=source, limit=limit, skip=skip)
        return summary_page(asked.database, found.rows, found.totals)

    return asked.cached(answer)


@router.get("/datasets/stats/records", response_model=StatisticsReply, responses=shown(_STATISTICS))
def statistics(asked: InDatabase, datasets: DatasetList = None) -> Response:
    """How many records have which channel count and sampling frequency, by dataset."""
    wanted = listed(datasets)

    def answer() -> Response:
        found = [asdict(entry) for entry in asked.store.record_statistics(asked.database, wanted)]
        return reply(asked.database, data={entry.pop("dataset"): entry for entry in found})

    return asked.cached(answer)


@router.get(
    "/datasets/summary/{dataset_id:path}",
    response_model=DatasetReply,
    responses=shown(enveloped(data=examples.SUMMARY)),
)
def summary_of_one(asked: InDatabase, dataset_id: DatasetId) -> Response:
    """One dataset document, by ID or by name; 409 for a name that several have."""
    return asked.cached(lambda: single(asked.database, _named(asked, dataset_id)))


@router.get("/datasets/search", response_model=SearchReply, responses=shown(_FOUND))
def search(
    asked: InDatabase, q: Annotated[str, Query(min_length=1, max_length=200)], limit: Limit = 100, skip: Skip = 0
) -> Response:
    """Datasets in whose ID, names, title, authors, DOI, tasks, cohort or readme all words of `q` occur, best first.

    Of a readme the first 20,000 characters are looked through.
    """
    rows: RowCache = asked.request.app.state.rows

    def answer() -> Response:
        found = ranked((entry.row for entry in rows.entries(asked.store, asked.database)), q)
        results = [found_row(row, q) for row in found[skip : skip + limit]]
        return reply(asked.database, results=results, count=len(results), total=len(found))

    return asked.cached(answer)


@router.get("/metadata/{dataset:path}", response_model=DatasetReply, responses=shown(_DATASET))
def metadata(asked: InDatabase, dataset: DatasetId) -> Response:
    """One dataset document, by ID; made from its records where there is none."""

    def answer() -> Response:
        document = asked.store.get_dataset(asked.database, dataset) or _from_records(asked, dataset)
        return single(asked.database, document or known(asked, dataset))

    return asked.cached(answer)


@router.get("/datasets/{dataset_id:path}", response_model=DatasetReply, responses=shown(_DATASET))
def dataset(asked: InDatabase, dataset_id: DatasetId) -> Response:
    """One dataset document, by ID."""
    return asked.cached(lambda: single(asked.database, known(asked, dataset_id)))


def known(asked: InDatabase, dataset_id: str) -> str:
    """JSON text of a dataset document that must be there.

    Raises
    ------
    UnknownDataset
        If it is not.
    """
    document = asked.store.get_dataset(asked.database, dataset_id)
    if document is None:
        msg = f"Dataset '{dataset_id[:100]}' is not in the database '{asked.database}'."
        raise UnknownDataset(msg)
    return document


def _from_records(asked: InDatabase, dataset_id: str) -> str | None:
    """What the records of a dataset say of it, as JSON text; None without records."""
    statistics = asked.store.record_statistics(asked.database, [dataset_id])
    if not statistics:
        return None
    records = list(_records(asked, dataset_id))
    fields = {
        "dataset_id": dataset_id,
        "recording_modality": sorted({name for record in records for name in texts(record.get("recording_modality"))}),
        "tasks": sorted({task for record in records if (task := entity(record, "task"))}),
        "sessions": sorted({session for record in records if (session := entity(record, "session"))}),
        "demographics": {"subjects_count": len({entity(record, "subject") for record in records} - {None})},
        "n_records": len(records),
        "nchans_counts": [asdict(entry) for entry in statistics[0].nchans_counts],
        "sfreq_counts": [asdict(entry) for entry in statistics[0].sfreq_counts],
    }
    return strict_json.dumps(fields)


def _records(asked: InDatabase, dataset_id: str) -> Iterator[dict[str, Any]]:
    query, skip = make_filter({"dataset": dataset_id}), 0
    while page := asked.store.find(asked.database, "records", query, limit=MAX_RECORDS, skip=skip):
        yield from map(json.loads, page)
        skip += len(page)


def _named(asked: InDatabase, name: str) -> str:
    """By ID, else by name, as a summary gives it.

    Raises
    ------
    ProblemError
        409 if several datasets have this name.
    """
    document = asked.store.get_dataset(asked.database, name)
    found = [document] if document else asked.store.datasets_named(asked.database, name)
    if len(found) > 1:
        ids = ", ".join(sorted(str(json.loads(text)["dataset_id"]) for text in found))
        count = f"{len(found)}{' or more' if len(found) == MAX_NAMED else ''}"
        detail = f"{count} datasets have the name '{name[:100]}'. Ask for one of them by its ID: {ids}."
        raise ProblemError(409, detail)
    return strict_json.dumps(summary_row(json.loads(found[0]))) if found else known(asked, name)
