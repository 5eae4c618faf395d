"""Channels whose values lie on steps that are coarse beside what they record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats, Mask

MAX_STEP = 2.0
"""Steps in median absolute changes over 20 ms. Sound channels of eight recordings: 0.5 and less."""
MAX_STEP_ALONE = 0.1
"""The same where a channel's steps are coarser than those of the others, which then are no property of the file, ..."""
MAX_TIMES_OTHERS = 1.9
"""... by so much more than the median of all channels, in volts, ..."""
MAX_TIMES_USUAL = 1.2
"""... and in usual changes, as a wrong gain does not make them."""
MIN_CHANNELS = 4
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


def coarse_steps(values: Floats) -> tuple[Floats, Mask]:
    """Each channel's step in its own usual change, and whether it is coarse, by itself or beside the other channels.

    The usual change is the median absolute one that is not 0.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
        Changes over 20 ms.

    Returns
    -------
    coarseness : array, shape (n_channels,)
        0 where a channel's values lie on no steps.
    coarse : array of bool, shape (n_channels,)
    """
    if not values.shape[1]:
        return np.zeros(len(values)), np.zeros(len(values), dtype=bool)
    usual = np.median(np.abs(values), axis=1)
    steps = np.array([step_of(row) for row in values])
    coarseness = np.divide(steps, np.maximum(usual, steps / 4), out=np.zeros_like(steps), where=steps > 0)
    coarse = coarseness > MAX_STEP
    moving = values.any(axis=1)
    if moving.sum() >= MIN_CHANNELS:
        alone = steps > MAX_TIMES_OTHERS * np.median(steps[moving])
        alone &= coarseness > max(MAX_STEP_ALONE, MAX_TIMES_USUAL * float(np.median(coarseness[moving])))
        coarse |= alone
    return np.asarray(coarseness), np.asarray(coarse)
