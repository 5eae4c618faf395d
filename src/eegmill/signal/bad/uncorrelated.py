"""Channels that resemble no other channel: the criterion for recordings without electrode positions."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..filters.fir import zero_phase
from ..windows import window_edges
from .correlations import WindowCorrelations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats
    from .noise import LowPassed


MIN_RATE_HZ = 110.0
MIN_RATE_60_HZ = 130.0


@lru_cache(maxsize=4)
def line_stop(rate_hz: float) -> Floats:
    """Zero-phase band-stop around the line frequencies: 45-55 Hz, above 130 Hz also 60 Hz (then 45-65 Hz).

    Shape (n_taps,).
    """
    from scipy.signal import firwin

    top_hz = 65.0 if rate_hz > MIN_RATE_60_HZ else min(55.0, rate_hz / 2 - 0.5)
    n_taps = 2 * round(rate_hz / 4) + 1  # half a second: 6.6 Hz wide edges
    taps = firwin(n_taps, [45.0, top_hz], fs=rate_hz, pass_zero="bandstop")
    kernel: Floats = np.convolve(taps, taps[::-1])
    return kernel


def without_lines(channel: Floats, rate_hz: float, spans: Sequence[tuple[int, int]]) -> Floats:
    """Take the line frequencies out, so that two channels do not correlate by the hum alone.

    ``channel`` and the result (n_times,), in any unit.
    """
    if rate_hz <= MIN_RATE_HZ:
        return channel
    kernel = line_stop(rate_hz)
    return np.concatenate([zero_phase(channel[start:stop], kernel) for start, stop in spans])


def best_neighbours(part: Floats, ignored: float) -> Floats:
    """The highest absolute correlation of each channel with the others, after the ``ignored`` share of the highest.

    A few channels may be copies of each other (bridged, or noisy in the same way) and still resemble nothing else.

    Parameters
    ----------
    part : array, shape (n_channels, n_times)
    ignored : float
        Share of the channels, rounded up, whose correlations do not count.

    Returns
    -------
    array, shape (n_channels,)
        NaN where all channels are silent.
    """
    centred = part - part.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.einsum("ct,ct->c", centred, centred))
    if not norms.any():
        return np.full(len(part), np.nan)
    scaled = centred / np.where(norms > 1e-12 * norms.max(), norms, np.inf)[:, None]
    correlation = np.abs(scaled @ scaled.T)
    np.fill_diagonal(correlation, 0.0)
    kept = len(part) - math.ceil(len(part) * ignored)
    highest: Floats = np.sort(correlation, axis=1)[:, max(kept - 1, 0)]
    return highest


def neighbourliness(
    channels: Sequence[Floats], rate_hz: float, spans: Sequence[tuple[int, int]], window: int, *, ignored: float = 0.1
) -> WindowCorrelations:
    """``best_neighbours`` window by window, after taking the line frequencies out.

    Each channel (n_times,), in any unit.
    """
    clean = [without_lines(channel, rate_hz, spans) for channel in channels]
    return windowed_neighbours(clean, spans, window, ignored=ignored)


def windowed_neighbours(
    channels: Sequence[Floats | LowPassed], spans: Sequence[tuple[int, int]], window: int, *, ignored: float
) -> WindowCorrelations:
    """``best_neighbours`` window by window.

    Each channel (n_times,), in any unit.
    """
    edges = tuple(window_edges(spans, window))
    parts = (np.stack([channel[start:stop] for channel in channels]) for start, stop in edges)
    return WindowCorrelations(edges=edges, correlation=np.stack([best_neighbours(part, ignored) for part in parts]))
