from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.steps.interpolate import Interpolate
from signals_bads import raw_of, signals


def interpolate(raw, bads, *, rank=None, **parameters):
    raw.info["bads"] = list(bads)
    return Interpolate(**parameters).apply(Recording(raw, rank=rank), seed=0)


def test_a_channel_is_rebuilt_from_the_others():
    data = signals()
    broken = data.copy()
    broken[3] = 0
    recording, decisions = interpolate(raw_of(broken), ["E4"])
    assert np.corrcoef(recording.raw.get_data()[3], data[3])[0, 1] > 0.9
    assert decisions.interpolated == recording.interpolated == ("E4",)
    assert recording.raw.info["bads"] == []


def test_good_channels_are_not_touched():
    data = signals()
    recording, _ = interpolate(raw_of(data.copy()), ["E4", "E9"])
    kept = [i for i in range(24) if i not in (3, 8)]
    np.testing.assert_array_equal(recording.raw.get_data()[kept], data[kept])


@pytest.mark.parametrize("bads", [["E4"], ["E4", "E9", "E10", "E17"]])
def test_mne_interpolates_the_same_with_the_same_parameters(bads):
    raw = raw_of(signals())
    raw.info["bads"] = bads
    theirs = raw.copy().interpolate_bads(origin=(0, 0, 0), verbose="error").get_data(picks=bads)
    ours = interpolate(raw, bads, regularization=1e-5, stiffness=4)[0].raw.get_data(picks=bads)
    assert np.linalg.norm(ours - theirs) < 1e-6 * np.linalg.norm(theirs)


def test_a_channel_without_a_position_stays_bad_and_is_told():
    raw = raw_of(signals())
    raw.info["chs"][3]["loc"][:3] = 0
    recording, decisions = interpolate(raw, ["E4", "E5"])
    assert recording.raw.info["bads"] == ["E4"]
    assert [(left.name, left.reason) for left in decisions.left_bad] == [("E4", "it has no position")]
    assert (decisions.applied, decisions.notes) == (True, ("E4 stays bad: it has no position",))


def test_three_good_channels_are_too_few():
    recording, decisions = interpolate(raw_of(signals(5)), ["E1", "E2"])
    assert recording.raw.info["bads"] == ["E1", "E2"]
    assert decisions.left_bad[0].reason.startswith("3 good channels")
    assert not decisions.applied
    assert decisions.why_not.startswith("E1 stays bad: 3 good channels")


def test_without_a_bad_channel_there_is_nothing_to_do():
    decisions = interpolate(raw_of(signals()), [])[1]
    assert (decisions.applied, decisions.why_not, decisions.notes) == (False, "", ("no channel is bad",))


def test_a_bad_eog_channel_stays_bad():
    raw = raw_of(signals())
    raw.set_channel_types({"E4": "eog"}, verbose="error")
    assert interpolate(raw, ["E4"])[0].raw.info["bads"] == ["E4"]


@pytest.mark.parametrize(("rank", "expected"), [(None, 22), (15, 15)])
def test_the_rank_does_not_rise(rank, expected):
    assert interpolate(raw_of(signals()), ["E4", "E5"], rank=rank)[0].rank == expected


def test_nothing_bad_means_nothing_done():
    data = signals()
    recording, decisions = interpolate(raw_of(data.copy()), [])
    np.testing.assert_array_equal(recording.raw.get_data(), data)
    assert decisions.interpolated == ()


def test_channels_interpolated_before_stay_listed():
    raw = raw_of(signals())
    raw.info["bads"] = ["E2"]
    recording, _ = Interpolate().apply(Recording(raw, interpolated=("E7",)), seed=0)
    assert recording.interpolated == ("E2", "E7")


@pytest.mark.parametrize("fraction", [0.1, 0.25])
def test_real_channels_are_rebuilt_better_than_by_mne(shared_data, fraction):
    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    raw.pick([name for name in raw.ch_names if not name.startswith("EOG")]).filter(1, None, verbose="error")
    bads = sorted(np.random.default_rng(0).choice(raw.ch_names, round(fraction * 30), replace=False))
    truth = raw.get_data(picks=bads)
    raw.info["bads"] = bads
    theirs = raw.copy().interpolate_bads(origin=(0, 0, 0), verbose="error").get_data(picks=bads)
    ours = interpolate(raw, bads)[0].raw.get_data(picks=bads)
    assert np.linalg.norm(ours - truth) < np.linalg.norm(theirs - truth)
