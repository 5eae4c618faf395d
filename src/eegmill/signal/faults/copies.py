"""Channels that are another one, but for gain and offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .criterion import Criterion

if TYPE_CHECKING:
    from ..types import Floats

MAX_UNSHARED = 1e-6
"""Share of the power of changes that two copies do not share. Electrodes joined by gel differ by more, their
amplifiers' noise."""
OF_NOISE = 1e-3
"""What a hundredth of noise of each channel's own adds to it: what is equal is so no longer."""
OF_TIME = 0.1
"""By what share of it another second moves it."""
MIN_CHANNELS = 4
"""Against their mean, two channels are each other's opposite."""


@dataclass(frozen=True)
class Copy:
    """Two channels, how many times the first the second is, and the share of its power that is not in the first."""

    channels: tuple[int, int]
    factor: float
    unshared: float
    criterion: Criterion


def copies(values: Floats) -> tuple[Copy, ...]:
    """Pairs of channels whose changes are proportional, and those that nearly are.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
        Changes of channels: offsets play no part.
    """
    power = np.einsum("ij,ij->i", values, values)
    alive = np.flatnonzero(power > 0)
    if len(alive) < MIN_CHANNELS:
        return ()
    unit = values[alive] / np.sqrt(power[alive])[:, None]
    correlation = unit @ unit.T
    found = []
    for i, j in zip(*np.nonzero(np.triu(1 - correlation**2 < 10 * MAX_UNSHARED, 1)), strict=True):
        sign = 1.0 if correlation[i, j] > 0 else -1.0
        # The difference of nearly equal numbers: computed from the signals, not from their products.
        unshared = float(np.sum((unit[j] - sign * unit[i]) ** 2))
        factor = sign * float(np.sqrt(power[alive[j]] / power[alive[i]]))
        one = Copy((int(alive[i]), int(alive[j])), factor, unshared, _criterion(unshared))
        if one.criterion.is_fault or one.criterion.is_near:
            found.append(one)
    return tuple(found)


def _criterion(unshared: float) -> Criterion:
    uncertainty = OF_NOISE if unshared < MAX_UNSHARED else OF_TIME * unshared
    words = "copy: share of the power that is not the other's, as a negative number"
    return Criterion(words=words, score=-unshared, limit=-MAX_UNSHARED, uncertainty=uncertainty)
