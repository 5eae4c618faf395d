"""Decisions by a person, as an activity without a command: BIDS-Prov's way to say that something was done by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..bids.paths import DerivativePaths
from ..lock import Lock
from .digests import digest
from .origin import read_record


def manual_activity(derivative: Path, lock: Lock, recording: str) -> list[dict[str, Any]]:
    """One activity if the record of a recording holds overrides, none otherwise."""
    path = record_path(derivative, lock, recording)
    if path is None or not path.is_file():
        return []
    record = read_record(path)
    if not record.overrides:
        return []
    made = [override.model_dump(mode="json") for override in record.overrides]
    told = "; ".join(
        f"{item.kind} {item.name or item.onset_s} {item.decision}: {item.reason or 'no reason given'}"
        for item in record.overrides
    )
    return [
        {
            "Id": f"bids::prov#override-{digest([recording, made])[:8]}",
            "Label": f"Decisions by a person on {recording}",
            "Command": None,
            "Description": told,
        }
    ]


def record_path(derivative: Path, lock: Lock, recording: str) -> Path | None:
    """Where the record of a recording lies; None if the lock does not have the recording."""
    for entry in lock.recordings:
        if entry.recording == recording:
            return derivative / DerivativePaths(recording).record
    return None
