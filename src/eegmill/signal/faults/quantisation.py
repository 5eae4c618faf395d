"""Channels whose values lie on steps that are coarse beside what they record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats

MAX_STEP = 2.0
"""Steps in median absolute changes over 20 ms. Sound channels of eight recordings: 0.5 and less."""
ON_LATTICE = 0.999
TOLERANCE = 1e-3
MIN_VALUES = 3


def step_of(values: Floats) -> float:
    """The step that all of a channel's changes are multiples of; 0 where there is none.

    ``values`` (n_times,), changes in any unit.
    """
    sizes = np.abs(values[values != 0])
    if sizes.size < MIN_VALUES:
        return 0.0
    step = float(sizes.min())
    multiples = sizes / step
    on = np.abs(multiples - np.round(multiples)) < TOLERANCE * np.maximum(multiples, 1)
    return step if on.mean() >= ON_LATTICE else 0.0


def coarseness(values: Floats) -> Floats:
    """Each channel's step in its own median absolute change that is not 0; 0 where its values lie on no steps.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
        Changes over 20 ms.

    Returns
    -------
    array, shape (n_channels,)
    """
    if not values.shape[1]:
        return np.zeros(len(values))
    usual = np.median(np.abs(values), axis=1)
    steps = np.array([step_of(row) for row in values])
    return np.asarray(np.divide(steps, np.maximum(usual, steps / 4), out=np.zeros_like(steps), where=steps > 0))
