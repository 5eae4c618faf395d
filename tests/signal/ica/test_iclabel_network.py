from __future__ import annotations

import numpy as np
from mne_icalabel.iclabel import run_iclabel

from eegmill.signal.ica.iclabel_features import Features
from eegmill.signal.ica.iclabel_network import probabilities


def some_features(n=3):
    rng = np.random.default_rng(0)
    images, spectra, lags = rng.normal(size=(n, 32, 32)), rng.normal(size=(n, 100)), rng.normal(size=(n, 100))
    return Features(topographies=images, spectra=spectra, autocorrelations=lags)


def test_the_probabilities_are_those_of_mne_icalabel():
    features = some_features()
    theirs = run_iclabel(
        features.topographies.transpose(1, 2, 0)[:, :, None],
        features.spectra.T[None, :, None],
        features.autocorrelations.T[None, :, None],
        backend="onnx",
    )
    np.testing.assert_allclose(probabilities(features), theirs, atol=1e-6)


def test_a_mirrored_topography_has_the_same_label():
    given = some_features()
    mirrored = Features(given.topographies[:, :, ::-1], given.spectra, given.autocorrelations)
    np.testing.assert_allclose(probabilities(given), probabilities(mirrored), atol=1e-6)


def test_the_probabilities_are_the_same_bits_however_many_components_are_seen_at_once():
    whole = some_features(n=37)
    parts = (whole.topographies, whole.spectra, whole.autocorrelations)
    one_by_one = [probabilities(Features(*(part[i : i + 1] for part in parts))) for i in range(37)]
    np.testing.assert_array_equal(probabilities(whole), np.concatenate(one_by_one))
