from __future__ import annotations

import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.signal.ica.physiological_correlation import correlations, pearson
from eegmill.steps.ica import Ica
from signals_ica import annotate, recording


def with_eog():
    raw = recording(6, seconds=30.0, sfreq=200.0)
    raw.set_channel_types({"Fp1": "eog", "Fp2": "ecg"}, verbose="error")
    ica = Ica(fit_highpass_hz=None).apply(Recording(raw), seed=1)[0].ica
    raw._data[:2] = 1e-5 * ica.get_sources(raw).get_data()[[1, 3]]
    return raw, ica


def test_a_component_correlates_with_the_channel_it_comes_from():
    raw, ica = with_eog()
    table = np.array([[found.r for found in row] for row in correlations(raw, ica)])
    assert np.abs(table).argmax(axis=0).tolist() == [1, 3]
    np.testing.assert_allclose(table[[1, 3], [0, 1]], 1, atol=1e-6)


@pytest.mark.parametrize("spoil", ["bad", "nan"])
def test_bad_and_broken_channels_are_left_out(spoil):
    raw, ica = with_eog()
    if spoil == "bad":
        raw.info["bads"] = ["Fp1"]
    else:
        raw._data[0, 5] = np.nan
    assert [found.channel for found in correlations(raw, ica)[0]] == ["Fp2"]


def test_bad_segments_do_not_count_unless_nothing_else_is_left():
    raw, ica = with_eog()
    raw._data[0, 1000:3000] = 1e-2 * np.random.default_rng(0).standard_normal(2000)
    annotate(raw, 2.0, 16.0, "BAD_burst")
    assert correlations(raw, ica)[1][0].r > 0.99
    annotate(raw, 0.0, 30.0, "BAD_all")
    assert abs(correlations(raw, ica)[1][0].r) < 0.9


def test_a_constant_signal_correlates_with_nothing():
    np.testing.assert_array_equal(pearson(np.ones((1, 5)), np.arange(10.0).reshape(2, 5)), [[0, 0]])
