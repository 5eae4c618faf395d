"""Scaling by the interquartile range: the samples then have no unit, and what is written says so."""

from __future__ import annotations

import mne
import numpy as np
import pytest

import eegmill
from eegmill.config.recipes import load_recipe
from eegmill.derivative.brainvision import write_brainvision
from eegmill.derivative.channels import channel_rows
from eegmill.errors import ConfigurationError
from eegmill.steps.robust_scale import RobustScale
from signals_signal import apply, noise


def scaled_by_scikit_learn(raw: mne.io.BaseRaw) -> np.ndarray:
    from sklearn.preprocessing import RobustScaler

    return RobustScaler().fit_transform(raw.get_data().T).T


def test_it_is_the_robust_scaler_of_scikit_learn():
    raw = noise(4)
    theirs = scaled_by_scikit_learn(raw)
    ours = apply(RobustScale(), raw.copy())[0].raw.get_data()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_what_is_far_out_is_clamped_and_counted():
    raw = noise(4)
    raw._data[1, 50:150] = 1e-2
    scaled, decisions = apply(RobustScale(clamp=20.0), raw)
    assert scaled.raw.get_data().max() == 20.0
    assert decisions.clamped_fraction == pytest.approx(100 / raw.get_data().size)


def test_the_record_tells_the_way_back_to_volts():
    raw = noise(4)
    before = raw.get_data()
    scaled, decisions = apply(RobustScale(), raw)
    median, iqr = (np.array([[getattr(c, key)] for c in decisions.channels]) for key in ("median_uv", "iqr_uv"))
    np.testing.assert_allclose(1e-6 * (scaled.raw.get_data() * iqr + median), before, rtol=0, atol=1e-15)


def test_a_channel_that_stands_still_is_not_divided():
    raw = noise(4)
    raw._data[2] = 3e-6
    np.testing.assert_array_equal(apply(RobustScale(), raw)[0].raw.get_data()[2], 0.0)


def test_channels_that_are_no_eeg_and_those_with_nan_stay_as_they_are():
    raw = noise(4).set_channel_types({"F3": "eog"}, verbose="error")
    raw._data[0, 5] = np.nan
    before = raw.get_data()
    scaled, decisions = apply(RobustScale(), raw)
    np.testing.assert_array_equal(scaled.raw.get_data()[[0, 2]], before[[0, 2]])
    assert decisions.skipped_channels == ("Fp1",)


def test_what_is_written_has_no_unit(tmp_path):
    raw = noise(4).set_channel_types({"F3": "eog"}, verbose="error")
    recording = apply(RobustScale(), raw)[0]
    assert [row["units"] for row in channel_rows(recording)] == ["n/a", "n/a", "µV", "n/a"]
    write_brainvision(recording.raw, tmp_path, "scaled")
    stored = np.fromfile(tmp_path / "scaled.eeg", dtype="<f4").reshape(-1, 4).T
    np.testing.assert_allclose(stored[0], recording.raw.get_data()[0], rtol=1e-6)
    np.testing.assert_allclose(stored[2], 1e6 * recording.raw.get_data()[2], rtol=1e-6)


def test_the_record_notes_that_the_unit_is_gone():
    assert any("no unit" in note for note in eegmill.clean(noise(4), ["robust_scale"]).record.notes)


@pytest.mark.parametrize("step", ["bad_channels", "reference", {"annotate": {}}])
def test_nothing_but_epochs_may_follow(step):
    with pytest.raises(ConfigurationError, match="samples are no longer in volts"):
        load_recipe(["robust_scale", step])
    assert load_recipe(["robust_scale", {"epochs": {}}]).steps


def test_the_recipe_neuralbench_gives_what_neuralbench_computes():
    """Their calls of MNE and scikit-learn, in their order (neuralset 0.4.0, ``MneRaw._preprocess_raw``)."""
    raw = noise(4, seconds=90.0, sfreq=250.0)
    theirs = raw.copy().notch_filter([50.0, 100.0, 60.0, 120.0], phase="zero", filter_length="auto", verbose="error")
    theirs.filter(0.1, 75.0, verbose="error").resample(120.0, verbose="error")
    scaled = np.clip(scaled_by_scikit_learn(theirs), -20.0, 20.0)
    ours = eegmill.clean(raw, "neuralbench").raw
    assert isinstance(ours, mne.io.BaseRaw)
    inside = slice(240, -240)
    np.testing.assert_allclose(ours.get_data()[:, inside], scaled[:, inside], rtol=0, atol=2e-3)
