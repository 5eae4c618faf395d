from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import freqz, sosfreqz

from eegmill.signal.filters.yule_walker import sampled_response, yule_walker

HZ = np.array([0, 2, 3, 13, 16, 40, 63, 64.0])
GAINS = np.array([3, 0.75, 0.33, 0.33, 1, 1, 3, 3])


def test_the_coefficients_are_those_of_eegprep():
    fitted = yule_walker(8, HZ / 64, GAINS)
    b = [1.10273016, -2.00256218, 0.89421195, 0.15499795, 0.01923669, 0.17828978, -0.52803067, 0.29135406, -0.02622098]
    a = [1.0, -1.1042042, -0.33195585, 0.58029462, -0.001036, 0.03821671, -0.2609928, 0.02987191, 0.09350447]
    np.testing.assert_allclose(fitted.b, b, atol=5e-9)
    np.testing.assert_allclose(fitted.a, a, atol=5e-9)


@settings(deadline=None)
@given(gains=st.lists(st.floats(0.1, 10), min_size=4, max_size=4), order=st.integers(2, 8))
def test_the_filter_is_always_stable(gains, order):
    fitted = yule_walker(order, np.array([0, 0.2, 0.5, 1.0]), np.array(gains))
    assert np.abs(np.roots(fitted.a)).max() < 1


def test_the_response_is_near_the_wanted_one():
    fitted = yule_walker(8, np.array([0, 0.4, 0.6, 1.0]), np.array([1, 1, 2, 2.0]))
    gains = np.abs(freqz(fitted.b, fitted.a, worN=[0.2 * np.pi, 0.8 * np.pi])[1])
    np.testing.assert_allclose(gains, [1, 2], rtol=0.1)


def test_the_sections_are_the_same_filter():
    fitted = yule_walker(8, HZ / 64, GAINS)
    np.testing.assert_allclose(sosfreqz(fitted.sections(), 50)[1], freqz(fitted.b, fitted.a, 50)[1], rtol=1e-8)


@pytest.mark.parametrize("sfreq_hz", [128, 500, 5000])
def test_every_frequency_gets_a_gain_between_its_points(sfreq_hz):
    response = sampled_response(np.append(HZ[:-2], [63, sfreq_hz / 2]) / (sfreq_hz / 2), GAINS)
    assert response.min() >= 0.33 - 1e-12
    assert response.max() <= 3 + 1e-12
