"""A second look at channels that random subsets predict badly: the prediction from all channels that nobody doubts.

Subsets of a few channels often lie far from what they predict, on small caps above all: of 19 electrodes a quarter are
five, and another draw of the subsets moved a sound forehead's share of broken windows from 0.42 to 0. The spline
through all others has no chance in it, and is what an interpolation would put in the channel's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..sphere import directions, spline_kernel, spline_weights
from .correlations import WindowCorrelations, broken_fraction, broken_fraction_uncertainty
from .ransac import MIN_PREDICTORS, predictability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats, Mask
    from .noise import LowPassed

REGULARIZATION, STIFFNESS, TERMS = 1e-3, 2, 500
"""Of the spline: the defaults of the step ``interpolate``."""


@dataclass(frozen=True)
class Look:
    """Correlations with one prediction, and the one below which a window is broken."""

    windows: WindowCorrelations
    correlation: float

    @property
    def shares(self) -> Floats:
        """Share of the time in which each channel is broken, shape (n_channels,)."""
        return broken_fraction(self.windows, self.correlation)

    @property
    def uncertainties(self) -> Floats:
        """By how much the shares may change with the input, shape (n_channels,)."""
        return broken_fraction_uncertainty(self.windows, self.correlation)


def looks(
    first: Look,
    channels: Sequence[Floats | LowPassed],
    spans: Sequence[tuple[int, int]],
    *,
    positions: Floats,
    window: int,
    limit: float,
    correlation: float,
) -> tuple[Look, Look | None]:
    """The look that counts, and another one that has to find the same, if any; parameters as of `second_look`.

    Where what is usual of the first look is below ``correlation``, it can tell nothing: then the prediction from all
    others is the first, and half of it counts. Of four simulated recordings of 20 channels with four bad ones, the
    median over windows of that was 0.02 or less for dead channels, and 0.31 or more for sound ones, at the temples.
    """
    least = correlation
    if first.correlation < correlation:
        least = correlation / 2
        everyone = weights_of_trusted(positions, np.ones(len(positions), dtype=bool))
        first = Look(predictability(channels, spans, window, everyone), least)
    return first, second_look(
        first, channels, spans, positions=positions, window=window, limit=limit, correlation=least
    )


def second_look(
    first: Look,
    channels: Sequence[Floats | LowPassed],
    spans: Sequence[tuple[int, int]],
    *,
    positions: Floats,
    window: int,
    limit: float,
    correlation: float,
) -> Look | None:
    """Predict every channel from all those that the first look left in no doubt.

    Over three recordings of 19 channels (60 s, faults of 22 kinds and doses in the first of them), the median over
    windows of this correlation was 0.38 or less for channels that were dead, loose or drowned in noise, and 0.49 or
    more for sound ones but one (0.36); a hundredth of noise or a second less moved it by 0.03 at most.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Any unit.
    spans : sequence of (start, stop)
        Continuous stretches of samples.
    positions : array, shape (n_channels, 3)
        Electrodes, any unit.
    window : int
        Samples in a window.
    limit : float
        Share of broken windows from which on the first look doubts a channel.
    correlation : float
        A window is broken where a channel correlates less with this prediction; at most that of the first look.

    Returns
    -------
    Look or None
        None where it can change nothing, as no channel is near the limit, or too few are without doubt.
    """
    trusted = first.shares <= limit
    if not (first.shares + first.uncertainties > limit).any() or trusted.sum() <= MIN_PREDICTORS:
        return None
    windows = predictability(channels, spans, window, weights_of_trusted(positions, trusted))
    return Look(windows, min(correlation, first.correlation))


def weights_of_trusted(positions: Floats, trusted: Mask) -> Floats:
    """Weights with which all trusted channels but itself predict a channel: a spherical spline (Perrin et al. 1989).

    ``positions`` (n_channels, 3) in any unit, ``trusted`` (n_channels,); the result (n_channels, n_channels, 1):
    predicted channel, predicting channel, and the one subset.
    """
    places = directions(positions)
    kernel = spline_kernel(places @ places.T, stiffness=STIFFNESS, terms=TERMS)
    weights = np.zeros((len(places), len(places), 1))
    for i in range(len(places)):
        others = np.flatnonzero(trusted & (np.arange(len(places)) != i))
        within, across = kernel[np.ix_(others, others)], kernel[[i]][:, others]
        weights[i, others, 0] = spline_weights(within, across, regularization=REGULARIZATION)[0]
    return weights
