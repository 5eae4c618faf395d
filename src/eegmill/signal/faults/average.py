"""A reference that can be seen in the signals: their mean is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats

MAX_MEAN = 1e-3
"""Root mean square of the mean over channels, in that of the channels."""
MIN_CHANNELS = 4


def mean_left(values: Floats) -> float:
    """How large the mean over the channels is, in the size of the channels; 1 for too few channels.

    Parameters
    ----------
    values : array, shape (n_channels, n_times)
    """
    size = float(np.sqrt(np.mean(values**2))) if values.size else 0.0
    if len(values) < MIN_CHANNELS or size == 0:
        return 1.0
    return float(np.sqrt(np.mean(values.mean(axis=0) ** 2))) / size
