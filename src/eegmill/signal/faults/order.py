"""Names that are shifted along the channels: each signal has the name of the channel before or behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, spline_inverse

if TYPE_CHECKING:
    from ..types import Floats
    from .changes import Changes

SHIFTS = (-3, -2, -1, 1, 2, 3)
MIN_CHANNELS = 12
MIN_GAIN = 0.15
UNCERTAINTY = 0.012
"""By how much a hundredth of noise, or a second less, moves the gain: 95 % of 21 shifts in recordings of a minute."""
MIN_AGREEMENT = 0.75
"""Share of the stretches of time that must say so."""
CEILING = 0.999


@dataclass(frozen=True)
class Shift:
    """By how many channels signals come late in the file, and by how much they fit better where they belong."""

    by: int
    gain: float
    """Of the mean correlation with the prediction, in Fisher's z."""
    blocks_agreeing: float


def best_shift(changes: Changes, places: Floats) -> Shift:
    """The shift of all signals along the channels, around the ends, that makes them fit their electrodes best.

    Parameters
    ----------
    changes : Changes
    places : array, shape (n_channels, 3)
        Unit vectors, in the order of the file.
    """
    inverse = spline_inverse(places)

    def fit(by: int) -> Floats:
        moved = np.roll(changes.covariances, (-by, -by), axis=(1, 2))
        return np.array([_mean_z(left_out(c, inverse)[1]) for c in moved])

    now = fit(0)
    gained = {by: fit(by) - now for by in SHIFTS}
    best = max(SHIFTS, key=lambda by: float(np.median(gained[by])))
    return Shift(best, float(np.median(gained[best])), float(np.mean(gained[best] > MIN_GAIN)))


def _mean_z(correlations: Floats) -> float:
    return float(np.mean(np.arctanh(np.clip(correlations, -CEILING, CEILING))))
