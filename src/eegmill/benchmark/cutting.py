"""A cleaned recording, cut into items: windows or epochs, and what a model is given of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..derivative.read import read_cleaned
from ..errors import RecordingError
from ..features.extraction import FeatureTable, extract
from ..signal.filters.band import band_of
from ..signal.types import Floats
from ..steps.epochs import apart, cut, event_onsets, matches, regular_onsets
from .configuration import Features, Target

if TYPE_CHECKING:
    import mne

MICROVOLTS = 1e6
"""A volt has so many: covariances of volts are near what numerical tolerances are."""


@dataclass(frozen=True)
class Cut:
    """The items of one recording.

    Parameters
    ----------
    x : array, shape (n_items, n_columns) or (n_items, n_channels, n_times)
        Features, or the signal in microvolts.
    columns : tuple of str
        Names of the features, or of the channels.
    onsets_s : array, shape (n_items,)
        Where items start, from the first sample.
    events : array, shape (n_items,)
        The label of the event of each; empty texts for windows.
    """

    x: Floats
    columns: tuple[str, ...]
    onsets_s: Floats
    duration_s: float
    events: NDArray[Any]
    notes: tuple[str, ...]


def cut_recording(derivative: Path, recording: str, *, target: Target, features: Features) -> Cut:
    """Cut a recording of a derivative into items.

    Raises
    ------
    RecordingError
        If nothing of it is left.
    """
    raw = read_cleaned(derivative, recording).raw
    if features.signal and features.band_hz:
        _filter(raw, *features.band_hz)
    if target.of == "events":
        found = _of_events(raw, target, features)
    elif features.signal:
        found = _of_windows(raw, target)
    else:
        table = extract(raw, features.features, window_s=target.window_s, step_s=target.step_s)
        found = _of_table(table, np.full(len(table.onsets_s), ""), table.notes)
    return _mean_of(found) if target.average else found


def _filter(raw: mne.io.BaseRaw, low_hz: float | None, high_hz: float | None) -> None:
    import mne

    band = band_of(raw, low_hz, high_hz)
    for pick in mne.pick_types(raw.info, eeg=True, exclude="bads"):
        raw._data[pick] = band.of(raw._data[pick])


def _of_events(raw: mne.io.BaseRaw, target: Target, features: Features) -> Cut:
    onsets = event_onsets(raw)
    found, repeated = apart([one for one in onsets if _label(one.event, target)])
    if not found:
        present = ", ".join(sorted({one.event for one in onsets})) or "no events"
        wanted = ", ".join(name for names in target.classes.values() for name in names)
        msg = f"None of the events {wanted} occurs; the recording has: {present}."
        raise RecordingError(msg)
    epochs = cut(raw, found, target.tmin, target.tmax, target.baseline, reject_by_annotation=True)
    lost = len(found) + len(repeated) - len(epochs)
    counted = (f"{lost} of {lost + len(epochs)} epochs were left out.",) if lost else ()
    notes = (*counted, *_absent({one.event for one in onsets}, target))
    if not len(epochs):
        msg = f"No epoch is left of {lost}: all are bad, or reach beyond the recording."
        raise RecordingError(msg)
    labels = np.array([_label(found[index].event, target) for index in epochs.selection])
    onsets_s = epochs.events[:, 0] / float(raw.info["sfreq"]) + float(epochs.tmin)
    if features.signal:
        return _of_epochs(epochs, labels, onsets_s, notes)
    table = extract(epochs, features.features)
    return _of_table(table, labels, (*notes, *table.notes))


def _label(event: str, target: Target) -> str:
    """The label that an event means; empty if it means none."""
    found = [label for label, names in target.classes.items() if any(matches(event, name) for name in names)]
    if len(found) > 1:
        msg = f"The event '{event}' is of two classes: {' and '.join(found)}."
        raise RecordingError(msg)
    return found[0] if found else ""


def _absent(present: Iterable[str], target: Target) -> tuple[str, ...]:
    """A note on names that no event has: a class of a wrong name would be missing in silence."""
    names = [name for listed in target.classes.values() for name in listed]
    absent = [name for name in names if not any(matches(event, name) for event in present)]
    return (f"No event is called {', '.join(absent)}.",) if absent else ()


def _of_windows(raw: mne.io.BaseRaw, target: Target) -> Cut:
    step_s = target.step_s or target.window_s
    onsets = regular_onsets(raw, target.window_s, target.window_s - step_s)
    epochs = cut(raw, onsets, 0.0, target.window_s - 1 / float(raw.info["sfreq"]), None, reject_by_annotation=True)
    lost = len(onsets) - len(epochs)
    if not len(epochs):
        msg = f"No window of {target.window_s:g} s is good as a whole."
        raise RecordingError(msg)
    notes = (f"{lost} of {len(onsets)} windows were left out.",) if lost else ()
    return _of_epochs(epochs, np.full(len(epochs), ""), epochs.events[:, 0] / float(raw.info["sfreq"]), notes)


def _of_epochs(epochs: mne.BaseEpochs, labels: NDArray[Any], onsets_s: Floats, notes: tuple[str, ...]) -> Cut:
    import mne

    picks = mne.pick_types(epochs.info, eeg=True, exclude="bads")
    if not len(picks):
        msg = "No EEG channel is good."
        raise RecordingError(msg)
    x = epochs.get_data(picks=picks, verbose="error") * MICROVOLTS
    names = tuple(epochs.ch_names[pick] for pick in picks)
    return Cut(x, names, onsets_s, x.shape[-1] / float(epochs.info["sfreq"]), labels, notes)


def _of_table(table: FeatureTable, labels: NDArray[Any], notes: tuple[str, ...]) -> Cut:
    return Cut(table.to_numpy(), tuple(table.column_names()), table.onsets_s, table.duration_s, labels, notes)


def _mean_of(found: Cut) -> Cut:
    """One item: the mean of all windows, of each feature over the windows that have it."""
    known = np.isfinite(found.x)
    n = known.sum(axis=0)
    mean = np.where(n > 0, np.where(known, found.x, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)
    return Cut(mean[None], found.columns, found.onsets_s[:1], found.duration_s, found.events[:1], found.notes)
