from __future__ import annotations

import mne
import numpy as np
import pytest
from pyprep import NoisyChannels

from eegmill.signal.bad import prep as prep_detectors
from eegmill.signal.bad.prep import usual_share
from eegmill.signal.bad.signals import signals_of
from signals_bads import raw_of, signals


def find(raw, *, seed=1):
    notes = []
    detectors = prep_detectors.find(signals_of(raw, range(len(raw.ch_names))), seed=seed, notes=notes)
    return {detector.name: detector for detector in detectors}, notes


def spoiled():
    data = signals()
    data[3] += np.random.default_rng(3).normal(scale=1e-4, size=4000)
    data[8] = 0
    return raw_of(data)


def test_each_detector_finds_what_pyprep_finds():
    noisy = NoisyChannels(spoiled(), random_state=1)
    with mne.use_log_level("error"):
        noisy.find_all_bads()
    theirs = noisy.get_bads(as_dict=True)
    for name, detector in find(spoiled())[0].items():
        assert set(detector.bad) == set(theirs["bad_by_" + name.removeprefix("prep ")])


def test_scores_lie_beyond_the_limit_where_a_channel_is_bad():
    found = find(spoiled())[0]
    assert found["prep flat"].bad == ("E9",)
    assert found["prep hf_noise"].scores["E4"] > 5


def test_without_a_position_there_is_no_ransac():
    found, notes = find(raw_of(signals(), located=False))
    assert found["prep ransac"].bad == ()
    assert notes == ["PREP's RANSAC not run: a channel has no position"]


def test_with_twelve_channels_there_is_no_ransac():
    assert "Too few channels" in find(raw_of(signals(12)))[1][0]


def test_noise_in_all_channels_leaves_none_to_predict_from():
    noise = np.random.default_rng(0).normal(scale=1e-5, size=(24, 4000))
    assert find(raw_of(noise))[1] == ["PREP's RANSAC not run: no channel is good by its other criteria"]


@pytest.mark.parametrize("raw", [raw_of(signals(3)), raw_of(signals(duration_s=2)), raw_of(signals(), sfreq_hz=80.0)])
def test_what_pyprep_cannot_test_is_noted(raw):
    found, notes = find(raw)
    assert found == {}
    assert notes == ["PREP not run: needs 4 channels, 5 s and 91 Hz"]


def test_discontinuities_are_noted():
    raw = raw_of(signals())
    raw.set_annotations(mne.Annotations([5.0], [0.0], ["boundary"]))
    assert "discontinuities" in find(raw)[1][0]


def test_shares_of_a_sparse_cap_are_usual() -> None:
    shares = np.array([0.0] * 10 + [0.016] * 4 + [0.033] * 4 + [0.098])
    assert shares[-2] < usual_share(shares, 61) < shares[-1]


def test_a_dense_cap_keeps_the_published_limit() -> None:
    shares = np.zeros(128)
    shares[:5] = 0.5
    assert usual_share(shares, 300) == 0.0


def test_more_windows_make_the_usual_share_narrower() -> None:
    shares = np.full(19, 0.02)
    assert 0.02 < usual_share(shares, 1000) < usual_share(shares, 60)
