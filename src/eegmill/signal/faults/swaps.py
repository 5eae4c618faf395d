"""Channels that carry each other's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, pairs_left_out, spline_inverse
from .scale import MIN_CHANNELS, MIN_TYPICAL_CORRELATION

if TYPE_CHECKING:
    from ..types import Floats
    from .changes import Changes

MIN_GAIN = 0.2
"""Fisher's z, the mean of both channels. Sound pairs of 38 recordings: up to 0.12, and 0.33 for neighbours in a cap of
128, ..."""
MIN_LEAD = 0.2
"""... where so much more is asked than any other pair has, once the first is exchanged."""
SURE_GAIN = 0.6
"""Beyond it a lead is not asked: several pairs may be exchanged."""
MIN_CONTRAST = 0.3
"""Correlation of the difference of two channels with that of their predictions: minus that, where they are exchanged.
Sound pairs of 37 recordings: -0.11 and more, and -0.52 in a cap of 128, where the same lead is asked. The median of
nearest neighbours: 0.45 to 0.89."""
MAX_SUSPECTS = 3
MIN_CORRELATION = 0.4
MIN_AGREEMENT = 0.75
"""Share of the stretches of time in which both together fit better exchanged."""
CEILING = 0.999


@dataclass(frozen=True)
class Swap:
    """Two channels, and by how much they fit better at each other's electrode."""

    channels: tuple[int, int]
    gain: float
    """Of the correlation with the prediction, in Fisher's z, the mean of both; or the correlation of their difference
    with that of the predictions at each other's electrodes. The median over stretches of time."""
    limit: float
    """What it had to exceed in this recording."""
    correlations: tuple[float, float]
    """With the predictions at the exchanged electrodes."""
    blocks_agreeing: float
    by_difference: bool = False
    """Whether neighbours, that each other's prediction fits about as well, are told apart by their difference."""


def swaps(changes: Changes, places: Floats) -> tuple[Swap, ...]:
    """Pairs that fit better exchanged, the clearest first.

    The clearest is exchanged before others are looked for: two signals at wrong places spoil what is predicted of
    their neighbours. A pair that fits as well with one or both inverted is left to those who look for signs.
    Neighbours are much alike, and fit each other's electrode nearly as well: there their difference is compared.

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
    pairs = _Pairs.of(covariances, inverse)
    while len(found) < len(places) // 2:
        clearest = _by_fit(covariances, inverse, pairs) or _by_difference(covariances, inverse, pairs)
        if clearest is None:
            break
        swap, following = clearest
        exchanged = _exchanged(covariances, swap.channels)
        if set(swap.channels) & {one for other in found for one in other.channels}:
            break
        if min(swap.correlations) < MIN_CORRELATION or swap.blocks_agreeing < MIN_AGREEMENT:
            break
        if _rather_inverted(covariances, exchanged, swap.channels, inverse):
            break
        found.append(swap)
        covariances, pairs = exchanged, following
    return tuple(found)


def _by_fit(covariances: Floats, inverse: Floats, pairs: _Pairs) -> tuple[Swap, _Pairs] | None:
    """The pair that fits best exchanged, and all pairs once it is; None where no pair is beyond its limit."""
    best = int(np.argmax(pairs.gain))
    if pairs.gain[best] <= MIN_GAIN:
        return None
    following = _Pairs.of(_exchanged(covariances, pairs.channels(best)), inverse)
    swap = pairs.swap(best, max(MIN_GAIN, float(following.gain.max()) + MIN_LEAD))
    if swap.gain > SURE_GAIN:
        swap = replace(swap, limit=MIN_GAIN)
    return (swap, following) if swap.gain > swap.limit else None


def _by_difference(covariances: Floats, inverse: Floats, pairs: _Pairs) -> tuple[Swap, _Pairs] | None:
    """Of the pairs with the most opposite difference the one whose exchange leaves none like it; otherwise the same.

    In a dense cap many are opposite, none much more than the next.
    """
    lowest = [int(i) for i in np.argsort(pairs.contrast, kind="stable")[:MAX_SUSPECTS]]
    suspects = [i for i in lowest if pairs.contrast[i] < -MIN_CONTRAST]
    if not suspects:
        return None
    tried = {i: _Pairs.of(_exchanged(covariances, pairs.channels(i)), inverse) for i in suspects}
    best = max(suspects, key=lambda i: float(tried[i].contrast.min()))
    limit = max(MIN_CONTRAST, MIN_LEAD - float(tried[best].contrast.min()))
    swap = pairs.swap(best, limit, by_difference=True)
    return (swap, tried[best]) if swap.gain > swap.limit else None


@dataclass(frozen=True)
class _Pairs:
    """How all pairs fit: arrays (n_blocks, n_pairs), and (n_blocks, n_pairs, 2) for correlations when exchanged."""

    gains: Floats
    contrasts: Floats
    exchanged: Floats
    n_channels: int

    @classmethod
    def of(cls, covariances: Floats, inverse: Floats) -> _Pairs:
        left_out = [pairs_left_out(c, inverse) for c in covariances]
        fits = np.array([one.correlations for one in left_out])
        z = np.arctanh(np.clip(fits, -CEILING, CEILING))
        gains = (z[..., 1, 0] - z[..., 0, 0] + z[..., 0, 1] - z[..., 1, 1]) / 2
        contrasts = np.array([one.contrasts for one in left_out])
        return cls(gains, contrasts, np.stack([fits[..., 1, 0], fits[..., 0, 1]], axis=-1), len(inverse))

    @cached_property
    def gain(self) -> Floats:
        """Of each pair: the median over stretches of time."""
        return np.asarray(np.median(self.gains, axis=0))

    @cached_property
    def contrast(self) -> Floats:
        """Of each pair: the median over stretches of time."""
        return np.asarray(np.median(self.contrasts, axis=0))

    def channels(self, pair: int) -> tuple[int, int]:
        first, second = (int(index[pair]) for index in np.triu_indices(self.n_channels, 1))
        return first, second

    def swap(self, pair: int, limit: float, *, by_difference: bool = False) -> Swap:
        one, other = (float(value) for value in np.median(self.exchanged[:, pair], axis=0))
        gain = -self.contrast[pair] if by_difference else self.gain[pair]
        agreeing = np.mean(self.contrasts[:, pair] < 0 if by_difference else self.gains[:, pair] > 0)
        return Swap(self.channels(pair), float(gain), limit, (one, other), float(agreeing), by_difference)


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
