"""Datasets by what they are, instead of by their IDs: the words of ``eegmill search``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ..models import Written
from ..sizes import bytes_of


def _bytes(value: Any) -> Any:
    return bytes_of(value) if isinstance(value, str) else value


Number = Annotated[float | None, Field(ge=0)]
Size = Annotated[int | None, Field(ge=0), BeforeValidator(_bytes)]


class Query(Written):
    """What datasets must have: everything that is given."""

    text: str = Field(default="", description="words that must all occur")
    modality: str = Field(default="", description="by default that of `select`")
    task: str = Field(default="", description="part of a task or kind of experiment")
    cohort: str = Field(default="", description="part of a clinical group")
    source: str = Field(default="", description="openneuro, nemar, ...")
    licence: str = Field(default="", description="its start: `CC0`, `CC-BY`")
    sex: str = Field(default="", description="a sex that occurs: `F` or `M`")
    min_age: Number = Field(default=None, description="years; some subject lies between the bounds")
    max_age: Number = Field(default=None, description="years")
    min_subjects: Number = Field(default=None, description="subjects")
    max_subjects: Number = Field(default=None, description="subjects")
    min_channels: Number = Field(default=None, description="channels")
    max_channels: Number = Field(default=None, description="channels")
    min_sfreq_hz: Number = Field(default=None, description="sampling rate, Hz")
    max_sfreq_hz: Number = Field(default=None, description="sampling rate, Hz")
    min_hours: Number = Field(default=None, description="hours recorded")
    max_hours: Number = Field(default=None, description="hours recorded")
    min_size_bytes: Size = Field(default=None, description="bytes, or words such as `500 MB`")
    max_size_bytes: Size = Field(default=None, description="bytes, or words such as `20 GB`")


class DatasetQuery(Written):
    """The datasets that a query finds."""

    query: Query
    exclude: tuple[str, ...] = Field(default=(), description="IDs that are not taken")
