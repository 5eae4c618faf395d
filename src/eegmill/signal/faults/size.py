"""The size of a whole recording, against what EEG has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..types import Floats

TYPICAL_UV = (0.4, 32.0)
"""Median absolute change over 20 ms of the median channel. Those of eight recordings: 3 to 12 µV."""
BLINK_UV = (30.0, 1200.0)
"""Height of a blink at the electrode where it is largest, against the mean of all: 50 to 500 µV in adults."""


def size_uv(values: Floats) -> float:
    """Median over the channels of the median absolute change, in µV.

    ``values`` (n_channels, n_times), changes over 20 ms in volts.
    """
    return 1e6 * float(np.median(np.median(np.abs(values), axis=1))) if values.size else 0.0
