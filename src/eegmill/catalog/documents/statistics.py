"""What a dataset's records add up to, as fields of its document."""

from __future__ import annotations

from dataclasses import asdict

from ..stores.contract import RecordStatistics
from .changes import Changes


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
