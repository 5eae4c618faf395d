from __future__ import annotations

import warnings

import mne
import numpy as np
import pytest
from mne_icalabel.iclabel import get_iclabel_features

from eegmill.recording import Recording
from eegmill.signal.ica.iclabel_features import (
    _merged,
    _resampled,
    autocorrelation,
    features,
    flat_positions,
    maps,
    spectrum,
)
from eegmill.steps.ica import Ica
from signals_ica import recording


def both(seconds, sfreq):
    """Features by mne-icalabel and ours, of an average-referenced recording with components in RMS microvolts."""
    raw = recording(6, seconds=seconds, sfreq=sfreq)
    raw._data -= raw._data.mean(axis=0)
    ica = Ica(fit_highpass_hz=None, max_iterations=3).apply(Recording(raw), seed=1)[0].ica
    mixing = ica.get_components()
    ica.unmixing_matrix_ *= np.sqrt(np.mean(mixing**2, axis=0))[:, None]
    with mne.use_log_level("error"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = get_iclabel_features(raw, ica)
    positions = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    return theirs, features(mixing, positions, lambda unmixing: unmixing @ (raw.get_data() * 1e6), sfreq)


@pytest.mark.parametrize(
    ("seconds", "sfreq"), [(20.0, 100.0), (20.0, 250.0), (3.5, 128.0), (12.3, 500.0), (0.9, 256.0)]
)
def test_the_features_are_those_of_mne_icalabel(seconds, sfreq):
    theirs, ours = both(seconds, sfreq)
    np.testing.assert_allclose(ours.topographies, theirs[0][:, :, 0].transpose(2, 0, 1), atol=1e-5)
    np.testing.assert_allclose(ours.spectra, theirs[1][0, :, 0].T, atol=1e-5)
    np.testing.assert_allclose(ours.autocorrelations, theirs[2][0, :, 0].T, atol=1e-5)


def test_the_vertex_is_the_middle_and_the_nose_lies_along_x():
    vertex, nose, right_ear = [0, 0, 0.1], [0, 0.1, 0], [0.1, 0, 0]
    x, y = flat_positions(np.array([vertex, nose, right_ear]))
    np.testing.assert_allclose(x, [0, 0.5 / 1.02, 0], atol=1e-12)
    np.testing.assert_allclose(y, [0, 0, 0.5 / 1.02], atol=1e-12)


def test_a_map_passes_through_its_electrodes():
    rng = np.random.default_rng(0)
    angles = rng.uniform(-1.2, 1.2, size=(20, 2))
    places = np.column_stack([np.sin(angles[:, 0]), np.sin(angles[:, 1]), np.ones(20)]) * 0.08
    front = places[:, [1]] / 0.08
    image = maps(front, places)[0]
    assert image[-6, 16] > 0.5
    assert image[5, 16] < -0.5
    assert np.abs(image).max() == 1


def test_two_electrodes_at_one_place_count_as_their_mean():
    places, values = _merged(np.array([0.1 + 0.1j, 0.2 + 0j, 0.1 + 0.1j]), np.array([[1.0], [5.0], [3.0]]))
    assert sorted(zip(places.real, values[:, 0], strict=True)) == [(0.1, 2.0), (0.2, 5.0)]


def test_a_sine_has_its_peak_at_its_frequency_and_lag():
    x = np.sin(2 * np.pi * 10 * np.arange(5000) / 250)
    assert np.argmax(spectrum(x, 250.0)) + 1 == 10
    np.testing.assert_allclose(autocorrelation(x, 250.0)[[0, 25, 50]], [1, 1, 1], atol=1e-3)


@pytest.mark.parametrize("sfreq_hz", [40, 50, 64, 99, 100, 128, 250])
def test_at_every_rate_a_second_of_lags_comes_in_hundredths(sfreq_hz):
    lags = np.cos(2 * np.pi * 4 * np.arange(sfreq_hz + 1) / sfreq_hz)
    resampled = _resampled(lags[None], sfreq_hz)[0]
    assert resampled.shape == (100,)
    np.testing.assert_allclose(resampled[10:90], np.cos(2 * np.pi * 4 * np.arange(11, 91) / 100), atol=0.05)


@pytest.mark.parametrize("x", [np.zeros(1000), np.ones(3)])
def test_degenerate_activations_give_finite_features(x):
    assert np.isfinite(spectrum(x, 100.0)).all()
    assert np.isfinite(autocorrelation(x, 100.0)).all()
