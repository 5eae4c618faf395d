"""Places where samples are missing and nothing says so: all channels jump at once, from one sample to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans, good_samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import mne

    from ..types import Floats, Mask

ORDER = 8
"""Samples that the next one is predicted from."""
PIECE = 1024
MAX_PIECES = 24
BLOCK = 16_384
AROUND_S = 0.25
MIN_JUMP = 6.0
"""Times larger than any other surprise within a quarter of a second. Eight continuous recordings: below 4."""
MIN_CHANNELS = 4
RANK = 1e-9


@dataclass(frozen=True)
class Cut:
    """The first sample behind a cut, and how many times larger its surprise is than those around it."""

    sample: int
    jump: float


def cuts(raw: mne.io.BaseRaw, picks: Sequence[int], still: Mask) -> tuple[Cut, ...]:
    """Samples that no channel's past foretells, between others that it does.

    Each sample is predicted from eight before it; what is left is made white over the channels, so that a
    jump counts in what neighbours do not share as well. A cut is one surprise: muscle and movement are many, one after
    another. A sample that is off by itself, with the signal going on behind it, is none.

    Parameters
    ----------
    raw
        Finite samples.
    picks
        Channels, by their indices.
    still : array of bool, shape (n_times - 1,)
        Where no channel moves: what borders on it is no cut.
    """
    kernel = _predictor(raw, picks)
    if kernel is None or len(picks) < MIN_CHANNELS:
        return ()
    whitening = _whitening(raw, picks, kernel)
    surprise = _surprise(raw, picks, kernel, whitening)
    surprise[_unfit(raw, still, len(kernel))] = 0.0
    ratio = isolation(surprise, round(AROUND_S * float(raw.info["sfreq"])), len(kernel))
    candidates = np.flatnonzero(ratio > MIN_JUMP)
    # A jump surprises once more in its wake.
    first = candidates[np.diff(candidates, prepend=-len(kernel) - 1) > len(kernel)]
    return tuple(Cut(int(at), float(ratio[at])) for at in first if not _returns(raw, picks, int(at), kernel))


def isolation(surprise: Floats, around: int, wake: int) -> Floats:
    """How many times larger each value is than the largest around it, but for its wake of ``wake`` samples.

    ``surprise`` and the result (n_times,); values below 1, the usual one, count as 1.
    """
    from scipy.ndimage import maximum_filter1d

    padded = np.pad(np.maximum(surprise, 1.0), around + wake + 2, constant_values=np.inf)
    largest = maximum_filter1d(padded, 2 * (around // 2) + 1, mode="nearest")
    half, n = around // 2, len(surprise)
    middle = around + wake + 2
    before = largest[middle - half - 2 : middle - half - 2 + n]
    behind = largest[middle + half + wake + 1 : middle + half + wake + 1 + n]
    return np.asarray(surprise / np.maximum(before, behind))


def _pieces(raw: mne.io.BaseRaw) -> list[int]:
    """First samples of good pieces, spread over the recording."""
    good = good_samples(raw)
    starts = np.arange(0, raw.n_times - PIECE + 1, PIECE)
    whole = np.array([start for start in starts if good[start : start + PIECE].all()], dtype=np.int64)
    if len(whole) > MAX_PIECES:
        whole = whole[np.linspace(0, len(whole) - 1, MAX_PIECES).astype(np.int64)]
    return [int(start) for start in whole]


def _predictor(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Floats | None:
    """The filter that leaves of a channel what its past does not foretell: Yule and Walker's, on differences.

    Shape (ORDER + 2,).
    """
    total = np.zeros(ORDER + 1)
    for start in _pieces(raw):
        change = np.diff(raw._data[list(picks), start : start + PIECE], axis=1)
        power = np.abs(np.fft.rfft(change, 2 * PIECE, axis=1)) ** 2
        lags = np.fft.irfft(power, axis=1)[:, : ORDER + 1]
        moving = lags[:, 0] > 0
        total += (lags[moving] / lags[moving, :1]).sum(axis=0)
    if not total[0]:
        return None
    index = np.arange(ORDER)
    system = total[np.abs(index[:, None] - index)] + 1e-9 * total[0] * np.eye(ORDER)
    weights = np.linalg.solve(system, total[1:])
    return np.convolve(np.concatenate([[1.0], -weights]), [1.0, -1.0])


def _unforeseen(x: Floats, kernel: Floats) -> Floats:
    """What is left of channels, (n_channels, n_times), from the first sample that has a whole past on."""
    return np.stack([np.convolve(row, kernel, mode="valid") for row in x])


def _whitening(raw: mne.io.BaseRaw, picks: Sequence[int], kernel: Floats) -> Floats:
    """From channels to signals that are white over the calmer part of the time, shape (n_white, n_channels)."""
    left = np.hstack([_unforeseen(raw._data[list(picks), s : s + PIECE], kernel) for s in _pieces(raw)])
    usual = np.maximum(np.median(np.abs(left), axis=1, keepdims=True), np.finfo(float).tiny)
    size = np.median(np.abs(left) / usual, axis=0)
    calm = left[:, size <= np.quantile(size, 0.8)]
    values, vectors = np.linalg.eigh(calm @ calm.T / calm.shape[1])
    kept = values > RANK * values[-1]
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])).T)


def _surprise(raw: mne.io.BaseRaw, picks: Sequence[int], kernel: Floats, whitening: Floats) -> Floats:
    """Root mean square of what was not foreseen, over white signals; 0 at the start.

    Shape (n_times,).
    """
    past = len(kernel) - 1
    surprise = np.zeros(raw.n_times)
    for start, stop in _blocks(raw.n_times, past):
        left = _unforeseen(raw._data[list(picks), start - past : stop], kernel)
        white = whitening @ left
        surprise[start:stop] = np.sqrt(np.einsum("ij,ij->j", white, white) / len(white))
    return surprise


def _blocks(n_times: int, past: int) -> Iterator[tuple[int, int]]:
    for start in range(past, n_times, BLOCK):
        yield start, min(start + BLOCK, n_times)


def _unfit(raw: mne.io.BaseRaw, still: Mask, wake: int) -> Mask:
    """Where a surprise is told already: behind discontinuities, beside stretches without any movement, in bad time."""
    unfit = ~good_samples(raw)
    for start, _ in continuous_spans(raw):
        unfit[start : start + wake] = True
    edges = np.flatnonzero(still)
    for offset in range(-1, wake + 1):
        unfit[np.clip(edges + 1 + offset, 0, len(unfit) - 1)] = True
    return unfit


def _returns(raw: mne.io.BaseRaw, picks: Sequence[int], at: int, kernel: Floats) -> bool:
    """Whether the signal goes on behind the surprising sample as if there had been none: a spike, no cut."""
    past = len(kernel) - 1
    left = _unforeseen(raw._data[list(picks), at - past : at + past + 1], kernel)
    step, spike = np.cumsum(kernel), kernel
    explained = [np.sum((left @ shape) ** 2) / np.sum(shape**2) for shape in (step[: left.shape[1]], spike)]
    return bool(explained[1] > explained[0])
