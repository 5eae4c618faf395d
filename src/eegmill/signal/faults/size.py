"""The size of a whole recording, against what EEG has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .changes import usual_sizes

if TYPE_CHECKING:
    from ..types import Floats

TYPICAL_UV = (1.3, 30.0)
"""Median absolute change over 20 ms of the median channel. From peak to trough in a second, at 1 to 30 Hz, ten real
recordings (changes of 3.2 to 21 µV) are 5.8 to 8.6 times as large, so that these are 8 to 11 and 170 to 260 µV. EEG
below 10 µV is called suppressed, above 150 µV high (Hirsch LJ et al. American Clinical Neurophysiology Society's
standardized critical care EEG terminology: 2021 version. J Clin Neurophysiol 2021;38:1-29,
doi:10.1097/WNP.0000000000000806)."""
BLINK_UV = (30.0, 1200.0)
"""Height of a blink at the electrode where it is largest, against the mean of all: 50 to 500 µV in adults."""
SURE = 3.0
"""So many times beyond these bounds the gain is wrong; nearer to them the EEG may be suppressed, or muscle."""


def size_uv(values: Floats) -> float:
    """Median over the channels of the median absolute change, in µV.

    ``values`` (n_channels, n_times), changes over 20 ms in volts.
    """
    return 1e6 * float(np.median(usual_sizes(values))) if values.size else 0.0
