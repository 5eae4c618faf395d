"""A score beside its limit, and how far small changes of the recording move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...models import Frozen

if TYPE_CHECKING:
    from ..types import Floats

OF_NOISE = 0.004
"""By how much a hundredth of noise moves correlations, Fisher's z and logarithms of sizes, beside another second."""
OF_A_SECOND = 4.0
"""In what the score differs by between stretches, times the square root of the share that a second is."""


class Criterion(Frozen):
    """A score beside its limit: beyond it lies a fault."""

    words: str
    """What the score is, with its unit; what differs from run to run stands behind a colon."""
    score: float
    limit: float
    uncertainty: float
    """By how much another second of the recording, or a hundredth of noise, may move the score from its limit."""

    @property
    def told(self) -> str:
        """The score beside its limit."""
        return f"{self.words} {self.score:.3g} (limit {self.limit:.4g} ± {self.uncertainty:.2g})"

    @property
    def away(self) -> float:
        """How far the score lies on the side of the fault, in units of its uncertainty."""
        return (self.score - self.limit) / max(self.uncertainty, 1e-12)

    @property
    def is_fault(self) -> bool:
        """Whether the score is beyond its limit."""
        return self.score > self.limit

    @property
    def is_borderline(self) -> bool:
        """Whether its uncertainty reaches its limit."""
        return abs(self.score - self.limit) <= self.uncertainty

    @property
    def is_near(self) -> bool:
        """Whether it is not, but nearly."""
        return not self.is_fault and self.is_borderline


def uncertainty(by_stretch: Floats, duration_s: float) -> float:
    """That of one score: ``by_stretch`` (n_stretches,)."""
    return float(uncertainties(by_stretch[:, None], duration_s)[0])


def uncertainties(by_stretch: Floats, duration_s: float) -> Floats:
    """By how much another second, or a hundredth of noise, may move medians over stretches: shape (n_scores,).

    What differs between stretches is what a second can change, and by less the longer the recording. Measured with
    gains, inversions and swaps in EEGLAB's recording, six of EEGMAT and one of 126 channels, cut to 20, 61 and 180 s
    (19 in all): two draws of noise, and the first or last second dropped, moved 98.6 % of 2280 gains, 99.8 % of 2004
    correlations of inverted channels, and 99.3 % and 99.6 % of what 1100 swaps bring by less; a dropped first second
    alone 96.8 to 99.6 %, of gains in 180 s 89 %. In the median it is 1.2 to 1.5 times what 95 % move by at the most,
    and 0.4 to 0.7 times the constant that covers as many.

    Parameters
    ----------
    by_stretch : array, shape (n_stretches, n_scores)
        Correlations, Fisher's z or logarithms of sizes.
    duration_s
        Of what they are measured in.
    """
    spread = np.std(by_stretch, axis=0, ddof=1) if len(by_stretch) > 1 else np.zeros(by_stretch.shape[1])
    return np.asarray(np.maximum(OF_NOISE, OF_A_SECOND * spread * in_a_second(duration_s)))


def in_a_second(duration_s: float) -> float:
    """What the mean over a recording moves by where a second of it is another, in what seconds differ by."""
    return float(1 / np.sqrt(max(duration_s, 1.0)))


def weakest(*criteria: Criterion) -> Criterion:
    """Of what must all be so for a fault, that which lies farthest on the side of sound."""
    return min(criteria, key=lambda one: one.away)
