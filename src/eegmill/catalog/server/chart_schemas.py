"""The replies of the aggregation routes, as OpenAPI documents them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .aggregations import Level, Measure
from .schemas import Envelope, Whole

Amount = Annotated[float, Field(ge=0)]


class SankeyNode(BaseModel):
    """One value of a level."""

    id: Whole
    label: str
    level: Whole
    value: Whole = Field(description="subjects")


class SankeyLink(BaseModel):
    """Datasets that have both values."""

    source: Whole
    target: Whole
    value: Whole = Field(description="subjects, again")
    subject_sum: Whole
    dataset_count: Whole


class SankeyReply(Envelope):
    """How subjects flow from level to level."""

    levels: list[Level]
    nodes: list[SankeyNode]
    links: list[SankeyLink]


class TreemapNode(BaseModel):
    """Sums over the datasets of one tile."""

    id: str
    parent: str = Field(description="empty at the top")
    label: str
    subjects: Whole
    hours: Amount
    records: Whole
    datasets: Whole


class TreemapReply(Envelope):
    """Tiles within tiles."""

    path: list[Level]
    nodes: list[TreemapNode]


class BubblePoint(BaseModel):
    """One dataset."""

    id: str
    label: str
    x: float | None
    y: float | None
    size: float | None
    color: str


class BubbleReply(Envelope):
    """A point for each dataset."""

    x: Measure
    y: Measure
    size: Measure | None
    color: Level
    points: list[BubblePoint]


class GrowthStep(BaseModel):
    """Datasets that came in one period, and all up to then."""

    period: str
    count: Whole
    cumulative: Whole


class GrowthReply(Envelope):
    """New datasets by modality and period."""

    bucket: Literal["year"]
    field: Literal["dataset_created_at"]
    series: dict[str, list[GrowthStep]]
