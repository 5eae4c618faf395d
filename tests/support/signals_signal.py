"""Small recordings for the tests of import, filters, line noise and flat lines."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.recording import Recording
from eegmill.testing.recordings import with_line

__all__ = ["NAMES", "apply", "cut", "noise", "with_line"]

NAMES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "F7", "F8", "T7", "T8", "P7", "P8"]


def noise(
    n_channels: int = 4, *, seconds: float = 20.0, sfreq: float = 100.0, names: list[str] | None = None, seed: int = 0
) -> mne.io.RawArray:
    """White noise of 10 µV, in volts."""
    names = names or (NAMES[:n_channels] if n_channels <= len(NAMES) else [f"ch{i}" for i in range(n_channels)])
    data = 1e-5 * np.random.default_rng(seed).standard_normal((len(names), round(seconds * sfreq)))
    return mne.io.RawArray(data, mne.create_info(names, sfreq, "eeg"), verbose="error")


def cut(raw: mne.io.BaseRaw, *at_s: float) -> mne.io.BaseRaw:
    """Discontinuities at these times."""
    for onset_s in at_s:
        raw.annotations.append(onset_s + raw.first_time, 0.0, "boundary")
    return raw


def apply(step, raw):
    """Run a step; the new recording and its decisions."""
    return step.apply(Recording(raw), seed=1)
