from __future__ import annotations

import warnings

import numpy as np
from mne_icalabel.iclabel import iclabel_label_components
from signals_ica import recording

from eegmill.steps import Recording
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel_network import label_probabilities, probabilities


def test_the_probabilities_are_those_of_mne_icalabel():
    raw = recording(8)
    ica = Ica(fit_highpass_hz=None).apply(Recording(raw), seed=1)[0].ica
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = iclabel_label_components(raw, ica, backend="onnx")
    np.testing.assert_allclose(label_probabilities(raw, ica), theirs, atol=1e-6)


def test_a_mirrored_topography_has_the_same_label():
    rng = np.random.default_rng(0)
    maps, spectra, lags = (
        rng.normal(size=(32, 32, 1, 3)),
        rng.normal(size=(1, 100, 1, 3)),
        rng.normal(size=(1, 100, 1, 3)),
    )
    np.testing.assert_allclose(
        probabilities(maps, spectra, lags), probabilities(maps[:, ::-1], spectra, lags), atol=1e-6
    )
