"""Channels that carry each other's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, pairs_left_out, spline_inverse
from .scale import MIN_CHANNELS, MIN_TYPICAL_CORRELATION

if TYPE_CHECKING:
    from ..types import Floats
    from .changes import Changes

MIN_GAIN = 0.2
"""Fisher's z, the mean of both channels. Sound pairs of seven recordings and two simulated ones: below 0, and 0.33 for
neighbours in a cap of 128, ..."""
MIN_LEAD = 0.2
"""... where so much more is asked than any other pair has, once the first is exchanged."""
SURE_GAIN = 0.6
"""Beyond it a lead is not asked: several pairs may be exchanged."""
MIN_CORRELATION = 0.4
MIN_AGREEMENT = 0.75
"""Share of the stretches of time in which both together fit better exchanged."""
CEILING = 0.999


@dataclass(frozen=True)
class Swap:
    """Two channels, and by how much they fit better at each other's electrode."""

    channels: tuple[int, int]
    gain: float
    """Of the correlation with the prediction, in Fisher's z: the mean of both, the median over stretches of time."""
    limit: float
    """What it had to exceed in this recording."""
    correlations: tuple[float, float]
    """With the predictions at the exchanged electrodes."""
    blocks_agreeing: float


def swaps(changes: Changes, places: Floats) -> tuple[Swap, ...]:
    """Pairs that fit better exchanged, the clearest first.

    The clearest is exchanged before others are looked for: two signals at wrong places spoil what is predicted of
    their neighbours. A pair that fits as well with one or both inverted is left to those who look for signs.

    Parameters
    ----------
    changes : Changes
    places : array, shape (n_channels, 3)
        Unit vectors.
    """
    if len(places) < MIN_CHANNELS + 2:
        return ()
    inverse = spline_inverse(places)
    covariances = changes.covariances.copy()
    if np.median(_typical(covariances, inverse)) < MIN_TYPICAL_CORRELATION:
        return ()
    found: list[Swap] = []
    best = _Pairs.of(covariances, inverse).best
    while best.gain > MIN_GAIN and not set(best.channels) & {one for swap in found for one in swap.channels}:
        exchanged = _exchanged(covariances, best.channels)
        following = _Pairs.of(exchanged, inverse).best
        limit = MIN_GAIN if best.gain > SURE_GAIN else max(MIN_GAIN, following.gain + MIN_LEAD)
        if best.gain <= limit:
            break  # neighbours in a dense cap, none clearer than the next
        if not best.is_clear or _rather_inverted(covariances, exchanged, best.channels, inverse):
            break
        found.append(Swap(best.channels, best.gain, limit, best.correlations, best.blocks_agreeing))
        covariances, best = exchanged, following
    return tuple(found)


@dataclass(frozen=True)
class _Best:
    channels: tuple[int, int]
    gain: float
    correlations: tuple[float, float]
    blocks_agreeing: float

    @property
    def is_clear(self) -> bool:
        return min(self.correlations) >= MIN_CORRELATION and self.blocks_agreeing >= MIN_AGREEMENT


@dataclass(frozen=True)
class _Pairs:
    """How all pairs fit: arrays (n_blocks, n_pairs), and (n_blocks, n_pairs, 2) for correlations when exchanged."""

    gains: Floats
    exchanged: Floats
    n_channels: int

    @classmethod
    def of(cls, covariances: Floats, inverse: Floats) -> _Pairs:
        fits = np.array([pairs_left_out(c, inverse) for c in covariances])
        z = np.arctanh(np.clip(fits, -CEILING, CEILING))
        gains = (z[..., 1, 0] - z[..., 0, 0] + z[..., 0, 1] - z[..., 1, 1]) / 2
        return cls(gains, np.stack([fits[..., 1, 0], fits[..., 0, 1]], axis=-1), len(inverse))

    @property
    def best(self) -> _Best:
        """The pair with the largest gain."""
        median = np.median(self.gains, axis=0)
        at = int(np.argmax(median))
        first, second = (int(index[at]) for index in np.triu_indices(self.n_channels, 1))
        one, other = (float(value) for value in np.median(self.exchanged[:, at], axis=0))
        agreeing = float(np.mean(self.gains[:, at] > 0))
        return _Best((first, second), float(median[at]), (one, other), agreeing)


def _exchanged(covariances: Floats, pair: tuple[int, int]) -> Floats:
    order = np.arange(covariances.shape[1])
    order[list(pair)] = order[list(pair)[::-1]]
    return covariances[:, order][:, :, order]


def _typical(covariances: Floats, inverse: Floats) -> Floats:
    """Correlation of each channel with its prediction: the median over stretches of time."""
    return np.asarray(np.median([left_out(c, inverse)[1] for c in covariances], axis=0))


def _rather_inverted(covariances: Floats, exchanged: Floats, pair: tuple[int, int], inverse: Floats) -> bool:
    """Whether all channels fit as well with one or both of a pair inverted as with the pair exchanged."""

    def fit(these: Floats) -> float:
        return float(np.mean(np.arctanh(np.clip(_typical(these, inverse), -CEILING, CEILING))))

    signs = np.ones((3, covariances.shape[1]))
    signs[0, pair[0]] = signs[1, pair[1]] = -1.0
    signs[2, list(pair)] = -1.0
    return max(fit(covariances * np.outer(sign, sign)) for sign in signs) >= fit(exchanged)
