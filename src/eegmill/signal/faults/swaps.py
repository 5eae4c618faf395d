"""Channels that carry each other's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, pairs_left_out, spline_inverse
from .criterion import Criterion, in_a_second, uncertainty, weakest
from .scale import MIN_CHANNELS, alike

if TYPE_CHECKING:
    from collections.abc import Iterator

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
BY_FIT = "swap: Fisher's z that both fit better by once exchanged"
BY_DIFFERENCE = "swap: correlation of their difference with the opposite of what the others predict"
TURN_UNCERTAINTY = 0.07
"""By how much another second moves what all fit better by, times the square root of the share that a second is:
99.5 % of 1100 moved by less."""


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
    uncertainty: float
    """Of the gain."""
    criterion: Criterion
    """That of the gain; of what `swaps` returns the weakest of all that must be so."""
    also: tuple[Criterion, ...] = ()
    """What must be so too."""
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
    typical = alike(float(np.median(_typical(changes.covariances, inverse))), changes.duration_s)
    if typical.away < -1:
        return ()
    found: list[Swap] = []
    near: list[Swap] = []
    pairs = _Pairs.of(changes.covariances, inverse, changes.duration_s)
    while len(found) < len(places) // 2:
        tried = [
            (replace(swap, criterion=_weakest(swap, changes, inverse, typical)), following)
            for swap, following in _tried(changes.covariances, inverse, pairs)
        ]
        near += [swap for swap, _ in tried if swap.criterion.is_near]
        clearest, following = tried[-1]
        taken = {one for other in found for one in other.channels}
        if following is None or not clearest.criterion.is_fault or taken & set(clearest.channels):
            break
        found.append(clearest)
        changes, pairs = replace(changes, covariances=_exchanged(changes.covariances, clearest.channels)), following
    return (*found, *near)


def _weakest(swap: Swap, changes: Changes, inverse: Floats, typical: Criterion) -> Criterion:
    """Of all that must be so for a pair to be exchanged."""
    criterion = weakest(swap.criterion, *swap.also, typical)
    return weakest(criterion, _turning(swap.channels, changes, inverse)) if criterion.away >= -1 else criterion


def _tried(covariances: Floats, inverse: Floats, pairs: _Pairs) -> Iterator[tuple[Swap, _Pairs | None]]:
    """Pairs that are exchanged or nearly so, until one is; and all pairs once it is exchanged, where it may be."""
    for tried in (_by_fit, _by_difference):
        for swap, following in tried(covariances, inverse, pairs):
            yield swap, following
            if swap.criterion.is_fault:
                return


def _by_fit(covariances: Floats, inverse: Floats, pairs: _Pairs) -> Iterator[tuple[Swap, _Pairs | None]]:
    """The pair that fits best exchanged, and all pairs once it is."""
    best = int(np.argmax(pairs.gain))
    if pairs.gain[best] <= MIN_GAIN:
        yield pairs.swap(best, MIN_GAIN), None
        return
    following = _Pairs.of(_exchanged(covariances, pairs.channels(best)), inverse, pairs.duration_s)
    ahead = min(float(following.gain.max()) + MIN_LEAD, SURE_GAIN)
    yield pairs.swap(best, max(MIN_GAIN, ahead)), following


def _by_difference(covariances: Floats, inverse: Floats, pairs: _Pairs) -> Iterator[tuple[Swap, _Pairs | None]]:
    """Of the pairs with the most opposite difference the one whose exchange leaves none like it.

    In a dense cap many are opposite, none much more than the next.
    """
    lowest = [int(i) for i in np.argsort(pairs.contrast, kind="stable")[:MAX_SUSPECTS]]
    suspects = [i for i in lowest if pairs.contrast[i] < -MIN_CONTRAST]
    if not suspects:
        yield pairs.swap(lowest[0], MIN_CONTRAST, by_difference=True), None
        return
    tried = {i: _Pairs.of(_exchanged(covariances, pairs.channels(i)), inverse, pairs.duration_s) for i in suspects}
    best = max(suspects, key=lambda i: float(tried[i].contrast.min()))
    limit = max(MIN_CONTRAST, MIN_LEAD - float(tried[best].contrast.min()))
    yield pairs.swap(best, limit, by_difference=True), tried[best]


@dataclass(frozen=True)
class _Pairs:
    """How all pairs fit: arrays (n_blocks, n_pairs), and (n_blocks, n_pairs, 2) for correlations when exchanged."""

    gains: Floats
    contrasts: Floats
    exchanged: Floats
    n_channels: int
    duration_s: float

    @classmethod
    def of(cls, covariances: Floats, inverse: Floats, duration_s: float) -> _Pairs:
        left_out = [pairs_left_out(c, inverse) for c in covariances]
        fits = np.array([one.correlations for one in left_out])
        z = np.arctanh(np.clip(fits, -CEILING, CEILING))
        gains = (z[..., 1, 0] - z[..., 0, 0] + z[..., 0, 1] - z[..., 1, 1]) / 2
        contrasts = np.array([one.contrasts for one in left_out])
        return cls(gains, contrasts, np.stack([fits[..., 1, 0], fits[..., 0, 1]], axis=-1), len(inverse), duration_s)

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
        """A pair that must exceed ``limit``."""
        gains = -self.contrasts[:, pair] if by_difference else self.gains[:, pair]
        exchanged = self.exchanged[:, pair]
        one, other = (float(value) for value in np.median(exchanged, axis=0))
        gain, agreeing = float(np.median(gains)), float(np.mean(gains > 0))
        criterion = Criterion(
            words=BY_DIFFERENCE if by_difference else BY_FIT,
            score=gain,
            limit=limit,
            uncertainty=uncertainty(gains, self.duration_s),
        )
        also = self._alike(exchanged), self._agreement(agreeing)
        return Swap(
            channels=self.channels(pair),
            gain=gain,
            limit=limit,
            correlations=(one, other),
            blocks_agreeing=agreeing,
            uncertainty=criterion.uncertainty,
            criterion=criterion,
            also=also,
            by_difference=by_difference,
        )

    def _alike(self, exchanged: Floats) -> Criterion:
        """Of the correlations of both once they are exchanged, shape (n_blocks, 2)."""
        return Criterion(
            words="swap: correlation with what the others predict, once exchanged",
            score=float(np.median(exchanged, axis=0).min()),
            limit=MIN_CORRELATION,
            uncertainty=max(uncertainty(one, self.duration_s) for one in exchanged.T),
        )

    def _agreement(self, agreeing: float) -> Criterion:
        """A stretch more or less can turn it."""
        step = 1 / len(self.gains)
        words = "swap: share of the stretches of time that say so"
        limit = MIN_AGREEMENT - step / 2
        return Criterion(words=words, score=agreeing, limit=limit, uncertainty=0.51 * step)


def _exchanged(covariances: Floats, pair: tuple[int, int]) -> Floats:
    order = np.arange(covariances.shape[1])
    order[list(pair)] = order[list(pair)[::-1]]
    return covariances[:, order][:, :, order]


def _typical(covariances: Floats, inverse: Floats) -> Floats:
    """Correlation of each channel with its prediction: the median over stretches of time."""
    return np.asarray(np.median([left_out(c, inverse)[1] for c in covariances], axis=0))


def _turning(pair: tuple[int, int], changes: Changes, inverse: Floats) -> Criterion:
    """By how much all channels fit better with a pair exchanged than with one or both of it inverted."""

    def fit(these: Floats) -> float:
        return float(np.mean(np.arctanh(np.clip(_typical(these, inverse), -CEILING, CEILING))))

    signs = np.ones((3, len(inverse)))
    signs[0, pair[0]] = signs[1, pair[1]] = -1.0
    signs[2, list(pair)] = -1.0
    inverted = max(fit(changes.covariances * np.outer(sign, sign)) for sign in signs)
    return Criterion(
        words="swap: Fisher's z that all channels fit better by than with one or both inverted",
        score=fit(_exchanged(changes.covariances, pair)) - inverted,
        limit=0.0,
        uncertainty=TURN_UNCERTAINTY * in_a_second(changes.duration_s),
    )
