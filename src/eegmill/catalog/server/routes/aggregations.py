"""Sums for the charts of EEGDash's documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from .. import aggregations
from ..aggregations import LEVELS, DatasetFacts, Level, Measure, facts_of
from ..chart_schemas import BubbleReply, GrowthReply, SankeyReply, TreemapReply
from ..examples import enveloped, shown
from ..parameters import KNOWN_ONLY, Asked, InDatabase
from ..problems import ProblemError
from ..replies import reply
from .charts import summaries
from .public import ERRORS, NOT_MODIFIED

router = APIRouter(
    prefix="/api/{database}/aggregations",
    tags=["site"],
    dependencies=[KNOWN_ONLY],
    responses={**NOT_MODIFIED, **ERRORS},
)

Levels = Annotated[
    str,
    Query(
        max_length=100,
        description=f"of {', '.join(LEVELS)}; separated by commas",
        examples=["source,modality,clinical"],
    ),
]

_SANKEY = enveloped(
    levels=["source", "modality"],
    nodes=[
        {"id": 0, "label": "openneuro", "level": 0, "value": 24},
        {"id": 1, "label": "EEG", "level": 1, "value": 24},
    ],
    links=[{"source": 0, "target": 1, "value": 24, "subject_sum": 24, "dataset_count": 1}],
)
_SUMS = {"subjects": 24, "hours": 28.5, "records": 40, "datasets": 1}
_TREEMAP = enveloped(
    path=["source", "modality"],
    nodes=[
        {"id": "openneuro", "parent": "", "label": "openneuro", **_SUMS},
        {"id": "openneuro/EEG", "parent": "openneuro", "label": "EEG", **_SUMS},
    ],
)
_POINT = {"id": "ds001787", "label": "EEG meditation study", "x": 24, "y": 141, "size": 5.7, "color": "EEG"}
_BUBBLE = enveloped(x="subjects", y="files", size="size_gb", color="modality", points=[_POINT])
_GROWTH = enveloped(
    bucket="year",
    field="dataset_created_at",
    series={"EEG": [{"period": "2019", "count": 1, "cumulative": 1}]},
)


@router.get("/sankey", response_model=SankeyReply, responses=shown(_SANKEY))
def sankey(asked: InDatabase, levels: Levels = "source,modality") -> Response:
    """How subjects flow from one property of datasets to the next."""
    chosen = _chosen("levels", levels)
    return _answered(asked, lambda facts: aggregations.sankey(facts, chosen))


@router.get("/treemap", response_model=TreemapReply, responses=shown(_TREEMAP))
def treemap(asked: InDatabase, path: Levels = "source,modality,clinical") -> Response:
    """Subjects, hours, records and datasets, by one property within the other."""
    chosen = _chosen("path", path)
    return _answered(asked, lambda facts: aggregations.treemap(facts, chosen))


@router.get("/bubble", response_model=BubbleReply, responses=shown(_BUBBLE))
def bubble(
    asked: InDatabase,
    x: Measure = "subjects",
    y: Measure = "files",
    color: Level = "modality",
    size: Measure | None = None,
) -> Response:
    """Each dataset as a point."""
    return _answered(asked, lambda facts: aggregations.bubble(facts, x, y, color, size))


@router.get("/growth", response_model=GrowthReply, responses=shown(_GROWTH))
def growth(
    asked: InDatabase,
    bucket: Literal["year"] = "year",
    field: Literal["dataset_created_at"] = "dataset_created_at",
) -> Response:
    """Datasets by the year they were made in; where that is unknown, by the year their authors give."""
    return _answered(asked, lambda facts: {"bucket": bucket, "field": field, **aggregations.growth(facts)})


def _answered(asked: Asked, sums: Callable[[Iterable[DatasetFacts]], dict[str, Any]]) -> Response:
    return asked.cached(lambda: reply(asked.database, **sums(map(facts_of, summaries(asked)))))


def _chosen(name: str, text: str) -> tuple[Level, ...]:
    named = text.split(",")
    chosen = tuple(level for part in named for level in LEVELS if level == part)
    if len({*chosen}) != len(named):
        raise ProblemError(422, f"query.{name}: one or more of {', '.join(LEVELS)}, each once, separated by commas.")
    return chosen
