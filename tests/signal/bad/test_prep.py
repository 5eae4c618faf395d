from __future__ import annotations

import mne
import numpy as np
import pytest
from pyprep import NoisyChannels

from eegmill.signal.bad import prep as prep_detectors
from eegmill.signal.bad.prep import usual_share
from eegmill.signal.bad.signals import signals_of
from signals_bads import raw_of, signals


def find(raw, *, seed=1, **options):
    notes = []
    detectors = prep_detectors.find(signals_of(raw, range(len(raw.ch_names))), seed=seed, notes=notes, **options)
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


def minute():
    """A minute at 100 Hz of channels that are all alike: a share of 0.01 is less than one of its windows."""
    data = 0.3 * signals(duration_s=60, sfreq_hz=100)
    return data + 2 * data[0]


def test_a_share_of_no_window_cannot_turn_where_no_window_is_near_its_limit():
    found = find(raw_of(minute(), sfreq_hz=100.0))[0]
    for kind in ("correlation", "dropout", "ransac"):
        assert found[f"prep {kind}"].scores["E3"] == 0
        assert found[f"prep {kind}"].uncertainties["E3"] == 0


def drowned(n_windows, correlation=0.0):
    """E4 for some windows of a second nothing but noise, or as much of another channel as the correlation says."""
    data = minute()
    noise = np.random.default_rng(5).standard_normal(100 * n_windows)
    other = data[3, 1000 : 1000 + len(noise)]
    data[3, 1000 : 1000 + len(noise)] = correlation * other + (1 - correlation**2) ** 0.5 * noise * other.std()
    return raw_of(data, sfreq_hz=100.0)


def test_one_window_that_a_second_less_would_take_is_a_doubt():
    found = find(drowned(1))[0]["prep correlation"]
    assert found.bad == ("E4",)
    assert found.scores["E4"] - found.uncertainties["E4"] <= found.limit


def test_many_windows_that_are_far_from_their_limit_are_no_doubt():
    found = find(drowned(20))[0]["prep correlation"]
    assert found.bad == ("E4",)
    assert found.scores["E4"] - found.uncertainties["E4"] > found.limit


def test_windows_that_lie_at_their_limit_can_turn():
    judged = prep_detectors._judged(signals_of(drowned(1), range(24)), seed=1, notes=[], outliers_only=False)
    correlations = judged.noisy._extra_info["bad_by_correlation"]["max_correlations"]
    correlations[2, :3] = 0.403
    assert judged.uncertainties("correlation", None)[2] == pytest.approx(3 / correlations.shape[1])
    correlations[2, :3] = 0.42
    assert judged.uncertainties("correlation", None)[2] == 0


def test_behind_a_robust_reference_a_score_is_as_sure_as_another_reference_leaves_it():
    raw = drowned(20, 0.4)
    alone, again = (find(raw, robust_reference=robust)[0]["prep correlation"] for robust in (False, True))
    assert alone.scores == again.scores
    assert again.uncertainties["E4"] > alone.uncertainties["E4"]


def test_a_small_amplitude_is_beyond_the_limit_too():
    data = minute() + 10 * minute()[0]
    data[5] *= 0.01
    found = find(raw_of(data, sfreq_hz=100.0))[0]["prep deviation"]
    assert "E6" in found.bad
    assert found.scores["E6"] > found.limit
