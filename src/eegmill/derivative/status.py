"""``status.tsv``: one row a recording, whatever became of it."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import RecordingRecord
from .portable import without_folders

FIRST_COLUMNS = (
    "recording",
    "status",
    "stage",
    "reason",
    "overrides",
)
DESCRIPTIONS: dict[str, object] = {
    "recording": {"Description": "BIDS name of the recording, without suffix"},
    "status": {
        "Description": "What became of the recording",
        "Levels": {
            "ok": "cleaned",
            "rejected": "read, and found unusable: the reason says why",
            "failed": "not read, or a step broke: the reason says where",
            "refused": "not taken into the lock: the reason says why",
            "pending": "not run yet",
        },
    },
    "stage": {"Description": "Where a recording was rejected (the last step that was done) or failed (the stage)"},
    "reason": {"Description": "Why the recording was rejected or failed"},
    "overrides": {"Description": "Number of decisions made by a person"},
    "missing_fraction": {
        "Description": "Share of the samples that header or RecordingDuration promise and that are not there: 0 to 1"
    },
}


def status_rows(records: Sequence[RecordingRecord]) -> list[dict[str, object]]:
    """One row a record; metrics become columns."""
    return [_row(record) for record in records]


def _row(record: RecordingRecord) -> dict[str, object]:
    reached = record.steps[-1].name if record.steps else None
    return {
        **record.metrics,
        "recording": record.recording,
        "status": record.status,
        "stage": None if record.status == "ok" else record.stage or reached,
        "reason": without_folders(record.reason),
        "overrides": len(record.overrides),
    }


def status_columns(rows: Sequence[dict[str, object]]) -> list[str]:
    """The fixed columns, then the metrics by name."""
    metrics = {column for row in rows for column in row} - set(FIRST_COLUMNS)
    return [*FIRST_COLUMNS, *sorted(metrics)]


def status_descriptions(columns: Sequence[str]) -> dict[str, object]:
    """What each column means."""
    return {column: DESCRIPTIONS.get(column, {"Description": f"Metric '{column}' of the record"}) for column in columns}
