"""Stretches of a recording that are marked bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..records import RecordingRecord
from ..signal.timeline import is_bad

if TYPE_CHECKING:
    import mne


@dataclass(frozen=True)
class Mark:
    """A stretch that is marked bad."""

    onset_s: float
    duration_s: float
    name: str
    channels: tuple[str, ...]
    """Those that it concerns; empty where it concerns all."""


def marks_of(raw: mne.io.BaseRaw) -> tuple[Mark, ...]:
    """Everything that is marked bad, in order."""
    return tuple(
        Mark(
            round(float(mark["onset"]), 4),
            round(float(mark["duration"]), 4),
            str(mark["description"]),
            tuple(map(str, mark.get("ch_names") or ())),
        )
        for mark in raw.annotations
        if is_bad(str(mark["description"]))
    )


def samples_were_cut(record: RecordingRecord) -> bool:
    """Whether a step takes samples out, so that times of the clean signal are not those of the recording."""
    return any(step.read_back().step.cuts_samples for step in record.steps)
