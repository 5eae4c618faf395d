"""How a fault is told: by which findings, and what must be in a recording for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eegmill.signal.faults.held import held, padded
from eegmill.steps.findings.time_axis import BETWEEN_S
from eegmill.testing.recordings import with_line
from validation.comparisons.ica_blinks import with_blinks

if TYPE_CHECKING:
    import mne

NEEDS_LINE = frozenset({"rate", "clock"})
NEEDS_BLINKS = frozenset({"rotation", "mirror", "inverted_file"})
LINE_HZ, LINE_UV = 50.0, 2.0
BLINK_UV = -200.0
"""EOG1 of EEGLAB's recording lies below the eye: turned, blinks are positive above it."""
CALLED = {"rotation": "montage", "mirror": "montage"}
"""What a finding is called where it is not called as the fault is."""
FOLLOWS = {"gain": {"quantisation"}, "held": {"cut"}, "repeat": {"cut"}}
"""What else is true of a recording with a fault, and no false alarm."""
NEAR_S = 0.1


def lined(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """A recording that its authors took the mains out of, with mains; without what its file was filled up with, which has none."""
    picks, between = range(len(raw.ch_names)), BETWEEN_S * float(raw.info["sfreq"])
    _, stop = padded([(int(start), int(end)) for start, end in held(raw, picks)], raw.n_times, between)
    return with_line(raw.copy().crop(0, (stop - 1) / float(raw.info["sfreq"])), LINE_HZ, LINE_UV)


def blinking(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """A recording of EEGMAT at 250 Hz with the real EOG of EEGLAB's recording."""
    return with_blinks(raw, BLINK_UV).drop_channels(["EOG"])
