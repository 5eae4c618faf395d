from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import freqz

from eegmill.signal.filters.kaiser import forward_and_backward, kaiser_highpass, kaiser_length


def gain_db(kernel, frequency_hz, sfreq):
    return 20 * np.log10(np.abs(freqz(kernel, worN=[frequency_hz], fs=sfreq)[1][0]))


def test_the_length_is_that_of_eegprep():
    assert kaiser_length(2 * 0.5 / 128, 80.0) == 643


@pytest.mark.parametrize("sfreq", [100.0, 128.0, 500.0, 1000.0])
def test_drifts_are_stopped_and_the_band_passes(sfreq):
    kernel = forward_and_backward(kaiser_highpass(sfreq, (0.25, 0.75)))
    assert gain_db(kernel, 0.05, sfreq) < -70
    assert abs(gain_db(kernel, 1.0, sfreq)) < 0.2
    assert abs(gain_db(kernel, sfreq / 3, sfreq)) < 0.01


def test_the_kernel_is_symmetric():
    kernel = kaiser_highpass(128.0, (0.25, 0.75))
    np.testing.assert_allclose(kernel, kernel[::-1], atol=1e-15)


def test_twice_the_filter_squares_its_gain():
    kernel = kaiser_highpass(128.0, (0.25, 0.75))
    once, twice = gain_db(kernel, 0.4, 128.0), gain_db(forward_and_backward(kernel), 0.4, 128.0)
    assert twice == pytest.approx(2 * once)
