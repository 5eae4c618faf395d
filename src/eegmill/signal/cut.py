"""Taking samples out of a recording, with a boundary where each piece was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from .timeline import is_event, runs

if TYPE_CHECKING:
    import mne

    from .types import Floats, Mask

BOUNDARY = "boundary"


def cut_samples(raw: mne.io.BaseRaw, keep: Mask) -> mne.io.BaseRaw:
    """Return the recording without the samples where ``keep`` is False; ``raw`` itself is used up.

    The signal is moved together inside its own memory. Annotations move with the samples they cover; one that loses
    all of them is dropped (`lost_events` tells which). A ``boundary`` of no length marks every index where samples are
    missing, as EEGLAB's does.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Preloaded.
    keep : array of bool, shape (n_times,)
        At least one is True.
    """
    import mne

    annotations = _moved(raw, keep)
    at = 0
    for start, stop in runs(keep):
        for row in raw._data:
            row[at : at + stop - start] = row[start:stop]
        at += stop - start
    shorter = mne.io.RawArray(raw._data[:, :at], raw.info, copy=None, verbose="error")
    return shorter.set_annotations(annotations, verbose="error")


def lost_events(raw: mne.io.BaseRaw, keep: Mask) -> dict[str, int]:
    """How many events of each name `cut_samples` would drop, by name.

    ``keep`` (n_times,).
    """
    names = [str(name) for name in raw.annotations.description[~_survives(raw, keep)]]
    return dict(sorted(Counter(name for name in names if is_event(name)).items()))


def _survives(raw: mne.io.BaseRaw, keep: Mask) -> Mask:
    """Which annotations have a sample left, shape (n_annotations,): one that they last over, or the nearest."""
    sfreq_hz = float(raw.info["sfreq"])
    onsets = raw.annotations.onset * sfreq_hz
    starts, stops = _moved_samples(keep, onsets), _moved_samples(keep, onsets + raw.annotations.duration * sfreq_hz)
    # The nearest sample, as for epochs: 2.006 s at 500 Hz are 1002.9999999999999 samples.
    nearest = np.clip(np.rint(onsets).astype(int), 0, keep.size - 1)
    return np.asarray((stops > starts) | keep[nearest])


def _moved_samples(keep: Mask, samples: Floats) -> Floats:
    """Where moments, in samples, lie once only the samples of ``keep`` are left.

    ``keep`` (n_times,); ``samples`` and the result (n_moments,).
    """
    kept_before = np.concatenate([[0], np.cumsum(keep), [keep.sum()]])
    inside = np.concatenate([keep, [False]])
    at = np.clip(samples, 0, keep.size)
    whole = at.astype(int)
    return np.asarray(kept_before[whole] + np.where(inside[whole], at - whole, 0.0))


def _moved(raw: mne.io.BaseRaw, keep: Mask) -> mne.Annotations:
    """Return the annotations on the new time axis, and the boundaries.

    ``keep`` (n_times,).
    """
    sfreq_hz = float(raw.info["sfreq"])
    moved = raw.annotations.copy()
    onsets = moved.onset * sfreq_hz
    starts, stops = _moved_samples(keep, onsets), _moved_samples(keep, onsets + moved.duration * sfreq_hz)
    survives = _survives(raw, keep)
    moved.onset, moved.duration = starts / sfreq_hz, (stops - starts) / sfreq_hz
    moved.delete(np.flatnonzero(~survives))
    n_before = np.cumsum(keep)
    for sample in np.flatnonzero(keep[1:] & ~keep[:-1]):
        if n_before[sample]:
            moved.append(n_before[sample] / sfreq_hz, 0.0, BOUNDARY)
    return moved
