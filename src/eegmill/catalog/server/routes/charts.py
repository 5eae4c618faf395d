"""Routes of the EEGDash documentation site, as far as their payloads are known."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ...documents.fields import entity, texts
from ...faults import QueryTimeout
from ...filters.language import EVERYTHING, make_filter
from ...stores.contract import READ_TIMEOUT_S, Totals
from .. import examples
from ..examples import enveloped, shown
from ..parameters import KNOWN_ONLY, Asked, DatasetId, InDatabase, Limit
from ..replies import json_reply, reply
from ..schemas import BuildManifest, ChartData, ParticipantsReply
from ..site_row import site_row
from .public import ERRORS, NOT_MODIFIED, known

SCHEMA_VERSION = "2.1.0"
PAGE = 1000

router = APIRouter(
    prefix="/api/{database}",
    tags=["site"],
    dependencies=[KNOWN_ONLY],
    responses={**NOT_MODIFIED, **ERRORS},
)

_MANIFEST = {
    "dataset_count": 751,
    "last_ingested_at": "2026-06-05T14:53:18+00:00",
    "last_stats_computed_at": "2026-06-05T15:10:02+00:00",
    "schema_version": SCHEMA_VERSION,
    "git_sha": "08e1280",
    "name_coverage": 1.0,
}
_CHARTS = enveloped(
    datasets=[{"dataset_id": "ds001787", "license": "CC0"}],
    aggregations={"totals": examples.TOTALS, "modality_counts": {"eeg": 1}, "source_counts": {"openneuro": 1}},
)
_PARTICIPANTS = enveloped(data=[{"subject": "001", "participant_tsv": {"age": 23, "sex": "F"}}])


@router.get("/build-manifest", response_model=BuildManifest, responses=shown(_MANIFEST))
def build_manifest(asked: InDatabase) -> Response:
    """How complete and how fresh the catalogue is."""
    return asked.cached(lambda: json_reply(_manifest(list(summaries(asked)))))


@router.get("/datasets/chart-data", response_model=ChartData, responses=shown(_CHARTS))
def chart_data(
    asked: InDatabase,
    limit: Limit = 1000,
    include: Annotated[str, Query(max_length=100, description="of metadata, montages, rows; separated by commas")] = "",
) -> Response:
    """Datasets and sums for the catalogue's charts."""
    parts = frozenset(include.split(","))

    def answer() -> Response:
        documents = list(summaries(asked))
        montages = _montages(asked) if "montages" in parts else {}
        rows = [_chart_row(document, parts, montages) for document in documents[:limit]]
        return reply(asked.database, datasets=rows, aggregations=_aggregations(documents, _totals(asked)))

    return asked.cached(answer)


@router.get(
    "/datasets/{dataset_id:path}/participants", response_model=ParticipantsReply, responses=shown(_PARTICIPANTS)
)
def participants(asked: InDatabase, dataset_id: DatasetId) -> Response:
    """The subjects of one dataset, sorted, each with its row of ``participants.tsv``."""

    def answer() -> Response:
        known(asked, dataset_id)
        rows = dict(_subjects(asked, dataset_id))
        data = [{"subject": subject, "participant_tsv": rows[subject]} for subject in sorted(rows)]
        return reply(asked.database, data=data)

    return asked.cached(answer)


def summaries(asked: Asked) -> Iterator[dict[str, Any]]:
    """All dataset documents without their readme, ordered by ID."""
    return _walk(lambda skip: asked.store.summary(asked.database, limit=PAGE, skip=skip).rows)


def _subjects(asked: Asked, dataset_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    query = make_filter({"dataset": dataset_id})
    for record in _walk(lambda skip: asked.store.find(asked.database, "records", query, limit=PAGE, skip=skip)):
        subject = entity(record, "subject")
        if subject is not None:
            yield subject, record.get("participant_tsv") or {}


def _walk(page: Callable[[int], list[str]]) -> Iterator[dict[str, Any]]:
    """Documents of all pages; the pages together are held to the time that the store allows for one."""
    end_s = time.monotonic() + READ_TIMEOUT_S
    skip = 0
    while True:
        rows = page(skip)
        yield from map(json.loads, rows)
        if len(rows) < PAGE:
            return
        if time.monotonic() > end_s:
            msg = "This takes too long on this catalogue. Read the records page by page instead."
            raise QueryTimeout(msg)
        skip += PAGE


def _totals(asked: Asked) -> Totals:
    return asked.store.summary(asked.database, limit=1).totals


def _montages(asked: Asked) -> dict[str, dict[str, Any]]:
    """The first montage of each dataset that represents one."""
    found: dict[str, dict[str, Any]] = {}
    for montage in _walk(lambda skip: asked.store.find(asked.database, "montages", EVERYTHING, limit=PAGE, skip=skip)):
        found.setdefault(str(montage.get("representative_dataset")), montage)
    return found


def _chart_row(
    document: dict[str, Any], parts: frozenset[str], montages: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    chart: dict[str, Any] = {"dataset_id": document["dataset_id"], "license": document.get("license")}
    if "rows" in parts:
        chart["row"] = site_row(document)
    if "montages" in parts:
        chart["montage"] = montages.get(document["dataset_id"])
    if "metadata" in parts:
        chart["metadata"] = document
    return chart


def _aggregations(documents: list[dict[str, Any]], totals: Totals) -> dict[str, Any]:
    modalities = Counter(name for document in documents for name in texts(document.get("recording_modality")))
    sources = Counter(str(document.get("source")) for document in documents)
    return {"totals": asdict(totals), "modality_counts": dict(modalities), "source_counts": dict(sources)}


def _manifest(documents: list[dict[str, Any]]) -> dict[str, Any]:
    named = sum(bool(document.get("name")) for document in documents)
    times = [document.get("timestamps") or {} for document in documents]
    return {
        "dataset_count": len(documents),
        "last_ingested_at": _latest([entry.get("digested_at") for entry in times]),
        "last_stats_computed_at": _latest([document.get("stats_computed_at") for document in documents]),
        "schema_version": SCHEMA_VERSION,
        "git_sha": None,
        "name_coverage": named / len(documents) if documents else 1.0,
    }


def _latest(times: list[Any]) -> str | None:
    return max((time for time in times if isinstance(time, str)), default=None)
