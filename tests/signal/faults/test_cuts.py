from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.signal.faults.cuts import cuts, isolation
from eegmill.signal.faults.held import standing_still
from eegmill.testing.recordings import raw_eeg, scalp_eeg

DATA = mne.filter.filter_data(scalp_eeg(10, duration_s=30.0), 200.0, None, 30.0, verbose="error")


def found_in(data):
    raw = raw_eeg(data.copy())
    return [cut.sample for cut in cuts(raw, range(len(data)), standing_still(raw, range(len(data))))]


def test_a_cut_is_where_the_signal_goes_on_at_another_moment():
    assert found_in(np.delete(DATA, np.s_[2000:2700], axis=1)) == [2000]


def test_continuous_eeg_has_no_cut():
    assert found_in(DATA) == []


def test_a_single_wrong_sample_is_no_cut():
    data = DATA.copy()
    data[:, 2500] += 2e-4 * np.random.default_rng(0).standard_normal(10)
    assert found_in(data) == []


def test_what_borders_on_a_still_stretch_is_no_cut():
    data = DATA.copy()
    data[:, 3000:3400] = 0.0
    assert found_in(data) == []


@pytest.mark.parametrize("at", [60, 100, 139])
def test_a_peak_is_compared_with_what_lies_around_it_and_not_with_its_wake(at):
    surprise = np.ones(200)
    surprise[at], surprise[at + 3], surprise[at - 10] = 50.0, 20.0, 5.0
    assert isolation(surprise, 20, 8)[at] == pytest.approx(10.0)
