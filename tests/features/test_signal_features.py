"""Features of the signal itself, against closed forms and independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import scipy.stats

from eegmill.features.bank import signal
from eegmill.features.contract import Windows

SFREQ_HZ = 250.0
NOISE = np.random.default_rng(1).standard_normal((3, 2, 500))


def windows(x, sfreq_hz=SFREQ_HZ):
    return Windows(np.asarray(x, dtype=float).reshape(1, 1, -1) if np.ndim(x) == 1 else x, sfreq_hz)


def sine(freq_hz, seconds=4.0, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * freq_hz * np.arange(seconds * SFREQ_HZ) / SFREQ_HZ + 0.1)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (signal.signal_mean, 0.0),
        (signal.signal_variance, 2.0),
        (signal.signal_std, np.sqrt(2)),
        (signal.signal_root_mean_square, np.sqrt(2)),
        (signal.signal_skewness, 0.0),
        (signal.signal_kurtosis, -1.5),
        (signal.signal_hjorth_activity, 2.0),
        (signal.signal_hjorth_mobility, 2 * np.sin(np.pi * 10 / SFREQ_HZ)),
        (signal.signal_hjorth_complexity, 1.0),
        (signal.signal_zero_crossings, 79.0),
    ],
)
def test_a_sine_has_the_value_of_its_formula(feature, expected):
    found = feature(windows(sine(10, amplitude=2.0)))
    assert found.shape == (1, 1)
    assert found[0, 0] == pytest.approx(expected, abs=0.002)


def test_the_line_of_a_sine_is_four_amplitudes_a_period():
    assert signal.signal_line_length(windows(sine(1)))[0, 0] == pytest.approx(4 / SFREQ_HZ, rel=0.01)


def test_a_sine_decorrelates_after_a_quarter_of_its_period():
    assert signal.signal_decorrelation_time(windows(sine(2)))[0, 0] == pytest.approx(0.125, abs=0.01)


def test_what_never_decorrelates_has_no_time():
    slow = np.concatenate([np.zeros(2), np.ones(2)])
    assert np.isnan(signal.signal_decorrelation_time(windows(slow)))[0, 0]


def test_moments_are_those_of_scipy():
    np.testing.assert_allclose(signal.signal_skewness(windows(NOISE)), scipy.stats.skew(NOISE, axis=-1), rtol=1e-10)
    np.testing.assert_allclose(signal.signal_kurtosis(windows(NOISE)), scipy.stats.kurtosis(NOISE, axis=-1), rtol=1e-10)


def test_order_statistics_are_those_of_the_sorted_samples():
    ordered = np.sort(NOISE, axis=-1)
    np.testing.assert_array_equal(signal.signal_peak_to_peak(windows(NOISE)), ordered[..., -1] - ordered[..., 0])
    np.testing.assert_allclose(signal.signal_quantile(windows(NOISE), q=1.0), ordered[..., -1])
    np.testing.assert_allclose(signal.signal_quantile(windows(NOISE)), ordered[..., 249:251].mean(axis=-1))


@pytest.mark.parametrize(
    ("samples", "crossings"),
    [([1, 0, -1], 1), ([1, 0, 1], 0), ([1, -1, 1], 2), ([0, 0, 1, -1], 1), ([0, 0, 0], 0), ([-1, 0, 0, 2, 0], 1)],
)
def test_zeros_on_the_way_are_one_crossing(samples, crossings):
    assert signal.signal_zero_crossings(windows(samples))[0, 0] == crossings


def test_the_fast_filter_is_filtfilt():
    taps = signal.bandpass_taps(SFREQ_HZ, 8, 12)
    expected = scipy.signal.filtfilt(taps, [1.0], NOISE, padlen=499, axis=-1)
    np.testing.assert_allclose(signal.forward_backward(NOISE, taps), expected, atol=1e-12)


def test_the_envelope_of_a_modulated_sine_is_its_modulation():
    modulation = 1 + 0.5 * sine(1)
    found = signal.envelope(windows(modulation * sine(20))).data[0, 0]
    np.testing.assert_allclose(found[100:-100], modulation[100:-100], atol=0.01)
