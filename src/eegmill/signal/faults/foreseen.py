"""What the past of all channels foretells of their future: canonical correlations of blocks around a sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, good_samples
from .changes import calm

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Floats, Ints

ORDER = 8
"""Samples that one channel's next one is predicted from, for the covariance of what is new in a sample."""
PIECE = 1024
MAX_PIECES = 24
APART_S = 1.0
"""Moments so far apart are as far apart as any."""
CALM = 0.8
"""Share of the time that the model is made of: without movements and muscle."""
N_SIGNALS = 12
N_PAST = 12
"""Samples on either side of a moment."""
N_PAIRS = 16
MIN_WINDOWS = 12
"""Windows per number in one of them, for the correlations to be more than chance: a short recording keeps fewer
signals."""
NOISE, NOISE_SEED = 0.01, 0
"""White noise in the pieces that the model is made of, in standard deviations of a channel. Where a filter emptied a
band, as before a lower rate, the past foretells the future to rounding, and what no reader sees departs from it."""
RIDGE = 1e-4
RANK = 1e-9
TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True)
class Foresight:
    """Linear forms of a window that are nothing where a signal goes on, and large where it does not.

    Each form is what a canonical variate of the samples from a moment on differs by from its prediction out of the
    samples before it, in its own usual size.
    """

    middle: Floats
    """Where each channel usually is, shape (n_channels, 1): forms are of what departs from it."""
    kernel: Floats
    """What leaves of a channel what its past does not foretell, shape (n_order,): the mean over the channels."""
    whitening: Floats
    """From channels to signals in which what is new in a sample is white, shape (n_white, n_channels)."""
    signals: Floats
    """From channels to the signals that change most for what is new in them, shape (n_signals, n_channels)."""
    forms: Floats
    """Shape (2 * N_PAST, n_pairs, n_signals): from N_PAST samples before a moment to N_PAST - 1 behind it."""

    @property
    def precision(self) -> Floats:
        """Inverse covariance over the channels of what is new in a sample, shape (n_channels, n_channels)."""
        return np.asarray(self.whitening.T @ self.whitening)

    def departures(self, x: Floats) -> Floats:
        """The forms at each moment with a whole window, shape (n_pairs, n_times - 2 * N_PAST + 1).

        ``x`` has the shape (n_channels, n_times); the first is that of the moment ``N_PAST``.
        """
        y = (self.signals @ (x - self.middle)).astype(np.float32)  # seven digits of what is compared with 3.3
        n = x.shape[1] - len(self.forms) + 1
        total = np.zeros((self.forms.shape[1], n), dtype=np.float32)
        for offset, form in enumerate(self.forms.astype(np.float32)):
            total += form @ y[:, offset : offset + n]
        return total.astype(np.float64)

    @cached_property
    def alone(self) -> tuple[Floats, Floats, Floats]:
        """Patterns of one electrode or the reference, what finds their time courses, and what these are in the forms.

        Of an electrode against a reference of its own and against the average, which has its share in all channels.
        Shapes (n_patterns, n_channels) twice, and (n_patterns, n_pairs, 2 * N_PAST).
        """
        one = np.eye(self.signals.shape[1])
        patterns = np.vstack([one, one - one.mean(), np.ones(len(one))])
        fields = self.signals @ patterns.T
        return patterns, self.weights_of(patterns), np.asarray(np.einsum("tms,sp->pmt", self.forms, fields))

    def weights_of(self, patterns: Floats) -> Floats:
        """What finds the time courses of patterns, (n_patterns, n_channels), by least squares on what is new."""
        weights = patterns @ self.precision
        return np.asarray(weights / np.maximum(np.einsum("ij,ij->i", weights, patterns), TINY)[:, None])


def foresight(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Foresight | None:
    """Learn from calm pieces of a recording how its past foretells its future; None where too little is good.

    Channels are first reduced to the signals in which moments that are far apart differ most, for what is new from one
    sample to the next (generalised eigenvectors). Of these, blocks of samples before and from a moment on are paired
    by their canonical correlations: what is foretold best shows best where a signal does not go on.

    References
    ----------
    Hotelling H. Relations between two sets of variates. Biometrika 1936;28:321-377, doi:10.2307/2333955.
    Akaike H. Markovian representation of stochastic processes by canonical variables. SIAM J Control 1975;13:162-173,
    doi:10.1137/0313010: the canonical variates of past and future are all that the past tells of the future.
    """
    pieces = _with_noise([raw._data[list(picks), start : start + PIECE] for start in pieces_of(raw)])
    kernel = predictor(pieces)
    if kernel is None:
        return None
    new = np.hstack([unforeseen(piece, kernel) for piece in pieces])
    new = new[:, calm(new, CALM)]
    whitening = _whitening(new @ new.T / new.shape[1])
    signals = _changing(pieces, whitening, float(raw.info["sfreq"]))
    middle = np.median(np.hstack([piece[:, ::16] for piece in pieces]), axis=1, keepdims=True)
    forms = _forms([signals @ (piece - middle) for piece in pieces])
    return None if forms is None else Foresight(middle, kernel, whitening, signals[: forms.shape[2]], forms)


def pieces_of(raw: mne.io.BaseRaw) -> list[int]:
    """First samples of good pieces without a discontinuity, spread over the recording."""
    good = good_samples(raw)
    whole = [
        start
        for first, stop in continuous_spans(raw)
        for start in range(first, stop - PIECE + 1, PIECE)
        if good[start : start + PIECE].all()
    ]
    if len(whole) > MAX_PIECES:
        whole = [whole[i] for i in np.linspace(0, len(whole) - 1, MAX_PIECES).astype(np.int64)]
    return whole


def _with_noise(pieces: Sequence[Floats]) -> list[Floats]:
    """Pieces (n_channels, PIECE) with a little white noise, always the same."""
    if not pieces:
        return []
    rng = np.random.default_rng(NOISE_SEED)
    size = NOISE * np.median([piece.std(axis=1) for piece in pieces], axis=0)
    return [piece + size[:, None] * rng.standard_normal(piece.shape) for piece in pieces]


def predictor(pieces: Sequence[Floats]) -> Floats | None:
    """The filter that leaves of a channel what its past does not foretell: Yule and Walker's, on differences.

    Shape (ORDER + 2,).
    """
    total = np.zeros(ORDER + 1)
    for piece in pieces:
        power = np.abs(np.fft.rfft(np.diff(piece, axis=1), 2 * PIECE, axis=1)) ** 2
        lags = np.fft.irfft(power, axis=1)[:, : ORDER + 1]
        moving = lags[:, 0] > 0
        total += (lags[moving] / lags[moving, :1]).sum(axis=0)
    if not total[0]:
        return None
    index = np.arange(ORDER)
    system = total[np.abs(index[:, None] - index)] + 1e-9 * total[0] * np.eye(ORDER)
    weights = np.linalg.solve(system, total[1:])
    return np.convolve(np.concatenate([[1.0], -weights]), [1.0, -1.0])


def unforeseen(x: Floats, kernel: Floats) -> Floats:
    """What is left of channels, (n_channels, n_times), from the first sample that has a whole past on."""
    return np.stack([np.convolve(row, kernel, mode="valid") for row in x])


def _whitening(covariance: Floats) -> Floats:
    """From channels to signals that are white, shape (n_white, n_channels)."""
    values, vectors = np.linalg.eigh(covariance)
    kept = values > RANK * values[-1]
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])).T)


def _changing(pieces: Sequence[Floats], whitening: Floats, sfreq_hz: float) -> Floats:
    """The signals that change most between moments that are far apart, shape (n_signals, n_channels)."""
    apart = min(round(APART_S * sfreq_hz), PIECE // 2)
    change = np.hstack([piece[:, apart::2] - piece[:, :-apart:2] for piece in pieces])
    white = whitening @ change[:, calm(change, CALM)]
    _, vectors = np.linalg.eigh(white @ white.T)
    return np.asarray(vectors[:, ::-1][:, :N_SIGNALS].T @ whitening)


def _forms(pieces: Sequence[Floats]) -> Floats | None:
    """The linear forms of ``Foresight``, from pieces of the signals, each (n_signals, PIECE)."""
    every = max(len(pieces) * PIECE // 6_000, 1)
    starts = np.arange(0, PIECE - 2 * N_PAST + 1, every)
    n_signals = min(len(pieces[0]), len(pieces) * (PIECE - 2 * N_PAST) // (MIN_WINDOWS * N_PAST))
    if not n_signals:
        return None
    windows = np.concatenate([_windows(piece[:n_signals], starts) for piece in pieces], axis=1)
    some = windows.reshape(2 * N_PAST, -1)[::6].reshape(-1, windows.shape[1])
    windows = windows[:, calm(some, CALM)]
    before, behind = np.split(windows, 2)
    n = windows.shape[1]
    left, right = _inverse_root(before @ before.T / n), _inverse_root(behind @ behind.T / n)
    u, correlations, v = np.linalg.svd(left @ (before @ behind.T / n) @ right)
    known = np.minimum(correlations[:N_PAIRS], 1 - 1e-6)
    weights = np.concatenate([-(left @ u[:, : len(known)]) * known, right @ v[: len(known)].T])
    usual = 1.4826 * np.median(np.abs(weights.T @ windows), axis=1)
    weights = np.divide(weights, usual, out=np.zeros_like(weights), where=usual > RANK * usual.max(initial=0.0))
    return np.asarray(weights.reshape(2 * N_PAST, n_signals, len(known)).transpose(0, 2, 1))


def _windows(y: Floats, starts: Ints) -> Floats:
    """Windows of 2 * N_PAST samples, shape (2 * N_PAST * n_signals, n_windows): sample by sample."""
    return np.concatenate([y[:, starts + offset] for offset in range(2 * N_PAST)])


def _inverse_root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors / np.sqrt(np.maximum(values, RIDGE * values[-1]))) @ vectors.T)
