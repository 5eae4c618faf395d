"""Taking samples out of a recording, with a boundary where each piece was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

BOUNDARY = "boundary"


def cut_samples(raw: mne.io.BaseRaw, keep: NDArray[np.bool_]) -> mne.io.BaseRaw:
    """Return the recording without the samples where ``keep`` is False; ``raw`` itself is used up.

    The signal is moved together inside its own memory. Annotations move with the samples they cover; one that loses
    all of them is dropped. A ``boundary`` of no length marks every place where samples are missing, as EEGLAB's does.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Preloaded.
    keep : array of bool, shape (samples,)
        At least one is True.
    """
    import mne

    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    at = 0
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        for row in raw._data:
            row[at : at + stop - start] = row[start:stop]
        at += stop - start
    annotations = _moved(raw, keep)
    if annotations.orig_time is None:  # without a date, set_annotations counts from the first sample, and shifts
        annotations.onset -= raw.first_time
    shorter = mne.io.RawArray(raw._data[:, :at], raw.info, first_samp=raw.first_samp, copy=None, verbose="error")
    return shorter.set_annotations(annotations, verbose="error")


def _moved(raw: mne.io.BaseRaw, keep: NDArray[np.bool_]) -> mne.Annotations:
    """Return the annotations on the new time axis, and the boundaries."""
    sfreq = float(raw.info["sfreq"])
    kept_before = np.concatenate([[0], np.cumsum(keep), [keep.sum()]])
    inside = np.concatenate([keep, [False]])

    def place(samples: NDArray[np.float64]) -> NDArray[np.float64]:
        at = np.clip(samples, 0, keep.size)
        whole = at.astype(int)
        return np.asarray(kept_before[whole] + np.where(inside[whole], at - whole, 0.0))

    moved = raw.annotations.copy()
    onsets = (moved.onset - raw.first_time) * sfreq
    starts, stops = place(onsets), place(onsets + moved.duration * sfreq)
    moved.onset = starts / sfreq + raw.first_time
    moved.duration = (stops - starts) / sfreq
    # The nearest sample, as for epochs: 2.006 s at 500 Hz are 1002.9999999999999 samples.
    nearest = np.clip(np.rint(onsets).astype(int), 0, keep.size - 1)
    survives = (stops > starts) | keep[nearest]
    moved.delete(np.flatnonzero(~survives))
    for sample in np.flatnonzero(keep[1:] & ~keep[:-1]) + 1:
        if kept_before[sample]:
            moved.append(kept_before[sample] / sfreq + raw.first_time, 0.0, BOUNDARY)
    return moved
