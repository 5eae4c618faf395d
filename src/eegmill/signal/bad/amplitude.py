"""How large channels usually are, whatever blinks and jumps there are in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..robust import MAD_TO_SD, median_deviation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats

MAX_SAMPLES = 20_000
"""Looked at, evenly spread: with so many, a standard deviation is known to a hundredth."""


def usual_amplitudes(channels: Sequence[Floats]) -> Floats:
    """Robust standard deviation (1.4826·MAD) of each channel against the median of all channels.

    The median, as an average would give each channel a part of what a loud one holds, and the reference of the
    recording more of it to those that lie far from it.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        Any unit.

    Returns
    -------
    array, shape (n_channels,)
        In the same unit.
    """
    every = -(-channels[0].size // MAX_SAMPLES)
    X = np.array([channel[::every] for channel in channels])
    return np.array([MAD_TO_SD * median_deviation(row) for row in X - np.median(X, axis=0)])
