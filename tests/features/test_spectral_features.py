"""Features of the spectrum, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.features.bank import spectral
from eegmill.features.bank.spectral import Spectrum, normalized_spectrum, welch_spectrum
from eegmill.features.contract import Windows
from known_signals import SFREQ_HZ, power_law, sine, spectrum_of


def flat_spectrum(low=1.0, high=40.0):
    freqs = np.arange(low, high + 0.125, 0.25)
    return Spectrum(freqs, np.ones((1, 1, freqs.size)), (low, high))


def test_the_sum_of_the_spectrum_times_its_step_is_the_variance():
    spectrum = spectrum_of(sine(10))
    assert spectral.spectral_hjorth_activity(spectrum)[0, 0] * 0.25 == pytest.approx(0.5, rel=1e-3)
    assert spectral.spectral_root_total_power(spectrum)[0, 0] == pytest.approx(np.sqrt(2), rel=1e-3)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (spectral.spectral_moment, 10.0),
        (spectral.spectral_hjorth_mobility, 10.0),
        (spectral.spectral_hjorth_complexity, 1.0),
        (spectral.spectral_edge, 10.0),
        (spectral.spectral_peak_frequency, 10.0),
    ],
)
def test_a_sine_is_at_its_frequency(feature, expected):
    assert feature(normalized_spectrum(spectrum_of(sine(10))))[0, 0] == pytest.approx(expected, abs=0.25)


def test_the_peak_is_looked_for_within_a_range():
    spectrum = spectrum_of(3 * sine(6) + sine(20))
    assert spectral.spectral_peak_frequency(spectrum)[0, 0] == 6
    assert spectral.spectral_peak_frequency(spectrum, freq_range=(15, 30))[0, 0] == 20
    assert np.isnan(spectral.spectral_peak_frequency(spectrum, freq_range=(200, 300)))[0, 0]


def test_the_entropy_of_a_flat_spectrum_is_the_logarithm_of_its_length():
    spectrum = flat_spectrum()
    assert spectral.spectral_entropy(normalized_spectrum(spectrum))[0, 0] == pytest.approx(np.log(157))


def test_the_edge_of_a_flat_spectrum_is_at_nine_tenths():
    assert spectral.spectral_edge(normalized_spectrum(flat_spectrum(1, 41)))[0, 0] == pytest.approx(37, abs=0.3)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_the_slope_of_power_law_noise_is_its_exponent(exponent):
    found = spectral.spectral_slope(spectrum_of(power_law(exponent), f_max=100.0))["exp"][0, 0]
    assert found * np.log(10) / 10 == pytest.approx(-exponent, abs=0.05)


def test_the_power_of_a_sine_is_in_its_band():
    found = spectral.spectral_bands_power(spectrum_of(sine(10)), scale="normalized")
    assert {band: round(float(values[0, 0]), 3) for band, values in found.items()} == {
        "delta": 0,
        "theta": 0,
        "alpha": 1,
        "beta": 0,
    }


def test_a_band_that_the_passband_cuts_has_no_power():
    found = spectral.spectral_bands_power(spectrum_of(sine(10), f_min=2.0, f_max=20.0))
    assert [band for band, values in found.items() if np.isnan(values).all()] == ["delta", "beta"]


def test_a_recording_without_high_pass_begins_at_two_periods():
    windows = Windows(sine(10).reshape(1, 1, -1), SFREQ_HZ, highpass_hz=0.0, lowpass_hz=40.0)
    assert welch_spectrum(windows).covers == (0.1, 40.0)


def test_a_window_shorter_than_a_segment_is_one_segment():
    spectrum = spectrum_of(sine(10, seconds=2.0))
    assert np.diff(spectrum.freqs_hz) == pytest.approx(0.5)
