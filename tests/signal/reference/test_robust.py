from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.signal.reference.robust import mean_weights, outliers, without_trend
from eegmill.signal.sphere import directions, interpolation_matrix
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.reference import Reference
from signals_bads import places, raw_of, signals


def robust(raw):
    return Reference(to="robust").apply(Recording(raw), seed=1)


def with_noise(names=("E4",)):
    data = signals(32, seed=3)
    for name in names:
        data[int(name[1:]) - 1] += np.random.default_rng(1).normal(scale=5e-4, size=data.shape[1])
    return data


def test_a_noisy_channel_is_kept_out_of_the_average():
    clean, noisy = signals(32, seed=3), with_noise()
    recording, decisions = robust(raw_of(noisy.copy()))
    subtracted = noisy[0] - recording.raw.get_data()[0]
    assert "E4" in decisions.left_out
    assert np.std(subtracted - clean.mean(axis=0)) < 0.2 * np.std(noisy.mean(axis=0) - clean.mean(axis=0))


def test_channels_left_out_are_not_marked_bad():
    assert robust(raw_of(with_noise()))[0].raw.info["bads"] == []


def test_a_recording_of_noise_is_rejected():
    with pytest.raises(Rejected, match="of 24 channels noisy"):
        robust(raw_of(np.random.default_rng(0).standard_normal((24, 4000)) * 1e-5))


def test_the_weights_are_those_of_the_mean_after_interpolation():
    data = signals(16)
    units = directions(places(16))
    kept = [i for i in range(16) if i != 3]
    rebuilt = data.copy()
    rebuilt[3] = (interpolation_matrix(units[kept], units[[3]]) @ data[kept])[0]
    np.testing.assert_allclose(mean_weights(list(places(16)), {3}) @ data, rebuilt.mean(axis=0), rtol=1e-6, atol=1e-12)


def test_without_positions_the_noisy_are_left_out():
    np.testing.assert_allclose(mean_weights([None] * 4, {0}), [0, 1 / 3, 1 / 3, 1 / 3])


def test_loud_and_silent_channels_are_outliers():
    assert list(np.flatnonzero(outliers(np.array([10.0, 11, 9, 10.5, 9.5, 100, 0]), 5.0))) == [5, 6]


def test_a_drift_is_removed_before_channels_are_judged():
    drift = np.linspace(0, 1, 4000)
    assert np.abs(without_trend(drift, 200.0, [(0, 4000)])).max() < 2e-3


def test_pyprep_comes_to_the_same_reference_on_the_eeglab_sample(shared_data):
    pyprep = pytest.importorskip("pyprep")
    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    raw = CleanDrifts().apply(Recording(raw), seed=1)[0].raw.crop(0, 60)
    names = {"ref_chs": raw.ch_names, "reref_chs": raw.ch_names}
    theirs = pyprep.Reference(raw.copy(), names, random_state=1)
    with mne.use_log_level("error"):
        theirs.perform_reference()
    before = raw.get_data()[0]
    ours = before - robust(raw)[0].raw.get_data()[0]
    assert np.corrcoef(ours, theirs.reference_signal)[0, 1] > 0.98
