"""The envelopes of the API, as OpenAPI documents them.

Replies are spliced from stored JSON (see :mod:`.pages`), so these models are never run on the way out; the tests hold
every reply against them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..documents.models import Dataset, Record

Whole = Annotated[int, Field(ge=0)]


class Envelope(BaseModel):
    """What every reply about a database carries."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    success: Literal[True] = True
    database: str


class RecordsPage(Envelope):
    """A page of records, in the order of insertion."""

    data: list[Record]
    count: Whole = Field(description="documents on this page")


class DatasetsPage(Envelope):
    """A page of dataset documents, in the order of insertion."""

    data: list[Dataset]
    count: Whole = Field(description="documents on this page")


class DatasetReply(Envelope):
    """One dataset document."""

    data: Dataset


class CountReply(Envelope):
    """How many records match."""

    count: Whole


class NamesReply(Envelope):
    """IDs of all datasets, sorted."""

    data: list[str]
    count: Whole


class SummaryTotals(BaseModel):
    """Sums over all datasets that match, not over the page alone."""

    datasets: Whole
    subjects: Whole
    files: Whole
    size: Whole = Field(description="bytes")


class SummaryPage(Envelope):
    """A page of short dataset documents, ordered by ID."""

    data: list[Dataset]
    count: Whole
    totals: SummaryTotals


class ValueCountReply(BaseModel):
    """A value, and how many records have it."""

    val: float
    count: Whole


class DatasetStatistics(BaseModel):
    """Channel counts and sampling frequencies of one dataset's records."""

    nchans_counts: list[ValueCountReply]
    sfreq_counts: list[ValueCountReply]


class StatisticsReply(Envelope):
    """Statistics by dataset ID."""

    data: dict[str, DatasetStatistics]


class Participant(BaseModel):
    """One subject, and its row of ``participants.tsv``."""

    subject: str
    participant_tsv: dict[str, Any]


class ParticipantsReply(Envelope):
    """The subjects of one dataset."""

    data: list[Participant]


class ChartDataset(BaseModel):
    """One dataset of the chart data; parts that were not asked for are left out."""

    dataset_id: str
    license: str | None
    row: dict[str, Any] | None = None
    metadata: Dataset | None = None


class Aggregations(BaseModel):
    """Sums over all datasets."""

    totals: SummaryTotals
    modality_counts: dict[str, Whole]
    source_counts: dict[str, Whole]


class ChartData(Envelope):
    """Everything that the catalogue's charts draw."""

    datasets: list[ChartDataset]
    aggregations: Aggregations


class BuildManifest(BaseModel):
    """What a documentation build checks before it trusts this catalogue."""

    dataset_count: Whole
    last_ingested_at: str | None
    last_stats_computed_at: str | None
    schema_version: str
    git_sha: str | None
    name_coverage: float = Field(ge=0, le=1, description="share of datasets that have a name")


class Welcome(BaseModel):
    """What this server is."""

    name: str
    version: str
    databases: list[str]


class FoundDataset(BaseModel):
    """A dataset that a free search found, with where the first word of the search stands."""

    dataset_id: str
    title: str
    snippet: str
    source: str
    recording_modality: list[str]
    tasks: list[str]
    license: str
    n_subjects: int | None
    dataset_doi: str


class SearchReply(Envelope):
    """What a free search found, best first; ``total`` counts all that match."""

    results: list[FoundDataset]
    count: Whole
    total: Whole


class Health(BaseModel):
    """Whether the API and its store work. ``mongodb`` tells of the store, whatever it is: clients look there."""

    status: Literal["healthy", "degraded", "unhealthy"]
    mongodb: Literal["connected", "disconnected"]
    api: Literal["up"] = "up"
    version: str
    detail: str | None = Field(default=None, description="what is wrong, where something is")


class InsertedOne(BaseModel):
    """The new record's ``_id``."""

    success: Literal[True] = True
    insertedId: str  # noqa: N815 - the wire contract's spelling


class InsertedMany(BaseModel):
    """How many records were added."""

    success: Literal[True] = True
    insertedCount: Whole  # noqa: N815 - the wire contract's spelling


class UpsertReply(BaseModel):
    """How many documents were new, and how many existing ones changed."""

    success: Literal[True] = True
    inserted_count: Whole
    updated_count: Whole


class DatasetUpsertReply(UpsertReply):
    """The same for one dataset, in words too."""

    message: str


class UpdateReply(BaseModel):
    """How many documents a change met, and how many it changed."""

    success: Literal[True] = True
    matched_count: Whole
    modified_count: Whole


class DeleteReply(BaseModel):
    """How many documents were removed."""

    success: Literal[True] = True
    deleted_count: Whole


class ComputedReply(BaseModel):
    """How many dataset documents got new statistics."""

    success: Literal[True] = True
    datasets_updated: Whole


class DatabasesReply(BaseModel):
    """The databases that this server holds."""

    success: Literal[True] = True
    databases: list[str]


class BlockedAddress(BaseModel):
    """An address that is refused, and why."""

    ip: str
    offences: Whole
    last_offence_at: str = Field(description="ISO 8601, UTC")
    blocked_until: str = Field(description="ISO 8601, UTC")


class BlockedReply(BaseModel):
    """All addresses that are refused now."""

    success: Literal[True] = True
    blocked: list[BlockedAddress]
    count: Whole


class UnblockReply(BaseModel):
    """Whether there was anything against the address."""

    success: Literal[True] = True
    ip: str
    unblocked: bool
