"""Channels that carry no signal: constant, nearly silent, or standing still for part of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..windows import covering_windows, outside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats


WINDOW_S = 0.1
MIN_GAP_S = 1.0
MIN_SPREAD = 0.01
"""A channel is dead below this share of the median standard deviation."""
STILL = 0.01
"""A channel stands still where it moves by less than this share of its usual range in 0.1 s."""


def spread(channels: Sequence[Floats], spans: Sequence[tuple[int, int]]) -> Floats:
    """Standard deviation of each channel about the mean of each continuous stretch, in the unit of ``channels``.

    Each channel (n_times,); the result (n_channels,).
    """
    power = [sum((stop - start) * np.var(channel[start:stop]) for start, stop in spans) for channel in channels]
    deviation = np.sqrt(np.array(power) / sum(stop - start for start, stop in spans))
    # The variance of a constant is zero to a few units in the last place only.
    deviation[deviation <= rounding(channels)] = 0.0
    return deviation


def rounding(channels: Sequence[Floats]) -> Floats:
    """What rounding may do to each channel: 8 units in the last place of its largest value.

    Each channel (n_times,); the result (n_channels,), in the unit of ``channels``.
    """
    return 8 * np.finfo(float).eps * np.array([max(abs(channel.min()), abs(channel.max())) for channel in channels])


def ranges(channels: Sequence[Floats], edges: Sequence[tuple[int, int]]) -> Floats:
    """Largest minus smallest value of each channel in each window, shape (n_channels, n_windows)."""
    starts = [start for start, _ in edges]
    return np.stack([np.maximum.reduceat(x, starts) - np.minimum.reduceat(x, starts) for x in channels])


def still_fraction(channels: Sequence[Floats], rate_hz: float, spans: Sequence[tuple[int, int]]) -> Floats:
    """Share of the time in which each channel stands still while most channels move.

    An amplifier at its limit, or an electrode that fell off its input, gives a constant; a high-pass filter turns that
    into a slow curve. Both move by far less in 0.1 s than the same channel usually does. Times in which half of the
    channels or more stand still say nothing about one channel (a pause filled with zeros) and are left out.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)

    Returns
    -------
    array, shape (n_channels,)
    """
    moves = ranges(channels, covering_windows(spans, max(2, round(WINDOW_S * rate_hz))))
    nothing = rounding(channels)
    usual = np.array([usual_range(row[row > least]) for row, least in zip(moves, nothing, strict=True)])
    still = moves <= np.maximum(STILL * usual, nothing)[:, None]
    told = still.mean(axis=0) < 0.5
    if not told.any():
        return np.zeros(len(channels))
    share: Floats = still[:, told].mean(axis=1)
    return share


def moving_spans(channels: Sequence[Floats], rate_hz: float, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans less the gaps: stretches of a second or more in which half of the channels do not move.

    Each channel (n_times,), in any unit.
    """
    edges = covering_windows(spans, max(2, round(WINDOW_S * rate_hz)))
    moves = ranges(channels, edges)
    silent = (moves <= rounding(channels)[:, None]).mean(axis=0) >= 0.5
    gaps: list[list[int]] = []
    for (start, stop), is_silent in zip(edges, silent, strict=True):
        if is_silent and gaps and gaps[-1][1] == start:
            gaps[-1][1] = stop
        elif is_silent:
            gaps.append([start, stop])
    return outside(spans, [(start, stop) for start, stop in gaps if stop - start >= MIN_GAP_S * rate_hz])


def usual_range(moves: Floats) -> float:
    """Median of the ranges in which a channel moves at all; 0 if it never does.

    ``moves`` (n_windows,).
    """
    return float(np.median(moves)) if len(moves) else 0.0
