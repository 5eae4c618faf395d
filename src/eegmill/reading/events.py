"""``events.tsv``: events and marked segments as MNE annotations, none of them lost in silence."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..files.tables import Row, is_missing, number
from ..signal.timeline import is_break

if TYPE_CHECKING:
    import mne

log = logging.getLogger(__name__)

NAME_COLUMNS = ("trial_type", "event_type", "stim_type", "type", "value", "stim_file")
"""Columns that may name an event, in this order: the first that has a value does."""

OWN_COLUMNS = frozenset({"onset", "duration", "sample", "channel", *NAME_COLUMNS[:1]})
RESERVED = {"description": "description_", "orig_time": "orig_time_", "ch_names": "ch_names_", "extras": "extras_"}
"""Columns whose names MNE keeps for itself in ``Annotations.extras``: name in the table, name there."""


def apply_events(raw: mne.io.BaseRaw, rows: Sequence[Row]) -> None:
    """Put the events of the table in place of those of the data file.

    Breaks of the recording (``boundary`` …) that only the data file knows are kept. A table without a usable row leaves
    the events of the data file as they are.
    """
    import mne

    usable = [row for row in rows if _on_time(row, raw)]
    if len(usable) < len(rows):
        log.warning("%d events have no onset within the recording and are left out", len(rows) - len(usable))
    if not usable:
        return
    kept = _breaks_of_file(raw, usable)
    table = mne.Annotations(
        [number(row["onset"]) or 0.0 for row in usable],
        [_duration(row) for row in usable],
        [event_name(row) for row in usable],
        ch_names=[_channels(row, raw.ch_names) for row in usable],
        extras=[_extras(row) for row in usable],
    )
    raw.set_annotations(table + kept, verbose="error")


def event_name(row: Row) -> str:
    """What an event is called: ``trial_type`` where there is one, else the next best column.

    Examples
    --------
    >>> event_name({"onset": "1", "trial_type": "n/a", "value": "5"})
    '5'
    """
    return next((row[column] for column in NAME_COLUMNS if not is_missing(row.get(column))), "n/a")


def _on_time(row: Row, raw: mne.io.BaseRaw) -> bool:
    onset = number(row.get("onset"))
    return onset is not None and 0 <= onset < raw.n_times / float(raw.info["sfreq"])


def _duration(row: Row) -> float:
    return max(number(row.get("duration")) or 0.0, 0.0)


def _channels(row: Row, known: Sequence[str]) -> tuple[str, ...]:
    named = row.get("channel", "")
    return () if is_missing(named) else tuple(name for name in named.split(",") if name in known)


def _extras(row: Row) -> dict[str, Any]:
    cells = {column: cell for column, cell in row.items() if column not in OWN_COLUMNS and not is_missing(cell)}
    return {RESERVED.get(column, column): cell for column, cell in cells.items()}


def drop_start(raw: mne.io.BaseRaw) -> None:
    """Drop BrainVision's marker of the first segment: a recording that merely starts has no break."""
    step = 1.0 / float(raw.info["sfreq"])
    items = enumerate(zip(raw.annotations.onset, raw.annotations.description, strict=True))
    raw.annotations.delete([i for i, (onset, name) in items if name == "New Segment/" and onset < step])


def _breaks_of_file(raw: mne.io.BaseRaw, rows: Sequence[Row]) -> mne.Annotations:
    """Breaks that the data file marks and the table does not (within one sample)."""
    step = 1.0 / float(raw.info["sfreq"])
    told = [number(row["onset"]) or 0.0 for row in rows if is_break(event_name(row))]
    keep = [
        i
        for i, (onset, name) in enumerate(zip(raw.annotations.onset, raw.annotations.description, strict=True))
        if is_break(str(name)) and all(abs(float(onset) - other) > step for other in told)
    ]
    if len(raw.annotations) > len(keep):
        log.info("events.tsv replaces %d markers of the data file", len(raw.annotations) - len(keep))
    return raw.annotations[keep]
