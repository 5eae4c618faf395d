from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import sosfilt

from eegmill.signal.asr.calibration import block_samples, calibrate, eegprep_block_samples, shaping_filter
from signals_asr import background, burst


def calibrated(data, *, clean=None, cutoff=20.0, sfreq_hz=100.0):
    clean = np.ones(data.shape[1], dtype=bool) if clean is None else clean
    return calibrate(data, range(len(data)), clean=clean, sfreq_hz=sfreq_hz, cutoff=cutoff)


def test_a_tenth_of_bursts_hardly_moves_the_mixing_matrix():
    data = background()
    expected = calibrated(data).mixing_matrix
    moved = calibrated(burst(data, 3000, 3600)).mixing_matrix
    assert np.linalg.norm(moved - expected) < 0.3 * np.linalg.norm(expected)


def test_samples_that_are_not_clean_are_not_read():
    data = background()
    clean = np.ones(6000, dtype=bool)
    clean[3000:3600] = False
    broken = data.copy()
    broken[:, 3000:3600] = np.nan
    np.testing.assert_array_equal(
        calibrated(broken, clean=clean).mixing_matrix, calibrated(data, clean=clean).mixing_matrix
    )


def test_the_mixing_matrix_squared_is_near_the_covariance_of_the_shaped_signal():
    data = background(seconds=200)
    shaped = sosfilt(shaping_filter(100.0).sections(), data * 1e6, axis=1)
    squared = calibrated(data).mixing_matrix @ calibrated(data).mixing_matrix
    assert np.corrcoef(squared.ravel(), np.cov(shaped).ravel())[0, 1] > 0.98


def test_thresholds_grow_with_the_cutoff():
    data = background()
    lower, higher, highest = (calibrated(data, cutoff=cutoff).thresholds_uv for cutoff in (5, 10, 15))
    np.testing.assert_allclose(highest - higher, higher - lower)


@pytest.mark.parametrize("n_dependent", [1, 3])
def test_directions_without_signal_are_no_components(n_dependent):
    data = background()
    data[:n_dependent] = data[n_dependent : 2 * n_dependent]
    assert calibrated(data).components.shape == (8, 8 - n_dependent)


def test_the_components_of_an_average_reference_sum_to_zero():
    data = background()
    np.testing.assert_allclose(calibrated(data - data.mean(axis=0)).components.sum(axis=0), 0, atol=1e-6)


def test_float32_rounding_is_no_component():
    data = background()
    data = (data - data.mean(axis=0)).astype(np.float32).astype(np.float64)
    assert calibrated(data).components.shape == (8, 7)


def test_zeros_have_no_components():
    assert calibrated(np.zeros((4, 3000))).thresholds_uv.size == 0


@pytest.mark.parametrize("sfreq_hz", [20, 64, 80, 81, 100, 128, 250, 500, 1000, 5000])
def test_the_shaping_filter_is_stable_at_every_rate(sfreq_hz):
    assert np.abs(np.roots(shaping_filter(sfreq_hz).a)).max() < 1


@pytest.mark.parametrize(("channels", "samples", "expected"), [(30, 27496, 10), (64, 300000, 147), (1, 10, 10)])
def test_the_shape_of_the_data_fixes_the_block_size(channels, samples, expected):
    assert block_samples(channels, samples) == expected
    assert 8 * channels**2 * samples / expected <= 2**26


def test_the_block_size_of_eegprep_depends_on_its_memory_limit():
    assert [eegprep_block_samples(64, 300000, limit) for limit in (64, 512, 8192)] == [440, 55, 10]
