from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.steps.autoreject import Autoreject
from eegmill.steps.epochs import Epochs
from signals_ica import recording


def epoched(raw):
    return Epochs(length_s=1.0).apply(Recording(raw), seed=1)[0]


def with_faults():
    """40 epochs: all channels burst in epoch 7, one channel in epoch 20."""
    raw = recording(12, seconds=40.0, seed=3)
    rng = np.random.default_rng(5)
    raw._data[:, 700:800] += 2e-3 * rng.standard_normal((12, 100))
    raw._data[4, 2000:2100] += 2e-3 * rng.standard_normal(100)
    return epoched(raw)


def test_the_global_limit_drops_both_faulty_epochs():
    cleaned, decisions = Autoreject(method="global").apply(with_faults(), seed=1)
    assert {entry.index for entry in decisions.epochs if entry.bad} >= {7, 20}
    assert 40 > len(cleaned.epochs) == decisions.kept > 30


def test_the_local_limits_drop_the_one_and_repair_the_other():
    case = with_faults()
    cleaned, decisions = Autoreject(method="local", n_interpolate=(1, 2)).apply(case, seed=1)
    log = {entry.index: entry for entry in decisions.epochs}
    assert log[7].bad
    assert "C3" in log[20].interpolated
    position = [index for index in range(40) if not (index in log and log[index].bad)].index(20)
    assert np.ptp(cleaned.epochs.get_data(picks=["C3"])[position]) < np.ptp(case.epochs.get_data(picks=["C3"])[20]) / 5


def test_ransac_interpolates_a_channel_that_no_other_predicts():
    raw = recording(12, seconds=20.0)
    common = 1e-4 * np.sin(2 * np.pi * 7 * raw.times)
    raw._data[:] = 0.02 * raw._data + common
    raw._data[5] = 1e-4 * np.random.default_rng(2).standard_normal(raw.n_times)
    cleaned, decisions = Autoreject(method="ransac").apply(epoched(raw), seed=1)
    assert decisions.found.ransac_channels == ("C4",)
    repaired = cleaned.epochs.get_data(picks=["C4"]).ravel()
    assert np.corrcoef(repaired, np.tile(common[:100], 20)[: repaired.size])[0, 1] > 0.9


@pytest.mark.parametrize("method", ["local", "ransac"])
def test_a_channel_without_position_is_left_out_and_the_others_are_cleaned(method):
    raw = recording(12, seconds=20.0)
    raw.info["chs"][3]["loc"][:3] = np.nan
    case = epoched(raw)
    cleaned, decisions = Autoreject(method=method, n_interpolate=(1,), folds=3).apply(case, seed=1)
    assert (decisions.applied, decisions.left_out) == (True, ("F4",))
    bad = [entry.index for entry in decisions.epochs if entry.bad]
    untouched = np.delete(case.epochs.get_data(picks=["F4"]), bad, axis=0)
    np.testing.assert_array_equal(cleaned.epochs.get_data(picks=["F4"]), untouched)


def test_channels_that_were_bad_before_stay_bad():
    raw = recording(12, seconds=20.0)
    raw.info["bads"] = ["O1"]
    for method in ("global", "local", "ransac"):
        cleaned, _ = Autoreject(method=method, n_interpolate=(1,), folds=3).apply(epoched(raw), seed=1)
        assert cleaned.epochs.info["bads"] == ["O1"]


@pytest.mark.parametrize("method", ["global", "local", "ransac"])
def test_two_runs_with_one_seed_are_identical(method):
    results = [Autoreject(method=method, n_interpolate=(1,)).apply(with_faults(), seed=4) for _ in range(2)]
    assert results[0][1] == results[1][1]
    assert results[0][0].epochs.get_data().tobytes() == results[1][0].epochs.get_data().tobytes()


@pytest.mark.parametrize(
    ("raw", "method", "words"),
    [
        (recording(8, seconds=4.0), "local", "4 epochs are too few"),
        (recording(8, located=False), "local", "positions are missing"),
        (recording(2), "ransac", "2 good EEG channels"),
    ],
)
def test_what_hinders_a_method_is_recorded(raw, method, words):
    case = epoched(raw)
    same, decisions = Autoreject(method=method).apply(case, seed=1)
    assert words in decisions.why_not
    assert same.epochs is case.epochs


def test_a_good_channel_with_nan_is_refused_by_name():
    case = epoched(recording(8))
    case.epochs._data[3, 2, 5] = np.nan
    with pytest.raises(Rejected, match="infinity in F3"):
        Autoreject().apply(case, seed=1)


def test_without_epochs_the_recording_is_rejected():
    with pytest.raises(Rejected, match="no epochs"):
        Autoreject().apply(Recording(recording(4)), seed=1)


@pytest.mark.parametrize("method", ["global", "local", "ransac"])
def test_autoreject_prints_nothing_and_warns_of_nothing(method, capsys, recwarn):
    Autoreject(method=method, n_interpolate=(1,)).apply(with_faults(), seed=1)
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list
