"""What two channels have in common, against known couplings and delays."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from eegmill.features.bank import connectivity
from eegmill.features.bank.spectral import welch_spectrum
from eegmill.features.contract import Windows

SFREQ_HZ = 250.0
TIME = np.arange(5000) / SFREQ_HZ
ALPHA = {"alpha": (8, 12)}
rng = np.random.default_rng(6)
NOISE = rng.standard_normal((3, 4, 2500))


def windows(*channels):
    return Windows(np.array([channels], dtype=float), SFREQ_HZ)


def lagged(phase, frequency_hz=10):
    """Two oscillators, the first ahead by a phase."""
    wave = 2 * np.pi * frequency_hz * TIME
    return windows(np.cos(wave + phase), np.cos(wave))


def phases(given):
    return connectivity.phase_differences(given, bands=ALPHA)


def of_alpha(feature, given):
    return feature(given)["alpha"][0]


def test_correlations_are_those_of_numpy():
    found = connectivity.connectivity_temporal_correlation(Windows(NOISE, SFREQ_HZ))
    for window in range(3):
        expected = np.corrcoef(NOISE[window])[np.triu_indices(4, 1)]
        np.testing.assert_allclose(found[window], expected, rtol=1e-10)


def test_spectra_of_one_shape_are_correlated_whatever_their_size():
    given = windows(NOISE[0, 0], 7 * NOISE[0, 0], NOISE[0, 1])
    same, other, _ = connectivity.connectivity_spectral_correlation(welch_spectrum(given))[0]
    assert same == pytest.approx(1)
    assert other < 0.7


@pytest.mark.parametrize("delay", [-125, -40, 0, 40, 125])
def test_a_delayed_copy_correlates_at_its_delay(delay):
    noise = rng.standard_normal(3000)
    given = windows(noise[500:2500], noise[500 + delay : 2500 + delay])
    assert connectivity.connectivity_max_cross_correlation(given)[0, 0] == pytest.approx(1, abs=0.1)


def test_a_copy_delayed_by_more_does_not_correlate():
    noise = rng.standard_normal(3000)
    given = windows(noise[500:2500], noise[630:2630])
    assert connectivity.connectivity_max_cross_correlation(given)[0, 0] < 0.15


def test_the_cross_correlation_is_that_of_all_lags():
    x, y = (NOISE[0, i] / NOISE[0, i].std() for i in (0, 1))
    x, y = x - x.mean(), y - y.mean()
    lags = np.arange(-125, 126)
    sums = [np.dot(x[max(0, -lag) : 2500 - max(0, lag)], y[max(0, lag) : 2500 + min(0, lag)]) for lag in lags]
    found = connectivity.connectivity_max_cross_correlation(windows(x, y))
    assert found[0, 0] == pytest.approx(np.max(np.abs(sums) / (2500 - np.abs(lags))))


def test_coherence_is_that_of_scipy():
    shared = rng.standard_normal(50000)
    given = windows(shared + rng.standard_normal(50000), shared + rng.standard_normal(50000))
    freqs, expected = scipy.signal.coherence(*given.data[0], SFREQ_HZ, nperseg=1000)
    inside = (freqs >= 8) & (freqs < 12)
    found = of_alpha(connectivity.connectivity_magnitude_square_coherence, connectivity.coherency(given))
    assert found[0] == pytest.approx(expected[inside].mean())
    assert found[0] == pytest.approx(0.25, abs=0.05), "a quarter: half of the power of each is shared"


def test_the_imaginary_part_has_the_sign_of_the_delay():
    noise = rng.standard_normal(50010)
    early, late = noise[10:50010], noise[5:50005]
    given = connectivity.coherency(windows(early, late))
    assert of_alpha(connectivity.connectivity_imaginary_coherence, given)[0] < -0.9
    assert of_alpha(connectivity.connectivity_lagged_coherence, given)[0] < -0.9


def test_what_is_shared_without_delay_has_no_imaginary_part():
    shared = rng.standard_normal(50000)
    given = connectivity.coherency(windows(shared + rng.standard_normal(50000), shared))
    assert abs(of_alpha(connectivity.connectivity_imaginary_coherence, given)[0]) < 0.1


def test_short_windows_have_three_segments():
    given = Windows(NOISE[..., :500], SFREQ_HZ)
    values = connectivity.coherency(given).values
    assert np.isfinite(values).all()
    assert np.abs(values).max() <= 1
    assert np.abs(values).mean() < 0.9, "one segment would have a coherence of 1"


def test_one_segment_has_no_coherence():
    given = connectivity.coherency(Windows(NOISE[..., :500], SFREQ_HZ), segment_s=2.0)
    assert np.isnan(given.values).all()


def test_coupled_oscillators_are_locked():
    given = phases(lagged(np.pi / 2))
    assert of_alpha(connectivity.connectivity_phase_locking_value, given)[0] == pytest.approx(1, abs=0.02)
    assert of_alpha(connectivity.connectivity_phase_lag_index, given)[0] == pytest.approx(1, abs=0.02)
    assert of_alpha(connectivity.connectivity_weighted_phase_lag_index, given)[0] == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(of_alpha(connectivity.connectivity_directed_phase_lag_index, given), [1, 0], atol=0.02)
    ciplv = connectivity.connectivity_corrected_imaginary_phase_locking_value
    assert of_alpha(ciplv, given)[0] == pytest.approx(1, abs=0.02)
    assert of_alpha(ciplv, phases(lagged(-np.pi / 2)))[0] == pytest.approx(-1, abs=0.02)


def test_the_corrected_value_is_near_one_for_a_small_constant_lag_too():
    given = phases(lagged(0.3))
    found = of_alpha(connectivity.connectivity_corrected_imaginary_phase_locking_value, given)[0]
    assert found == pytest.approx(1, abs=0.05)


def test_independent_noise_is_hardly_locked():
    given = phases(windows(*rng.standard_normal((2, 50000))))
    for name in ("phase_locking_value", "phase_lag_index", "weighted_phase_lag_index"):
        assert of_alpha(getattr(connectivity, f"connectivity_{name}"), given)[0] < 0.2


def test_phase_measures_are_those_of_their_formulas():
    filtered = connectivity.forward_backward(NOISE, connectivity.bandpass_taps(SFREQ_HZ, 8, 12))
    phase = np.angle(scipy.signal.hilbert(filtered, axis=-1))
    i, j = np.triu_indices(4, 1)
    difference = phase[:, i] - phase[:, j]
    given = connectivity.phase_differences(Windows(NOISE, SFREQ_HZ), bands=ALPHA)
    sine = np.sin(difference)
    expected = {
        "phase_locking_value": np.abs(np.exp(1j * difference).mean(-1)),
        "phase_lag_index": np.abs(np.sign(sine).mean(-1)),
        "weighted_phase_lag_index": np.abs(sine.mean(-1)) / np.abs(sine).mean(-1),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(connectivity, f"connectivity_{name}")(given)["alpha"], values, rtol=1e-8)
