"""What a dataset's records add up to, as fields of its document."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .changes import Changes


@dataclass(frozen=True)
class ValueCount:
    """A value, and the number of records that have it."""

    val: float | int
    count: int


@dataclass(frozen=True)
class RecordStatistics:
    """Channel counts and sampling frequencies of one dataset's records, by value; unknown ones left out."""

    dataset: str
    nchans_counts: tuple[ValueCount, ...]
    sfreq_counts: tuple[ValueCount, ...]


def computed_fields(statistics: RecordStatistics, total_duration_s: float | None, *, now: str) -> Changes:
    """The fields that ``compute_statistics`` writes into a dataset document."""
    return Changes(
        fields={
            "nchans_counts": [asdict(entry) for entry in statistics.nchans_counts],
            "sfreq_counts": [asdict(entry) for entry in statistics.sfreq_counts],
            "total_duration_s": total_duration_s,
            "stats_computed_at": now,
        }
    )
