"""Filtered copies of some channels, to fit or to judge on; the recording stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fir import zero_phase
from .spans import continuous_spans

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

LEAST_ROOM_HZ = 1.0
"""A low-pass nearer to the Nyquist frequency has next to nothing to remove."""


def band_copy(
    raw: mne.io.BaseRaw, picks: list[int], low_hz: float | None, high_hz: float | None
) -> NDArray[np.float64]:
    """Samples of ``picks`` in volts (n_picks x n_samples), between two cutoffs.

    FIR of MNE's design, zero phase, each continuous stretch by itself. A side on which the recording is already that
    narrow is not filtered again.
    """
    from mne.filter import create_filter

    X: NDArray[np.float64] = raw.get_data(picks=picks)
    sfreq = float(raw.info["sfreq"])
    low = low_hz if low_hz is not None and float(raw.info["highpass"]) < low_hz < sfreq / 2 else None
    ceiling = min(float(raw.info["lowpass"]), sfreq / 2 - LEAST_ROOM_HZ)
    high = high_hz if high_hz is not None and high_hz < ceiling else None
    if low is None and high is None:
        return X
    kernel = create_filter(None, sfreq, low, high, verbose="error")
    for start, stop in continuous_spans(raw):
        for row in X:
            row[start:stop] = zero_phase(row[start:stop], kernel)
    return X
