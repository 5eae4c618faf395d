"""Where the phase of the mains turns at once: the mains go on while samples are cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans
from .line import MAINS_HZ
from .line_patterns import line_patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Floats

WINDOW_S = 0.25
"""On either side of a moment: 12 periods and more."""
AROUND_S = 4.0
"""What the phase turns by on average over this time is the clock's, or the grid's."""
BLOCK = 16_384
MIN_RATIO = 50.0
"""Of the line to what lies beside it, in power, in the pattern that it is clearest in. Without any mains 1 to 9; 2,200
in EEGBCI, whose mean channel shows 6 dB."""
MIN_SHARE = 0.8
"""Of the change, to be a turn of all by one angle, and not another strength or topography: the line of who moves."""
MIN_TURN_RAD = 0.3
"""Mains that are 0.1 Hz from where they usually are turn by 0.16 within a window."""
TINY = float(np.finfo(float).tiny)


def turns(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Floats:
    """How many times their usual turn the mains turn by at each sample; 0 where not as a whole, or without any mains.

    The line is demodulated in the patterns that it is clearest in, b before and a behind each sample, as vectors over
    patterns. Of |a - b|^2, what is gone once a is turned back by the angle of b*a, 2 (|b*a| - Re b*a), is the turn.

    Parameters
    ----------
    raw
        Finite samples.
    picks
        Channels, by their indices.

    Returns
    -------
    array, shape (n_times,)
    """
    found = line_patterns(raw, picks, MAINS_HZ)
    clearest = max(found, key=lambda one: one.ratio, default=None)
    if clearest is None or clearest.ratio < MIN_RATIO:
        return np.zeros(raw.n_times)
    before, behind = _phasors(raw, picks, clearest.weights, clearest.frequency_hz)
    inner = np.einsum("ij,ij->j", before.conj(), behind)
    inner *= _usual_turn(inner, round(AROUND_S * float(raw.info["sfreq"]))).conj()
    turn = 2 * np.maximum(np.abs(inner) - inner.real, 0.0)
    left = np.sum(np.abs(before) ** 2 + np.abs(behind) ** 2, axis=0) - 2 * np.abs(inner)
    as_a_whole = (turn > MIN_SHARE * (turn + left)) & (np.abs(np.angle(inner)) > MIN_TURN_RAD)
    usual = float(np.median(turn[turn > 0])) if turn.any() else 1.0
    sizes = np.where(as_a_whole, np.sqrt(turn / usual), 0.0)
    n_window = round(WINDOW_S * float(raw.info["sfreq"]))
    for start, _ in continuous_spans(raw):
        # Windows that hold a discontinuity which is known tell of that one.
        sizes[max(start - n_window, 0) : start + n_window] = 0.0
    return sizes


def _usual_turn(inner: Floats, n_around: int) -> Floats:
    """The direction of the mean turn around each sample, shape (n_times,), complex."""
    from scipy.ndimage import uniform_filter1d

    unit = inner / np.maximum(np.abs(inner), TINY)
    mean = uniform_filter1d(unit, n_around, mode="nearest")
    return np.asarray(mean / np.maximum(np.abs(mean), TINY))


def _phasors(raw: mne.io.BaseRaw, picks: Sequence[int], patterns: Floats, mains_hz: float) -> tuple[Floats, Floats]:
    """The line in a window before each sample and in one from it on, (n_patterns, n_times), complex; 0 at the ends.

    Of changes from sample to sample, and in windows that are triangles, so that slow EEG, which is larger, leaks less.
    """
    from scipy.ndimage import uniform_filter1d

    half = round(WINDOW_S * float(raw.info["sfreq"]) / 2)
    carrier = np.exp(-2j * np.pi * mains_hz / float(raw.info["sfreq"]) * np.arange(raw.n_times))
    before, behind = np.zeros((2, len(patterns), raw.n_times), dtype=np.complex128)
    starts = range(0, raw.n_times, BLOCK)
    signals = np.hstack([patterns @ raw._data[list(picks), start : start + BLOCK] for start in starts])
    for row, signal in enumerate(signals):
        line = np.diff(signal, prepend=signal[0]) * carrier
        for _ in range(2):
            line = uniform_filter1d(line, half)
        before[row, 2 * half : -2 * half] = line[half : -3 * half]
        behind[row, 2 * half : -2 * half] = line[3 * half : -half]
    return before, behind
