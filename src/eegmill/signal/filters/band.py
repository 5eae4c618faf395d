"""Signals of a recording between two cutoffs, one at a time; the recording stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans
from .fir import zero_phase

if TYPE_CHECKING:
    import mne

    from ..types import Floats


MIN_ROOM_HZ = 1.0
"""A low-pass nearer to the Nyquist frequency has next to nothing to remove."""


@dataclass(frozen=True)
class Band:
    """FIR of MNE's design, zero phase, each continuous stretch by itself; no kernel where nothing is to be removed."""

    kernel: Floats | None
    spans: tuple[tuple[int, int], ...]

    def of(self, x: Floats) -> Floats:
        """A filtered copy of a signal as long as the recording, shape (n_times,)."""
        if self.kernel is None:
            return x.copy()
        if len(self.spans) == 1:
            return zero_phase(x, self.kernel)
        y = np.empty_like(x)
        for start, stop in self.spans:
            y[start:stop] = zero_phase(x[start:stop], self.kernel)
        return y


def band_of(raw: mne.io.BaseRaw, low_hz: float | None, high_hz: float | None) -> Band:
    """The filter between two cutoffs; a side on which the recording is already that narrow is not filtered again."""
    from mne.filter import create_filter

    sfreq = float(raw.info["sfreq"])
    low = low_hz if low_hz is not None and float(raw.info["highpass"]) < low_hz < sfreq / 2 else None
    ceiling = min(float(raw.info["lowpass"]), sfreq / 2 - MIN_ROOM_HZ)
    high = high_hz if high_hz is not None and high_hz < ceiling else None
    nothing = low is None and high is None
    kernel = None if nothing else create_filter(None, sfreq, low, high, verbose="error")
    return Band(kernel, tuple(continuous_spans(raw)))
