"""Stretches in which all channels stand still at once, as where packets were lost and the last sample was repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Ints, Mask

MIN_CHANNELS = 4
MIN_SAMPLES = 3
"""Two equal samples of all channels may be chance where values are coarse; so may more of few channels."""
MIN_SAMPLES_OF_FEW = 10
MIN_S = 0.01


def standing_still(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Mask:
    """Where no picked channel moves from one sample to the next, shape (n_times - 1,); False across discontinuities."""
    still = np.ones(raw.n_times - 1, dtype=bool)
    for pick in picks:
        x = raw._data[pick]
        np.logical_and(still, x[1:] == x[:-1], out=still)
        if not still.any():
            return still
    for _, stop in continuous_spans(raw)[:-1]:
        still[stop - 1] = False
    return still


def held(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Ints:
    """Each stretch: the first sample that repeats the one before it, and the end; shape (n_stretches, 2)."""
    found = runs(standing_still(raw, picks)) + 1
    return found[found[:, 1] - found[:, 0] >= shortest(len(picks), float(raw.info["sfreq"]))]


def shortest(n_channels: int, sfreq_hz: float) -> float:
    """Samples from which on a stretch counts as held."""
    return max(MIN_SAMPLES if n_channels >= MIN_CHANNELS else MIN_SAMPLES_OF_FEW, MIN_S * sfreq_hz)


def padded(stretches: Sequence[tuple[int, int]], n_times: int, between: float) -> tuple[int, int]:
    """Where the signal starts and stops that a file was filled up around, as EDF is to whole records.

    Stretches that touch an end of the recording are no lost samples, nor are those at most ``between`` samples from
    them; but more than half of a recording is no filling.
    """
    start, stop = 0, n_times
    for first, end in stretches:
        if first - start <= max(between, 1):
            start = end
    for first, end in reversed(stretches):
        if stop - end <= between:
            stop = first
    return (start, stop) if stop - start >= n_times / 2 else (0, n_times)
