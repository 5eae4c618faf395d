"""Where the phase of the mains turns at once: the mains go on while samples are cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans
from .foreseen import PIECE, pieces_of
from .line import MAINS_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Floats

WINDOW_S = 0.25
"""On either side of a moment: 12 periods and more."""
AROUND_S = 4.0
"""What the phase turns by on average over this time is the clock's, or the grid's."""
N_PATTERNS = 3
BLOCK = 16_384
BESIDE_HZ = 8.0
"""What lies up to here beside the line is what it must stand out of, ..."""
MIN_RATIO = 50.0
"""... in power, in the pattern that it is clearest in. Without any mains 1 to 9; 2,200 in EEGBCI, whose mean channel
shows 6 dB."""
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
    clearest = max((_patterns(raw, picks, mains_hz) for mains_hz in MAINS_HZ), key=lambda one: one[0])
    if clearest[0] < MIN_RATIO:
        return np.zeros(raw.n_times)
    before, behind = _phasors(raw, picks, *clearest[1:])
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


def _patterns(raw: mne.io.BaseRaw, picks: Sequence[int], mains_hz: float) -> tuple[float, Floats, float]:
    """Weights of the channels in which the line stands out most of what lies beside it, (n_patterns, n_channels).

    Generalised eigenvectors of the covariances over the channels at the line's frequency and beside it; before them the
    ratio of both powers in the first of them, 0 where nothing can be seen of the line, and behind them its frequency.
    """
    sfreq_hz = float(raw.info["sfreq"])
    bins = np.abs(np.fft.rfftfreq(PIECE, 1 / sfreq_hz) - mains_hz) * PIECE / sfreq_hz
    at, beside = bins < 1.5, (bins > 3) & (bins < BESIDE_HZ * PIECE / sfreq_hz)
    if not at.any() or not beside.any():
        return 0.0, np.zeros((0, len(picks))), mains_hz
    on, off = np.zeros((2, len(picks), len(picks)))
    for start in pieces_of(raw):
        piece = raw._data[list(picks), start : start + PIECE]
        spectrum = np.fft.rfft((piece - piece.mean(axis=1, keepdims=True)) * np.hanning(PIECE))
        on += (spectrum[:, at] @ spectrum[:, at].conj().T).real / at.sum()
        off += (spectrum[:, beside] @ spectrum[:, beside].conj().T).real / beside.sum()
    values, vectors = np.linalg.eigh(off)
    kept = values > 1e-9 * values[-1]
    white = (vectors[:, kept] / np.sqrt(values[kept])).T
    ratios, directions = np.linalg.eigh(white @ on @ white.T)
    patterns = directions[:, ::-1][:, :N_PATTERNS].T @ white
    return float(ratios.max(initial=0.0)), np.asarray(patterns), mains_hz
