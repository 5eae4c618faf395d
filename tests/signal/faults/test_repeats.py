from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.faults.repeats import Repeat, covered_by, repeats
from eegmill.testing.recordings import raw_eeg, scalp_eeg

DATA = scalp_eeg(6, duration_s=10.0)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 600), st.integers(60, 300), st.integers(900, 1600))
def test_a_pasted_stretch_is_found_with_its_source(source, length, start):
    data = DATA.copy()
    data[:, start : start + length] = data[:, source : source + length]
    assert repeats(raw_eeg(data), range(6)) == (Repeat(source, start, start + length),)


def test_an_offset_of_each_channel_hides_nothing():
    data = DATA.copy()
    data[:, 1000:1300] = data[:, 200:500] + 1e-4 * np.arange(6)[:, None]
    assert repeats(raw_eeg(data), range(6)) == (Repeat(200, 1000, 1300),)


@pytest.mark.parametrize("values", [DATA, DATA * 0, np.round(DATA, 5)])
def test_eeg_stillness_and_coarse_values_repeat_nothing(values):
    assert repeats(raw_eeg(values.copy()), range(6)) == ()


def test_samples_that_repeat_twice_are_counted_once():
    assert covered_by((Repeat(0, 10, 20), Repeat(0, 15, 25)), 100) == 15
