"""``events.tsv``: events and marked segments as MNE annotations, none of them lost in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from ..files.tables import Row, is_missing, number
from ..signal.timeline import is_bad, is_break
from .notes import some

if TYPE_CHECKING:
    import mne

    from .edf_time import Clock

NAME_COLUMNS = ("trial_type", "event_type", "stim_type", "type", "value", "stim_file")
"""Columns that may name an event, in this order: the first that has a value does."""
MORE_NAME_COLUMNS = ("event_code", "code", "condition", "stimulus", "trigger", "marker", "label", "description", "name")
"""Columns that name the events of a table in which none of the others has a value."""

OWN_COLUMNS = frozenset({"onset", "duration", "sample", "channel", *NAME_COLUMNS[:1]})
NEVER_NAMES = frozenset({"onset", "duration", "sample", "channel", "response_time", "hed", "hed_tags", "trial_number"})
RESERVED = {"description": "description_", "orig_time": "orig_time_", "ch_names": "ch_names_", "extras": "extras_"}
"""Columns whose names MNE keeps for itself in ``Annotations.extras``: name in the table, name there."""

FAR_BEHIND = 10
"""Onsets up to so many lengths of the recording may be seconds of one that was cut short."""
SAMPLES_APART = 2.0
"""A ``sample`` this near to the onset says the same: tables count from 0 or from 1."""


def apply_events(raw: mne.io.BaseRaw, rows: Sequence[Row], notes: list[str], clock: Clock | None = None) -> None:
    """Put the events of the table in place of those of the data file.

    Breaks of the recording (``boundary`` …) that only the data file knows are kept. A table without a usable row leaves
    the events of the data file as they are. ``clock`` says where the recorder paused: onsets count from the start of
    the recording (BIDS), pauses included.
    """
    import mne

    sfreq_hz = float(raw.info["sfreq"])
    if clock is None or not rows:
        onsets = onsets_s(rows, sfreq_hz=sfreq_hz, n_times=raw.n_times, notes=notes)
    else:
        onsets = onsets_by_clock(rows, clock, sfreq_hz=sfreq_hz, n_times=raw.n_times, notes=notes)
    usable = _inside(rows, onsets, raw, notes)
    if not usable:
        return
    name_of = _naming([row for row, _ in usable], notes)
    kept = _breaks_of_file(raw, [(onset, name_of(row)) for row, onset in usable], notes)
    table = mne.Annotations(
        [onset for _, onset in usable],
        _durations([row for row, _ in usable], notes),
        [name_of(row) for row, _ in usable],
        ch_names=[_channels(row, raw.ch_names) for row, _ in usable],
        extras=[_extras(row) for row, _ in usable],
    )
    raw.set_annotations(table + kept, verbose="error")


def onsets_s(rows: Sequence[Row], *, sfreq_hz: float, n_times: int, notes: list[str]) -> list[float | None]:
    """Onset of each row in seconds, None where it has none.

    ``onset`` is in seconds (BIDS). Where the column ``sample`` proves that its numbers are samples or milliseconds, and
    where a row has a sample and no onset, the sample counts; any other contradiction is noted, and the onset stays.
    """
    onsets = [number(row.get("onset")) for row in rows]
    samples = [number(row.get("sample")) for row in rows]
    pairs = [(o, s) for o, s in zip(onsets, samples, strict=True) if o is not None and s is not None]
    unit = _unit(pairs, sfreq_hz, notes) if pairs else None
    if not pairs and _are_no_seconds(onsets, sfreq_hz, n_times):
        last = max(onset for onset in onsets if onset is not None)
        notes.append(
            f"most onsets of events.tsv are whole numbers far behind the end (up to {last:g}; the recording lasts "
            f"{n_times / sfreq_hz:g} s): they are no seconds, and no column 'sample' says what else. None is used"
        )
        return [None] * len(rows)
    if unit:
        return [sample / sfreq_hz if sample is not None else None for sample in samples]
    by_sample = [o is None and s is not None for o, s in zip(onsets, samples, strict=True)]
    if any(by_sample):
        notes.append(
            f"{sum(by_sample)} events have no onset: their time is that of the column 'sample', counted from 0"
        )
    return [
        sample / sfreq_hz if missing and sample is not None else onset
        for onset, sample, missing in zip(onsets, samples, by_sample, strict=True)
    ]


def onsets_by_clock(
    rows: Sequence[Row], clock: Clock, *, sfreq_hz: float, n_times: int, notes: list[str]
) -> list[float | None]:
    """Onsets in seconds of the signal, of a recording with pauses.

    ``sample`` is a sample of the file and needs no clock. Onsets that all lie within the signal, one of them in a
    pause, can only have been counted without the pauses.
    """
    samples = [number(row.get("sample")) for row in rows]
    if all(sample is not None and 0 <= sample < n_times for sample in samples):
        notes.append("the recorder paused: events of events.tsv are at their 'sample', not at their 'onset'")
        return [sample / sfreq_hz for sample in samples if sample is not None]
    onsets = [number(row.get("onset")) for row in rows]
    known = [onset for onset in onsets if onset is not None]
    if all(onset < n_times / sfreq_hz for onset in known) and any(clock.in_signal(onset) is None for onset in known):
        notes.append("the recorder paused, and onsets of events.tsv lie in a pause: they are taken as without pauses")
        return onsets
    notes.append("the recorder paused: onsets of events.tsv are taken as times since the start, pauses included")
    return [clock.in_signal(onset) if onset is not None else None for onset in onsets]


def _unit(pairs: Sequence[tuple[float, float]], sfreq_hz: float, notes: list[str]) -> str | None:
    """What the numbers in ``onset`` are, if the samples prove that they are no seconds."""
    if _agree(pairs, sfreq_hz):
        return None
    onset, sample = max(pairs, key=lambda pair: abs(pair[0] * sfreq_hz - pair[1]))
    both = f"onset {onset:g}, sample {sample:g} ({sample / sfreq_hz:g} s at {sfreq_hz:g} Hz)"
    for unit, per_unit in (("samples", 1.0), ("milliseconds", sfreq_hz / 1000)):
        if _agree(pairs, per_unit):
            notes.append(
                f"the onsets of events.tsv are {unit}, as its column 'sample' shows ({both}): the sample counts"
            )
            return unit
    notes.append(f"events.tsv contradicts itself ({both}): the onset counts")
    return None


def _agree(pairs: Sequence[tuple[float, float]], samples_per_unit: float) -> bool:
    apart = [sample - onset * samples_per_unit for onset, sample in pairs]
    near = sum(abs(one) <= SAMPLES_APART for one in apart)
    return near > len(pairs) / 2 and median(abs(one) for one in apart) <= SAMPLES_APART


def _are_no_seconds(onsets: Sequence[float | None], sfreq_hz: float, n_times: int) -> bool:
    known = [onset for onset in onsets if onset is not None]
    behind = [onset for onset in known if onset >= n_times / sfreq_hz]
    far = bool(known) and max(known) >= FAR_BEHIND * n_times / sfreq_hz
    return far and len(behind) > len(known) / 2 and all(onset == int(onset) for onset in known)


def _inside(
    rows: Sequence[Row], onsets: Sequence[float | None], raw: mne.io.BaseRaw, notes: list[str]
) -> list[tuple[Row, float]]:
    """Rows within the recording with their onsets; those outside are noted with what they say."""
    length_s = raw.n_times / float(raw.info["sfreq"])
    usable: list[tuple[Row, float]] = []
    outside: list[str] = []
    elsewhere: list[str] = []
    for row, onset in zip(rows, onsets, strict=True):
        if onset is None or not 0 <= onset < length_s:
            outside.append(str(row.get("onset", row.get("sample", "n/a"))))
        elif _only_of_unknown_channels(row, raw.ch_names):
            elsewhere.append(f"'{event_name(row)}' of {row['channel']}")
        else:
            usable.append((row, onset))
    if outside:
        notes.append(
            f"{len(outside)} events have no onset within the {length_s:g} s of the recording and are left out: "
            f"onset {some(outside)}"
        )
    if elsewhere:
        notes.append(f"{len(elsewhere)} segments are of channels that the recording has not: {some(elsewhere)}")
    return usable


def event_name(row: Row) -> str:
    """What an event is called: ``trial_type`` where there is one, else the next best column.

    Examples
    --------
    >>> event_name({"onset": "1", "trial_type": "n/a", "value": "5"})
    '5'
    """
    return next((row[column] for column in NAME_COLUMNS if not is_missing(row.get(column))), "n/a")


def _naming(rows: Sequence[Row], notes: list[str]) -> Callable[[Row], str]:
    """How the events of a table are named: by the usual columns, or by another one if these say nothing."""
    if any(event_name(row) != "n/a" for row in rows):
        return event_name
    column = _other_column(rows)
    if column is None:
        notes.append("events.tsv names none of its events: all are called 'n/a'")
        return event_name
    notes.append(f"events.tsv has no trial_type: its events are named by the column '{column}'")
    return lambda row: "n/a" if is_missing(row.get(column)) else row[column]


def _other_column(rows: Sequence[Row]) -> str | None:
    columns = [name for name in rows[0] if name.lower() not in NEVER_NAMES and _is_of_kinds(name, rows)]
    known = [name for wanted in MORE_NAME_COLUMNS for name in columns if name.lower() == wanted]
    return next(iter([*known, *columns]), None)


def _is_of_kinds(column: str, rows: Sequence[Row]) -> bool:
    """Whether a column has values, and some of them more than once: else it counts or measures."""
    values = [row[column] for row in rows if not is_missing(row.get(column))]
    return bool(values) and (len(values) < 3 or len(set(values)) < len(values))


def _durations(rows: Sequence[Row], notes: list[str]) -> list[float]:
    given = [number(row.get("duration")) for row in rows]
    negative = [value for value in given if value is not None and value < 0]
    if negative:
        notes.append(f"{len(negative)} events have a negative duration ({some(negative)}): taken as 0")
    return [max(value or 0.0, 0.0) for value in given]


def _channels(row: Row, known: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in _named_channels(row) if name in known)


def _named_channels(row: Row) -> list[str]:
    named = row.get("channel", "")
    return [] if is_missing(named) else [name.strip() for name in named.split(",")]


def _only_of_unknown_channels(row: Row, known: Sequence[str]) -> bool:
    """Whether a bad segment is of channels that are not there: it must not become one of all channels."""
    named = _named_channels(row)
    return bool(named) and is_bad(event_name(row)) and not any(name in known for name in named)


def _extras(row: Row) -> dict[str, Any]:
    cells = {column: cell for column, cell in row.items() if column not in OWN_COLUMNS and not is_missing(cell)}
    return {RESERVED.get(column, column): cell for column, cell in cells.items()}


def drop_start(raw: mne.io.BaseRaw) -> None:
    """Drop BrainVision's marker of the first segment: a recording that merely starts has no break."""
    step = 1.0 / float(raw.info["sfreq"])
    items = enumerate(zip(raw.annotations.onset, raw.annotations.description, strict=True))
    raw.annotations.delete([i for i, (onset, name) in items if name == "New Segment/" and onset < step])


def _breaks_of_file(raw: mne.io.BaseRaw, events: Sequence[tuple[float, str]], notes: list[str]) -> mne.Annotations:
    """Breaks that the data file marks and the table does not (within one sample)."""
    step = 1.0 / float(raw.info["sfreq"])
    named = [onset for onset, name in events if is_break(name)]
    keep = [
        i
        for i, (onset, name) in enumerate(zip(raw.annotations.onset, raw.annotations.description, strict=True))
        if is_break(str(name)) and all(abs(float(onset) - other) > step for other in named)
    ]
    if len(raw.annotations) > len(keep):
        notes.append(f"events.tsv replaces {len(raw.annotations) - len(keep)} markers of the data file")
    return raw.annotations[keep]
