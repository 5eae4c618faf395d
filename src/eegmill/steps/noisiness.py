"""High-frequency noise of each channel, and the signal below 50 Hz that is left without it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .fir import zero_phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

N_TAPS = 101
PASS_HZ, STOP_HZ = 45.0, 50.0
LEAST_RATE_HZ = 100.0
MAD_TO_SD = 1.4826


@dataclass(frozen=True)
class Noise:
    """What the filter left and what it took."""

    below: Sequence[NDArray[np.floating[Any]]]
    """The signal below 50 Hz, one array a channel: every ``factor``-th sample of each span, one span after another.

    In single precision where it was filtered, to halve the memory of long recordings."""
    factor: int
    spans: tuple[tuple[int, int], ...]
    ratio: Floats | None
    """Spread above 50 Hz over spread below, per channel; None at rates of 100 Hz and less."""


@lru_cache(maxsize=4)
def low_pass(rate_hz: float) -> Floats:
    """Zero-phase kernel (201 taps): a 101-tap FIR with edges 45 and 50 Hz, applied forward and backward.

    Frequency sampling with a cubic transition and a Hamming window, as EEGPrep 0.4.0 documents it.
    """
    from scipy.interpolate import pchip_interpolate
    from scipy.signal import firwin2

    nyquist = rate_hz / 2
    grid = np.linspace(0, nyquist, 513)
    gains = pchip_interpolate([0, PASS_HZ, STOP_HZ, nyquist], [1.0, 1.0, 0.0, 0.0], grid)
    gains[-1] = 0.0
    taps = firwin2(N_TAPS, grid, gains, nfreqs=len(grid), window="hamming", fs=rate_hz)
    kernel: Floats = np.convolve(taps, taps[::-1])
    return kernel


def thinning(rate_hz: float) -> int:
    """How many samples may stand for one after the low-pass without aliasing.

    At high rates 101 taps are a gentle filter: its stop band begins at 50 Hz plus half the width of a Hamming main
    lobe, 3.3·rate/(2·100), and the thinned rate stays above twice that. It is 1 below 208 Hz.
    """
    stop_hz = STOP_HZ + 3.3 * rate_hz / (2 * (N_TAPS - 1))
    return max(1, int(rate_hz // (2 * stop_hz)))


def split_noise(
    channels: Sequence[Floats], rate_hz: float, spans: Sequence[tuple[int, int]], *, thin: bool = False
) -> Noise:
    """Split each channel at 50 Hz; no filter reaches across a discontinuity.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_samples,)
        Any unit; not changed.
    rate_hz : float
        Sampling rate. At 100 Hz and less nothing is filtered.
    spans : sequence of (start, stop)
        Continuous stretches of samples that cover the recording.
    thin : bool
        Keep only every ``thinning(rate_hz)``-th sample of what is below 50 Hz.
    """
    if rate_hz <= LEAST_RATE_HZ:
        return Noise(below=list(channels), factor=1, spans=tuple(spans), ratio=None)
    kernel = low_pass(rate_hz)
    factor = thinning(rate_hz) if thin else 1
    below, ratio = [], np.empty(len(channels))
    for c, channel in enumerate(channels):
        pieces = [zero_phase(channel[start:stop], kernel) for start, stop in spans]
        smooth = np.concatenate(pieces)
        ratio[c] = spread_ratio(channel - smooth, smooth)
        below.append(np.concatenate([piece[::factor] for piece in pieces], dtype=np.float32))
    return Noise(below=below, factor=factor, spans=tuple(thinned_spans(spans, factor)), ratio=ratio)


def thinned_spans(spans: Sequence[tuple[int, int]], factor: int) -> list[tuple[int, int]]:
    """Where each span lies once only every ``factor``-th of its samples is kept, one after another."""
    ends = np.cumsum([-(-(stop - start) // factor) for start, stop in spans])
    return [(int(a), int(b)) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def median_deviation(x: Floats) -> float:
    """Median absolute deviation from the median."""
    return float(np.median(np.abs(x - np.median(x))))


def spread_ratio(above: Floats, below: Floats) -> float:
    """MAD of the noise over MAD of the signal; 0 if both are silent, infinite if only the signal is."""
    noise, signal = median_deviation(above), median_deviation(below)
    if signal == 0:
        return 0.0 if noise == 0 else np.inf
    return noise / signal


def robust_z(values: Floats) -> Floats:
    """Distance from the median in robust standard deviations (1.4826·MAD); all 0 where nothing differs."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.zeros_like(values)
    centre, width = float(np.median(finite)), MAD_TO_SD * median_deviation(finite)
    away = values - centre
    if width == 0:
        return np.where(np.isinf(away), away, 0.0)
    return away / width
