"""Channels that an amplifier clipped: many samples at the channel's own extreme value, in plateaus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats, Mask


ROUNDING = 20 * float(np.finfo(np.float64).eps)
"""Values this close to the extreme, relative to the largest value, are at it."""
EDGE = 0.02
"""What lies beside a rail: this share of the way from it to the median."""
CROWDED = 4.0
"""A rail holds this many times the samples beside it.

Clipped at two standard deviations a normal distribution has 10 times as many (6.8 and more were measured on real EEG),
a sine that is not clipped 2.4 times at the most, whatever its quantisation.
"""
MIN_PLATEAUS = 5
"""A few plateaus at the extreme may be chance in a signal that was held from sample to sample."""


@dataclass(frozen=True)
class Saturation:
    """How much of the time each channel is at a rail, and when most channels are."""

    fractions: Floats
    """Shape (n_channels,), of the samples that ``common`` leaves."""
    rails: tuple[tuple[float | None, float | None], ...]
    """Lowest and highest value of each channel where the amplifier ended there, in the channel's unit."""
    common: Mask
    """Samples at which most channels are at a rail, shape (n_times,): they say nothing about one channel."""


def saturation(channels: Sequence[Floats]) -> Saturation:
    """Find the rails of channels that were not filtered, and the time spent at them.

    A signal that was not clipped has few samples at its extreme, and more of them a little below it. The amplifier's
    rail gathers all that lies beyond it: the histogram ends with an outburst (Aleinik & Matveev 2014, Detection of
    clipped fragments in speech signals, World Academy of Science, Engineering and Technology 8(2)). Here only
    plateaus of two or more equal samples count.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Channels with NaN have no rail.
    """
    n_samples = len(channels[0]) if len(channels) else 0
    rails = tuple(find_rails(x) for x in channels)
    count = np.zeros(n_samples, dtype=np.int32)
    for x, (low, high) in zip(channels, rails, strict=True):
        if low is not None or high is not None:
            count += at_rails(x, low, high)
    common = count > max(1.0, len(channels) / 2)
    n_told = max(n_samples - int(common.sum()), 1)
    fractions = [
        np.count_nonzero(at_rails(x, *ends) & ~common) / n_told for x, ends in zip(channels, rails, strict=True)
    ]
    return Saturation(fractions=np.array(fractions), rails=rails, common=common)


def find_rails(x: Floats) -> tuple[float | None, float | None]:
    """The lower and the upper rail of a channel; None where it does not end in one.

    ``x`` (n_times,).
    """
    low = upper_rail(-x)
    return None if low is None else -low, upper_rail(x)


def upper_rail(x: Floats) -> float | None:
    """The largest value, if the amplifier ended there.

    ``x`` (n_times,).
    """
    top = float(x.max(initial=-np.inf))
    at = x >= _just_below(top)
    if np.count_nonzero(at) < 2 * MIN_PLATEAUS:
        return None
    plateaus = held(at)
    inside = x[~at]
    if not len(inside) or np.count_nonzero(np.diff(plateaus.astype(np.int8), prepend=0) == 1) < MIN_PLATEAUS:
        return None
    edge = min(top - EDGE * (top - float(np.median(x))), float(inside.max()))
    return top if np.count_nonzero(plateaus) >= CROWDED * np.count_nonzero(inside >= edge) else None


def at_rails(x: Floats, low: float | None, high: float | None) -> Mask:
    """Where a channel stays at one of its rails for two samples or more, shape (n_times,)."""
    mask = np.zeros(len(x), dtype=bool)
    if high is not None:
        mask |= held(x >= _just_below(high))
    if low is not None:
        mask |= held(-x >= _just_below(-low))
    return mask


def held(at: Mask) -> Mask:
    """The runs of two or more in a mask.

    Shape (n_times,).
    """
    pairs = at[1:] & at[:-1]
    runs = np.zeros_like(at)
    runs[1:] |= pairs
    runs[:-1] |= pairs
    return runs


def _just_below(top: float) -> float:
    return top - ROUNDING * abs(top)
