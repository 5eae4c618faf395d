"""Signals of the pages, piece by piece."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.report.signals import Shown, before_of


def test_another_rate_is_shown_by_the_nearest_samples() -> None:
    slow = Shown.all_of(np.arange(10.0)[None], 10.0)
    fast = Shown.all_of(np.zeros((1, 20)), 20.0)
    np.testing.assert_array_equal(slow.beside(fast, 1, 7, 2)[0], [0, 2, 2])
    np.testing.assert_array_equal(slow.beside(fast, 18, 20)[0], [9, 9])


def test_the_raw_signal_is_kept_less_what_was_cut() -> None:
    raw = mne.io.RawArray(np.arange(20.0).reshape(2, 10), mne.create_info(["A", "B"], 10.0, "eeg"), verbose="error")
    before = before_of(raw, np.arange(10) < 4)
    np.testing.assert_array_equal(before.of(["B"]).piece(0, 10), [[10, 11, 12, 13]])
