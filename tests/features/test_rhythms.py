"""Aperiodic fit, individual alpha, gamma, asymmetry and permutation entropy, against closed forms."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from eegmill.features.bank.aperiodic import aperiodic_fit
from eegmill.features.bank.asymmetry import asymmetry_bands_power
from eegmill.features.bank.complexity import complexity_permutation_entropy
from eegmill.features.bank.spectral import (
    Spectrum,
    spectral_gamma_power,
    spectral_individual_alpha,
    welch_spectrum,
)
from eegmill.features.contract import Windows
from known_signals import SFREQ_HZ, power_law, sine, spectrum_of

FREQS_HZ = np.arange(1.0, 45.25, 0.25)


def spectrum(power):
    return Spectrum(FREQS_HZ, np.asarray(power).reshape(1, -1, FREQS_HZ.size), (0.5, 50.0))


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.7])
def test_the_exponent_under_a_peak_is_found(exponent):
    rhythm = np.exp(0.8 * np.exp(-0.5 * ((FREQS_HZ - 10) / 1.5) ** 2) * log(10))
    found = aperiodic_fit(spectrum(1e-11 * FREQS_HZ**-exponent * rhythm))
    assert found["exponent"][0, 0] == pytest.approx(exponent, abs=0.03)
    assert found["offset"][0, 0] == pytest.approx(-11, abs=0.05)
    assert found["r_squared"][0, 0] > 0.99


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_the_exponent_of_power_law_noise_is_found(exponent):
    found = aperiodic_fit(spectrum_of(1e-6 * power_law(exponent), f_min=2, f_max=45))
    assert found["exponent"][0, 0] == pytest.approx(exponent, abs=0.1)


def test_a_spectrum_that_is_zero_somewhere_has_no_fit():
    found = aperiodic_fit(spectrum(np.zeros(FREQS_HZ.size)))
    assert np.isnan(found["exponent"]).all()


def test_alpha_is_where_its_peak_is():
    found = spectral_individual_alpha(spectrum_of(sine(9.5) + 0.01 * power_law(1.0, 20.0)))
    assert found["peak"][0, 0] == pytest.approx(9.5, abs=0.25)
    assert found["gravity"][0, 0] == pytest.approx(9.5, abs=0.3)


def test_a_slope_alone_has_no_alpha_peak():
    found = spectral_individual_alpha(spectrum(FREQS_HZ**-1.5))
    assert np.isnan(found["peak"][0, 0])
    inside = FREQS_HZ[(FREQS_HZ >= 7) & (FREQS_HZ <= 13)]
    assert found["gravity"][0, 0] == pytest.approx((inside**-0.5).sum() / (inside**-1.5).sum())


def test_gamma_is_the_sum_of_its_band_and_needs_the_passband():
    flat = spectrum(np.ones(FREQS_HZ.size))
    assert spectral_gamma_power(flat)[0, 0] == 60
    assert np.isnan(spectral_gamma_power(flat, high_hz=60.0)).all()


def test_asymmetry_is_right_minus_left_in_logarithms():
    x = np.stack([sine(10), 2 * sine(10), 3 * sine(10)])[None]
    found = asymmetry_bands_power(welch_spectrum(Windows(x, SFREQ_HZ)))["alpha"][0]
    np.testing.assert_allclose(found, [2 * log(2), 2 * log(3), 2 * log(1.5)], rtol=1e-6)


def entropy(x, **parameters):
    return complexity_permutation_entropy(Windows(np.asarray(x, float).reshape(1, 1, -1), 100.0), **parameters)[0, 0]


def test_the_permutation_entropy_of_the_first_example_of_its_authors():
    assert entropy([4, 7, 9, 10, 6, 11, 3], normalize=False) == pytest.approx(1.5219 * log(2), abs=1e-4)
    assert entropy([4, 7, 9, 10, 6, 11, 3], order=2, normalize=False) == pytest.approx(0.9183 * log(2), abs=1e-4)


def test_a_line_has_no_permutation_entropy_and_noise_all_of_it():
    assert entropy(np.arange(100.0)) == 0
    assert entropy(np.random.default_rng(1).standard_normal(20_000)) == pytest.approx(1, abs=1e-3)


def test_the_permutation_entropy_of_random_phases_is_that_of_antropy():
    antropy = pytest.importorskip("antropy")
    x = np.random.default_rng(3).standard_normal(500).cumsum()
    assert entropy(x, order=4, delay=2) == pytest.approx(antropy.perm_entropy(x, 4, 2, normalize=True), rel=1e-9)
