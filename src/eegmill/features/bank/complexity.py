"""Entropies, Lempel–Ziv complexity and scaling exponents. One value a channel."""

from __future__ import annotations

from math import factorial, lgamma, log, log2, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...signal.types import Floats, Ints
from ..contract import Windows
from .signal import is_flat

AT_ONCE = 128
"""Signals compared with themselves at once: they and what is computed of them stay in the processor's cache."""
FULL_BYTE = 127
"""A template gets at most two matches at a lag, so a byte counts this many lags."""


class Matches(NamedTuple):
    """How many templates of a signal lie within the tolerance of each template, itself included."""

    short: Floats
    """Of ``m`` samples, (n_windows, n_channels, n_times - m + 1)."""
    long: Floats
    """Of ``m + 1`` samples, (n_windows, n_channels, n_times - m)."""
    signal: Floats
    """(n_windows, n_channels, n_times)."""
    tolerance: Floats
    """(n_windows, n_channels)."""
    m: int


def template_matches(windows: Windows, *, m: int = 2, r: float = 0.2) -> Matches:
    """Matches of templates of ``m`` and of ``m + 1`` samples: no two samples differ by more than r · std."""
    x = windows.data
    return matches_within(x, r * x.std(axis=-1), m)


def matches_within(x: Floats, tolerance: Floats, m: int) -> Matches:
    """Matches of templates; NaN for a flat signal, and for one with a NaN.

    ``x`` (..., n_times), ``tolerance`` of the same shape without the last axis.
    """
    *outer, n_times = x.shape
    signals, tolerances = x.reshape(-1, n_times), tolerance.ravel()
    short = np.full((len(signals), max(n_times - m + 1, 0)), np.nan)
    long = np.full((len(signals), max(n_times - m, 0)), np.nan)
    usable = np.flatnonzero(~(is_flat(signals) | np.isnan(tolerances))) if n_times > m else np.zeros(0, np.int64)
    for start in range(0, len(usable), AT_ONCE):
        chosen = usable[start : start + AT_ONCE]
        counts = _counts(np.ascontiguousarray(signals[chosen].T), tolerances[chosen], m)
        short[chosen], long[chosen] = counts[0].T, counts[1].T
    return Matches(short.reshape(*outer, -1), long.reshape(*outer, -1), x, tolerance, m)


def _counts(x: Floats, tolerance: Floats, m: int) -> tuple[Ints, Ints]:
    """Matches of short and of long templates, over lags instead of over pairs.

    ``x`` (n_times, n_signals): what is compared at one lag is contiguous.
    """
    n_times = len(x)
    totals = [np.ones((n_times - m + 1 - extra, x.shape[1]), np.int64) for extra in (0, 1)]
    counts = [np.zeros(total.shape, np.uint8) for total in totals]
    for lag in range(1, n_times - m + 1):
        distance = x[lag:] - x[:-lag]
        near = (np.abs(distance, out=distance) <= tolerance).view(np.uint8)
        hits = near
        for length in range(2, m + 2):
            hits = hits[:-1] & near[length - 1 :]
            if length >= m:
                _add(counts[length - m], hits, lag)
        if m == 1:
            _add(counts[0], near, lag)
        if lag % FULL_BYTE == 0 or lag == n_times - m:
            for total, count in zip(totals, counts, strict=True):
                total += count
                count[:] = 0
    return totals[0], totals[1]


def _add(count: NDArray[np.uint8], hits: NDArray[np.uint8], lag: int) -> None:
    count[: len(hits)] += hits
    count[lag : lag + len(hits)] += hits


def complexity_approx_entropy(matches: Matches) -> Floats:
    """Approximate entropy, in nats; NaN for a flat signal.

    Formula: Φₘ − Φₘ₊₁, Φ = mean ln(matches / number of templates), each template matching itself

    Source: Pincus 1991
    """
    short, long = (np.log(counts / counts.shape[-1]).mean(axis=-1) for counts in matches[:2])
    return short - long


def complexity_sample_entropy(matches: Matches) -> Floats:
    """Sample entropy, in nats; NaN for a flat signal, and where no template of m + 1 samples comes again.

    Both counts are of the n − m templates that have a next sample. (EEGDash 0.9.1 counts one short template more,
    which has none; by that it is too large by about 2/n.)

    Formula: −ln(A / B), pairs of templates of m + 1 and of m samples

    Source: Richman and Moorman 2000
    """
    return sample_entropy(matches)


def sample_entropy(matches: Matches) -> Floats:
    """Sample entropy of matches, in nats, (n_windows, n_channels)."""
    long = (matches.long - 1).sum(axis=-1) / 2
    with_last = (matches.short - 1).sum(axis=-1) / 2
    short = with_last - (matches.short[..., -1] - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.log(long / short)
    return np.where(np.isfinite(entropy), entropy + 0.0, np.nan)


def complexity_multiscale_entropy(matches: Matches, *, l_max: int = 16) -> Floats:
    """Mean sample entropy of the signal averaged over 1, 2, … samples, in nats, of the scales that have one.

    The tolerance is that of the signal itself at all scales. (EEGDash 0.9.1 thins out the samples of each template
    instead of averaging the signal, and fails with an error.) Short windows have few samples at large scales: 2 s at
    250 Hz have 31 at 16.

    Formula: mean over s ≤ l_max of SampEn(means of s samples; m, r · std(x))

    Source: Costa et al. 2002
    """
    x, tolerance, m = matches.signal, matches.tolerance, matches.m
    entropy = sample_entropy(matches)
    total, defined = np.nan_to_num(entropy), np.isfinite(entropy).astype(float)
    for scale in range(2, l_max + 1):
        n_means = x.shape[-1] // scale
        if n_means <= m:
            break
        means = x[..., : n_means * scale].reshape(*x.shape[:-1], n_means, scale).mean(axis=-1)
        entropy = sample_entropy(matches_within(means, tolerance, m))
        total += np.nan_to_num(entropy)
        defined += np.isfinite(entropy)
    with np.errstate(invalid="ignore"):
        return np.where(is_flat(x) | np.isnan(tolerance), np.nan, total / defined)


def complexity_svd_entropy(windows: Windows, *, m: int = 10, tau: int = 1) -> Floats:
    """Entropy of the singular values of the embedded signal, in nats; NaN for a signal of zeros.

    The ``m`` samples of a template lie ``tau`` apart. (In EEGDash 0.9.1 a template is ``m`` samples long, and every
    ``tau``-th of them is taken.)

    Formula: −Σ s ln s, the singular values s divided by their sum

    Source: Roberts et al. 1999
    """
    x = windows.data
    reach = (m - 1) * tau + 1
    if x.shape[-1] < reach:
        return np.full(x.shape[:-1], np.nan)
    entropies = np.full(x.shape[:-1], np.nan)
    for window, signals in enumerate(x):
        usable = np.isfinite(signals).all(axis=-1)
        embedded = np.lib.stride_tricks.sliding_window_view(signals[usable], reach, axis=-1)[..., ::tau]
        values = np.linalg.svd(embedded, compute_uv=False)
        with np.errstate(invalid="ignore"):
            values /= values.sum(axis=-1, keepdims=True)
        entropies[window, usable] = -(values * np.log(np.where(values == 0, 1.0, values))).sum(axis=-1)
    return entropies


def complexity_lempel_ziv(windows: Windows, *, threshold: float | None = None, normalize: bool = True) -> Floats:
    """Lempel–Ziv complexity of the signal above and below its median, or a threshold; 1 for white noise when long.

    Formula: number of components · log₂ n / n

    Source: Lempel and Ziv 1976; Kaspar and Schuster 1987
    """
    x = windows.data
    level = np.median(x, axis=-1, keepdims=True) if threshold is None else threshold
    above = (x > level).astype(np.uint8).reshape(-1, x.shape[-1])
    counts = np.array([_components(bits.tobytes()) for bits in above], dtype=float).reshape(x.shape[:-1])
    n_times = x.shape[-1]
    return np.where(np.isnan(x).any(axis=-1), np.nan, counts * (log2(n_times) / n_times if normalize else 1))


def _components(sequence: bytes) -> int:
    """Components of a sequence: each is the shortest that does not begin within what is before its last symbol."""
    start = count = 0
    while start < len(sequence):
        length, seen = 1, 0
        while start + length <= len(sequence):
            seen = sequence.find(sequence[start : start + length], seen, start + length - 1)
            if seen < 0:
                break
            length += 1
        count += 1
        start += length
    return count


def scales_of(n_times: int) -> list[int]:
    """Powers of two from 4 to below half of the samples."""
    return [2**k for k in range(2, 64) if k < log2(n_times) - 1] if n_times > 0 else []


def _slope(x: Floats, y: Floats) -> Floats:
    """Slope of the least-squares line through points (n,) and (..., n); NaN with fewer than two."""
    if len(x) < 2:
        return np.full(y.shape[:-1], np.nan)
    centred = x - x.mean()
    slope: Floats = (centred * y).sum(axis=-1) / (centred**2).sum()
    return slope


def complexity_hurst_exp(windows: Windows) -> Floats:
    """Hurst exponent by the rescaled range, corrected for what white noise of that length has.

    The correction is exact at all lengths. (EEGDash 0.9.1 takes its limit from 341 samples on.) Stretches that are
    flat are left out; NaN for a flat signal and below 9 samples.

    Formula: ½ + slope of ln(R/S) − ln E(R/S) over ln n, for n = 4, 8, … < N/2

    Source: Hurst 1951; Anis and Lloyd 1976
    """
    x = windows.data
    scales = scales_of(x.shape[-1])
    ranges = np.empty((*x.shape[:-1], len(scales)))
    for index, n in enumerate(scales):
        parts = _parts(x, n)
        centred = parts - parts.mean(axis=-1, keepdims=True)
        spread = np.where(is_flat(parts), np.nan, np.sqrt((centred**2).mean(axis=-1)))
        ratio = np.ptp(np.cumsum(centred, axis=-1), axis=-1) / spread
        ranges[..., index] = np.log(_mean_of_finite(ratio)) - log(expected_range(n))
    exponent = 0.5 + _slope(np.log(scales), ranges)
    return np.where(np.isnan(x).any(axis=-1), np.nan, exponent)


def _parts(x: Floats, n: int) -> Floats:
    """Consecutive stretches of ``n`` samples, (..., n_parts, n); the rest at the end is left out."""
    n_parts = x.shape[-1] // n
    return x[..., : n_parts * n].reshape(*x.shape[:-1], n_parts, n)


def _mean_of_finite(values: Floats) -> Floats:
    finite = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = np.where(finite, values, 0.0).sum(axis=-1) / finite.sum(axis=-1)
    return mean


def expected_range(n: int) -> float:
    """Expected rescaled range of ``n`` independent normal samples (Anis and Lloyd 1976)."""
    i = np.arange(1, n)
    return float(np.exp(lgamma((n - 1) / 2) - lgamma(n / 2)) / np.sqrt(pi) * np.sqrt((n - i) / i).sum())


def complexity_detrended_fluctuation_analysis(windows: Windows) -> Floats:
    """Scaling exponent of detrended fluctuations: ½ for white noise, 1½ for its sum; NaN for a flat signal.

    Formula: slope of ln F(n) over ln n, n = 4, 8, … < N/2; F(n) = root mean square of the sum of x around its line
    in each stretch of n samples

    Source: Peng et al. 1994
    """
    x = windows.data
    profile = np.cumsum(x - x.mean(axis=-1, keepdims=True), axis=-1)
    scales = scales_of(x.shape[-1])
    squares = np.empty((*x.shape[:-1], len(scales)))
    for index, n in enumerate(scales):
        squares[..., index] = _around_line(_parts(profile, n)).mean(axis=-1) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = _slope(np.log(scales), np.log(squares) / 2)
    return np.where(is_flat(x) | ~np.isfinite(exponent), np.nan, exponent)


def _around_line(parts: Floats) -> Floats:
    """Summed squares around the least-squares line of each stretch, (..., n_parts)."""
    time = np.arange(parts.shape[-1]) - (parts.shape[-1] - 1) / 2
    centred = parts - parts.mean(axis=-1, keepdims=True)
    slope = centred @ time / (time @ time)
    residual = centred - slope[..., None] * time
    return np.einsum("...t,...t->...", residual, residual)


def complexity_permutation_entropy(
    windows: Windows, *, order: int = 3, delay: int = 1, normalize: bool = True
) -> Floats:
    """Entropy of the order of neighbouring samples: 0 for a line, 1 for white noise; NaN for a flat signal.

    Equal samples count in the order of their time.

    Formula: −Σ p ln p over the orders of x(t), x(t + delay), … of ``order`` samples, divided by ln(order!)

    Source: Bandt and Pompe 2002, Physical Review Letters 88, 174102
    """
    x = windows.data
    reach = (order - 1) * delay + 1
    if x.shape[-1] < reach:
        return np.full(x.shape[:-1], np.nan)
    embedded = np.lib.stride_tricks.sliding_window_view(x, reach, axis=-1)[..., ::delay]
    ranks = np.argsort(embedded, axis=-1, kind="stable")
    codes = (ranks * order ** np.arange(order)).sum(axis=-1)
    entropies = np.full(x.shape[:-1], np.nan)
    for index in np.ndindex(*x.shape[:-1]):
        counts = np.unique(codes[index], return_counts=True)[1]
        p = counts / counts.sum()
        entropies[index] = -(p * np.log(p)).sum()
    found = np.maximum(entropies, 0.0) / (np.log(factorial(order)) if normalize else 1.0)
    found[is_flat(x)] = np.nan
    found[np.isnan(x).any(axis=-1)] = np.nan
    return found
