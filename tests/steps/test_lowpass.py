from __future__ import annotations

import numpy as np
import pytest

from eegmill.steps.lowpass import Lowpass
from signals_signal import apply, noise


@pytest.mark.parametrize("cutoff_hz", [5.0, 30.0, 48.0])
def test_it_is_the_filter_of_mne(cutoff_hz):
    raw = noise(2, seconds=60)
    expected = raw.copy().filter(None, cutoff_hz, verbose="error").get_data()
    apply(Lowpass(cutoff_hz=cutoff_hz), raw)
    np.testing.assert_allclose(raw.get_data(), expected, atol=1e-17)


def test_the_transition_is_recorded():
    decisions = apply(Lowpass(cutoff_hz=30.0), noise(1))[1]
    assert (decisions.applied, decisions.transition_hz, decisions.taps) == (True, 7.5, 45)


@pytest.mark.parametrize("cutoff_hz", [49.5, 50.0, 100.0])
def test_a_cutoff_near_or_beyond_the_nyquist_frequency_changes_nothing(cutoff_hz):
    raw = noise(1)
    before = raw.get_data()
    decisions = apply(Lowpass(cutoff_hz=cutoff_hz), raw)[1]
    assert not decisions.applied
    np.testing.assert_array_equal(raw.get_data(), before)


def test_the_transition_ends_at_the_nyquist_frequency():
    assert apply(Lowpass(cutoff_hz=45.0), noise(1))[1].transition_hz == 5.0


def test_the_recording_knows_its_new_band():
    raw = noise(1)
    apply(Lowpass(cutoff_hz=30.0), raw)
    assert raw.info["lowpass"] == 30.0
