"""Channels with a wrong sign or gain: against what the others predict at their electrode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, spline_inverse
from .changes import Changes
from .criterion import OF_NOISE, Criterion, in_a_second, uncertainties, uncertainty, weakest

if TYPE_CHECKING:
    from ..types import Floats

MIN_CHANNELS = 9
"""Fewer electrodes do not predict each other."""
MIN_TYPICAL_CORRELATION = 0.5
"""Median over the channels: where they predict each other worse, nothing is told."""
MAX_CORRELATION = -0.35
"""An inverted channel's, with its prediction. Sound channels of eight recordings: 0.23 and more, in seven of
them 0.47 and more; inverted ones have the negative of that."""
SPREADS = 3.0
"""A wrong gain is so many standard deviations of the logarithms of sizes over predicted sizes away from the median,
..."""
FACTORS = (2.1, 2.5)
"""... but at least the first of these factors; the second is far enough. Of a channel that is like its prediction: one
that correlates by r is asked for 1 / sqrt(r) times as much. Sound channels of 30 real recordings of 16 subjects are up
to 0.64 of the way to the limit, in logarithms, and those of eight simulated ones up to 0.89, at the rim."""
MAX_SUSPECTS = 8
FAR = 6.0
"""Times too large or too small: so much spoils what is predicted of all neighbours."""
MIN_TURN_GAIN = 0.5
"""Fisher's z, in the sum over all channels: what turning a channel must bring."""
CEILING = 0.999
MIN_CORRELATION = 0.5
"""For the size of a channel to be one of its gain: noise makes a channel larger as well, and unlike the others."""


TURN_UNCERTAINTY, TYPICAL_UNCERTAINTY = 1.2, 0.12
"""By how much another second moves what turning brings, and the correlation of the median channel, times the square
root of the share that a second is: 98.9 % of 2004 moved by less, and all of 76."""


@dataclass(frozen=True)
class WrongScale:
    """A channel that is ``factor`` times what it should be: a negative factor for an inverted one."""

    index: int
    factor: float
    correlation: float
    """With its prediction: the median over stretches of time."""
    blocks_agreeing: float
    """Share of the stretches of time in which it is beyond the limit too."""
    limit: float
    """Factor from which a gain is wrong in this recording, above 1: more for one that is unlike its prediction, or
    whose electrode is at the rim."""
    uncertainty: float
    """Of the correlation of an inverted channel, or of how many times too large or too small it is."""
    criterion: Criterion
    """The weakest of all that must be so."""

    @property
    def distance(self) -> float:
        """How many times too large or too small the channel is, above 1."""
        return max(abs(self.factor), 1 / abs(self.factor))

    @property
    def divisor(self) -> float:
        """What puts the channel right: its sign alone where its size is within what is usual."""
        sign = -1.0 if self.factor < 0 else 1.0
        return self.factor if self.distance > self.limit else sign


def wrong_scales(changes: Changes, places: Floats) -> tuple[WrongScale, ...]:
    """Channels that are inverted, or so much larger or smaller than the others predict, the worst first.

    Behind them those that nearly are.
    The worst is left out and all others are predicted anew: a wrong channel spoils what is predicted of its neighbours.

    Parameters
    ----------
    changes : Changes
    places : array, shape (n_channels, 3)
        Unit vectors.
    """
    if len(places) < MIN_CHANNELS:
        return ()
    turned = _inverted(changes, places)
    signs = np.ones(len(places))
    signs[[index for index, criterion in turned.items() if criterion.is_fault]] = -1.0
    changes = replace(changes, covariances=changes.covariances * np.outer(signs, signs))
    sizes = _wrong_sizes(changes, places)
    wrong = {one.index: one for one in sizes if one.criterion.is_fault}
    fit = _Fit.of(changes, places, list(range(len(places))))
    found = []
    for index, criterion in turned.items():
        one, sign = wrong.get(index) or fit.scale_of(index, index), signs[index]
        agreeing = float(np.mean(sign * fit.correlations[:, index] < MAX_CORRELATION))
        one = replace(one, factor=sign * one.factor, correlation=sign * one.correlation, blocks_agreeing=agreeing)
        found.append(replace(one, criterion=criterion))
    return (*found, *(one for one in sizes if signs[one.index] > 0))


def far_off(changes: Changes, places: Floats) -> tuple[tuple[WrongScale, ...], tuple[int, ...]]:
    """Channels of a size that spoils what is predicted of all others, by so much that they are made equal first.

    Parameters
    ----------
    changes : Changes
    places : array, shape (n_channels, 3)
        Unit vectors.

    Returns
    -------
    wrong
        Those that are like their prediction, but for a gain of more than ``FAR`` or less than its inverse.
    unlike
        Those that are so large, and like nothing that the others predict.
    """
    sizes = np.sqrt(np.median(np.diagonal(changes.covariances, axis1=1, axis2=2), axis=0))
    usual = float(np.median(sizes))
    if len(places) < MIN_CHANNELS or not usual:
        return (), ()
    ratios = np.maximum(sizes / usual, np.finfo(float).tiny)
    suspects = np.flatnonzero(np.abs(np.log(ratios)) > np.log(FAR))
    if not suspects.size:
        return (), ()
    scales = np.ones(len(places))
    scales[suspects] = ratios[suspects]
    equal = replace(changes, covariances=changes.covariances / np.outer(scales, scales))
    fit = _Fit.of(equal, places, list(range(len(places))))
    wrong, unlike = [], []
    for index in (int(one) for one in suspects):
        one = fit.scale_of(index, index)
        one = replace(one, factor=one.factor * float(scales[index]), blocks_agreeing=1.0)
        one = replace(one, criterion=weakest(fit.likeness(index), fit.typical))
        if one.correlation > 0 and one.distance > FAR and one.criterion.away >= -1:
            wrong.append(one)
        if ratios[index] > FAR and not (wrong and wrong[-1] is one and one.criterion.is_fault):
            unlike.append(index)
    return tuple(wrong), tuple(unlike)


def _wrong_sizes(changes: Changes, places: Floats) -> list[WrongScale]:
    """The worst is left out and all others are predicted anew, until all fit; then those that only just do."""
    kept = list(range(len(places)))
    found: list[WrongScale] = []
    typical: list[Criterion] = []
    while len(kept) >= MIN_CHANNELS:
        now = _Fit.of(changes, places, kept)
        typical.append(now.typical)
        if weakest(*typical).away < -1:
            break
        suspects = [i for i in np.argsort(-now.each, kind="stable") if now.each[i] > 1][:MAX_SUSPECTS]
        if not suspects:
            judged = (now.scale_of(i, kept[i], *typical) for i in now.nearly)
            return found + [one for one in judged if one.criterion.is_near]
        # The wrong one is that without which the others fit; its neighbours may be as far off as itself.
        left = [_Fit.of(changes, places, [pick for j, pick in enumerate(kept) if j != i]).excess for i in suspects]
        worst = int(suspects[int(np.argmin(left))])
        found.append(now.scale_of(worst, kept[worst], *typical))
        kept.remove(kept[worst])
    return found


def _inverted(changes: Changes, places: Floats) -> dict[int, Criterion]:
    """Channels that all fit better inverted, the clearest first: each is turned before the next is looked for.

    Also those of which that is nearly so.
    """
    inverse, covariances, duration_s = spline_inverse(places), changes.covariances, changes.duration_s
    by_stretch = _correlations(covariances, inverse)
    fits = np.median(by_stretch, axis=0)
    typical = alike(float(np.median(np.abs(fits))), duration_s)
    if typical.away < -1:
        return {}
    turned: dict[int, Criterion] = {}
    while len(turned) < len(places) // 2:
        suspects = [int(i) for i in np.argsort(fits, kind="stable")[:MAX_SUSPECTS] if fits[i] < -MAX_CORRELATION]
        signs = {i: np.where(np.arange(len(places)) == i, -1.0, 1.0) for i in suspects if i not in turned}
        stretches = {i: _correlations(covariances * np.outer(sign, sign), inverse) for i, sign in signs.items()}
        tried = {i: np.median(one, axis=0) for i, one in stretches.items()}
        best = max(tried, key=lambda i: _in_all(tried[i]), default=-1)
        if best < 0:
            break
        turned[best] = weakest(_turning(_in_all(tried[best]) - _in_all(fits), duration_s), typical)
        if not turned[best].is_fault:
            break
        covariances, fits = covariances * np.outer(signs[best], signs[best]), tried[best]
        by_stretch = stretches[best]
    judged = {
        index: weakest(_polarity(by_stretch[:, index] * (1 if turning.is_fault else -1), duration_s), turning)
        for index, turning in turned.items()
    }
    return {index: one for index, one in judged.items() if one.is_fault or one.is_near}


def _polarity(inverted: Floats, duration_s: float) -> Criterion:
    """Of correlations with the inverse of what the others predict, in each stretch."""
    return Criterion(
        words="polarity: correlation with the inverse of what the others predict",
        score=float(np.median(inverted)),
        limit=-MAX_CORRELATION,
        uncertainty=uncertainty(inverted, duration_s),
    )


def _turning(gain: float, duration_s: float) -> Criterion:
    return Criterion(
        words="polarity: Fisher's z that all channels fit better by once it is turned",
        score=gain,
        limit=MIN_TURN_GAIN,
        uncertainty=TURN_UNCERTAINTY * in_a_second(duration_s),
    )


def alike(correlation: float, duration_s: float) -> Criterion:
    """Whether channels predict each other well enough for any to be told from its prediction."""
    return Criterion(
        words="prediction: correlation of the median channel with what the others predict",
        score=correlation,
        limit=MIN_TYPICAL_CORRELATION,
        uncertainty=max(OF_NOISE, TYPICAL_UNCERTAINTY * in_a_second(duration_s)),
    )


def _correlations(covariances: Floats, inverse: Floats) -> Floats:
    """Of each channel with its prediction, in each stretch of time: shape (n_blocks, n_channels)."""
    return np.array([left_out(c, inverse)[1] for c in covariances])


def _in_all(correlations: Floats) -> float:
    """Sum of Fisher's z."""
    return float(np.sum(np.arctanh(np.clip(correlations, -CEILING, CEILING))))


@dataclass(frozen=True)
class _Fit:
    """How channels fit their predictions in each stretch: arrays of shape (n_blocks, n_channels)."""

    factors: Floats
    correlations: Floats
    severity: Floats
    limits: Floats
    """Logarithms of the factors from which a gain is wrong."""
    duration_s: float

    @classmethod
    def of(cls, changes: Changes, places: Floats, kept: list[int]) -> _Fit:
        inverse = spline_inverse(places[kept])
        factors, correlations = _measured(changes.of(kept).covariances, inverse)
        alike = np.maximum(np.abs(correlations), MIN_CORRELATION)
        limits = _limits(factors)[:, None] + np.log(_uncertainty(inverse) / np.sqrt(alike))
        inverted = correlations / MAX_CORRELATION
        gain = np.where(np.abs(correlations) >= MIN_CORRELATION, np.abs(factors) / limits, 0.0)
        return cls(factors, correlations, np.maximum(inverted, gain), limits, changes.duration_s)

    @property
    def each(self) -> Floats:
        """Severity of each channel."""
        return np.asarray(np.median(self.severity, axis=0))

    @property
    def excess(self) -> float:
        """How far channels are from fitting, in all."""
        return float(np.sum(np.maximum(self.each - 0.5, 0)))

    @property
    def nearly(self) -> list[int]:
        """Channels that may be wrong."""
        moves = np.maximum(uncertainties(self.severity, self.duration_s), OF_NOISE / -MAX_CORRELATION)
        return [int(at) for at in np.flatnonzero(self.each >= 1 - moves)]

    @cached_property
    def typical(self) -> Criterion:
        """Whether channels predict each other well enough."""
        return alike(float(np.median(np.abs(np.median(self.correlations, axis=0)))), self.duration_s)

    def likeness(self, at: int) -> Criterion:
        """Whether a channel is like its prediction, but for its size."""
        by_stretch = np.abs(self.correlations[:, at])
        return Criterion(
            words="gain: correlation with what the others predict",
            score=float(np.median(by_stretch)),
            limit=MIN_CORRELATION,
            uncertainty=uncertainty(by_stretch, self.duration_s),
        )

    def gain(self, at: int) -> Criterion:
        """How many times too large or too small a channel is, as most stretches of time have it."""
        limit = float(np.exp(np.median(self.limits[:, at])))
        each, moves = float(self.each[at]), uncertainty(self.severity[:, at], self.duration_s)
        return Criterion(
            words="gain: times too large or too small for what the others predict",
            score=limit**each,
            limit=limit,
            uncertainty=abs(limit - limit ** (1 + moves if each > 1 else 1 - moves)),
        )

    def scale_of(self, at: int, index: int, *also: Criterion) -> WrongScale:
        """A channel's scale; ``also`` must be so for it to be wrong."""
        correlation = float(np.median(self.correlations[:, at]))
        size = float(np.exp(np.median(self.factors[:, at])))
        agreeing = float(np.mean(self.severity[:, at] > 1))
        gain = self.gain(at)
        if correlation < 0:
            sign = _polarity(-self.correlations[:, at], self.duration_s)
            return WrongScale(index, -size, correlation, agreeing, gain.limit, sign.uncertainty, weakest(sign, *also))
        criterion = weakest(gain, self.likeness(at), *also)
        return WrongScale(index, size, correlation, agreeing, gain.limit, gain.uncertainty, criterion)


def _uncertainty(inverse: Floats) -> Floats:
    """Standard deviation of predictions by the places alone, over the median's; 1 at least: rims are extrapolated.

    Wahba 1990, Spline models for observational data, chapter 5.
    """
    variance = 1 / np.diag(inverse)
    return np.asarray(np.sqrt(np.maximum(variance / np.median(variance), 1.0)))


def _measured(covariances: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Logarithms of sizes over predicted ones, less their median, and correlations: (n_blocks, n_channels)."""
    slopes, correlations = (np.array(part) for part in zip(*(left_out(c, inverse) for c in covariances), strict=True))
    tiny = np.finfo(float).tiny
    logs = np.log(np.maximum(np.abs(slopes), tiny)) - np.log(np.maximum(np.abs(correlations), 1e-6))
    return logs - np.median(logs, axis=1, keepdims=True), correlations


def _limits(factors: Floats) -> Floats:
    """Logarithms of the factors from which a gain is wrong, by the spread over channels, shape (n_blocks,)."""
    spread = 1.4826 * np.median(np.abs(factors), axis=1)
    return np.asarray(np.clip(SPREADS * spread, *np.log(FACTORS)))
