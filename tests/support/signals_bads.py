"""The synthetic EEG of ``eegmill.testing``, under the short names that the tests of bad channels use."""

from __future__ import annotations

from eegmill.testing.recordings import SFREQ_HZ as RATE_HZ
from eegmill.testing.recordings import electrode_positions as places
from eegmill.testing.recordings import raw_eeg as raw_of
from eegmill.testing.recordings import scalp_eeg as signals

__all__ = ["RATE_HZ", "places", "raw_of", "signals"]
