from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.steps.bad_channels import BadChannels
from eegmill.steps.clean_drifts import CleanDrifts
from signals_bads import raw_of, signals

METHODS = ["clean_rawdata", "clean_rawdata_nolocs", "prep"]


def detect(raw, *, rank=None, seed=1, **parameters):
    return BadChannels(**parameters).apply(Recording(raw, rank=rank), seed=seed)


def bad_names(decisions):
    return [channel.name for channel in decisions.bad_channels]


def with_fault(name, n=3):
    data = signals()
    rng = np.random.default_rng(3)
    fault = {
        "dead": np.zeros(4000),
        "constant": np.full(4000, 4e-5),
        "nearly silent": 1e-9 * rng.standard_normal(4000),
        "noisy": data[n] + 1e-4 * rng.standard_normal(4000),
        "saturated": np.clip(data[n], -1e-5, 1e-5),
        "dropout": np.where(np.arange(4000) < 2000, 0, data[n]),
    }
    data[n] = fault[name]
    return data


@pytest.mark.parametrize("method", METHODS[:2])
def test_good_channels_stay_good(method):
    assert bad_names(detect(raw_of(signals()), method=method)[1]) == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["dead", "constant", "nearly silent", "noisy", "saturated", "dropout"])
def test_a_faulty_channel_is_found_with_a_reason(method, fault):
    recording, decisions = detect(raw_of(with_fault(fault)), method=method)
    assert "E4" in recording.raw.info["bads"]
    assert {channel.name: channel.reasons for channel in decisions.bad_channels}["E4"]


@pytest.mark.parametrize("method", METHODS)
def test_a_detector_scores_every_channel(method):
    for detector in detect(raw_of(with_fault("noisy")), method=method)[1].detectors:
        assert set(detector.bad) <= set(detector.scores)
        assert len(detector.scores) == 24


def test_the_decisions_are_plain_json():
    data = signals()
    data[3] = np.tile([-1e-5, 1e-5], 2000)
    assert detect(raw_of(data))[1].model_dump_json()


@pytest.mark.parametrize("method", METHODS)
def test_a_channel_with_missing_samples_is_bad_and_the_others_are_judged(method):
    data = signals(12)
    data[2, 50], data[5] = np.nan, 0.0
    decisions = detect(raw_of(data), method=method)[1]
    assert {"E3", "E6"} <= set(bad_names(decisions))
    assert "1 samples are NaN" in [reason for bad in decisions.bad_channels for reason in bad.reasons]


def test_of_bridged_channels_one_is_kept():
    data = signals()
    data[[9, 15]] = data[4]
    recording, decisions = detect(raw_of(data), method="clean_rawdata_nolocs")
    assert recording.raw.info["bads"] == ["E10", "E16"]
    assert [bridge.channels for bridge in decisions.bridges] == [("E5", "E10"), ("E5", "E16"), ("E10", "E16")]


def test_bridges_are_not_sought_where_not_wanted():
    data = signals()
    data[9] = data[4]
    assert detect(raw_of(data), method="clean_rawdata_nolocs", bridges=False)[1].bridges == ()


def test_without_positions_another_method_is_used_and_told():
    decisions = detect(raw_of(with_fault("noisy"), located=False))[1]
    assert decisions.method == "clean_rawdata_nolocs"
    assert "24 of 24 channels have no position" in decisions.notes[0]


def test_channels_without_a_position_are_exempt_from_ransac():
    raw = raw_of(signals())
    raw.info["chs"][3]["loc"][:3] = np.nan
    decisions = detect(raw)[1]
    assert "E4" not in {d.name: d for d in decisions.detectors}["ransac"].scores
    assert "E4" in decisions.notes[0]


def test_channels_bad_before_are_left_out():
    raw = raw_of(signals())
    raw.info["bads"] = ["E5"]
    assert "E5" not in detect(raw)[1].detectors[0].scores


def test_other_channel_types_are_left_alone():
    data = signals()
    data[3] = 0
    raw = raw_of(data)
    raw.set_channel_types({"E4": "eog"}, verbose="error")
    assert detect(raw)[0].raw.info["bads"] == []


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_is_that_of_eegprep_whatever_the_step_is_given(seed):
    assert detect(raw_of(signals()), seed=seed)[1] == detect(raw_of(signals()), seed=7)[1]


def test_the_seed_of_the_step_is_used_on_request():
    scores = [
        {
            d.name: d
            for d in detect(raw_of(signals(8 * 3, seed=2)), seed=seed, ransac_seed=None, correlation=0.99)[1].detectors
        }["ransac"].scores
        for seed in (1, 2)
    ]
    assert scores[0] != scores[1]


@pytest.mark.parametrize("data", [np.zeros((24, 4000)), np.ones((24, 4000)), np.tile(signals(1), (24, 1))])
def test_a_recording_without_signal_is_rejected_with_the_numbers(data):
    with pytest.raises(Rejected, match=r"2[34] of 24 EEG channels are bad, .* 0\.75"):
        detect(raw_of(data))


@pytest.mark.parametrize("n_channels", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("method", METHODS)
def test_what_few_channels_cannot_tell_is_noted(n_channels, method):
    assert any(
        "needed" in note or "not" in note for note in detect(raw_of(signals(n_channels)), method=method)[1].notes
    )


@pytest.mark.parametrize("method", METHODS)
def test_two_seconds_are_judged_by_one_window(method):
    notes = detect(raw_of(signals(duration_s=2)), method=method)[1].notes
    assert any("5 s" in note or "epochs of 2 s" in note for note in notes)


@pytest.mark.parametrize("rate_hz", [64.0, 100.0, 101.0, 128.5, 1000.0])
@pytest.mark.parametrize("method", METHODS)
def test_any_rate_will_do(method, rate_hz):
    data = signals(sfreq_hz=rate_hz, duration_s=12)
    data[3] = 0
    assert "E4" in bad_names(detect(raw_of(data, sfreq_hz=rate_hz), method=method)[1])


def test_noise_that_a_low_rate_cannot_hold_is_noted():
    assert "64 Hz" in detect(raw_of(signals(sfreq_hz=64.0), sfreq_hz=64.0))[1].notes[0]


def test_noise_that_a_filter_removed_is_not_compared():
    raw = raw_of(signals())
    with raw.info._unlock():
        raw.info["lowpass"] = 30.0
    assert detect(raw)[1].notes == ("noise above 50 Hz not tested: the recording ends at 30 Hz",)


def test_a_pause_is_left_out_and_noted():
    data = signals()
    data[:, 1000:2000] = 0
    decisions = detect(raw_of(data), method="clean_rawdata_nolocs")[1]
    assert bad_names(decisions) == []
    assert decisions.notes[0].startswith("5 s")


def test_windows_stay_between_discontinuities():
    raw = raw_of(signals())
    raw.set_annotations(mne.Annotations([5.0, 5.005, 12.0], [0, 0, 0], ["boundary"] * 3))
    assert len(detect(raw, method="clean_rawdata_nolocs")[1].bad_channels) == 0


def test_the_rank_never_exceeds_the_good_channels():
    assert detect(raw_of(with_fault("dead")), rank=24)[0].rank == 23


def test_units_play_no_part():
    plain, tiny = (detect(raw_of(with_fault("noisy") * factor))[1] for factor in (1, 1e-6))
    assert bad_names(plain) == bad_names(tiny) == ["E4"]


def test_the_signal_is_not_changed():
    raw = raw_of(with_fault("noisy"))
    before = raw.get_data()
    np.testing.assert_array_equal(detect(raw)[0].raw.get_data(), before)


def test_eegprep_finds_the_same_on_the_eeglab_sample(shared_data):
    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    drifts_removed, _ = CleanDrifts().apply(Recording(raw), seed=1)
    assert bad_names(BadChannels().apply(drifts_removed, seed=1)[1]) == ["EOG1", "T8"]


def low_passed(noisy, share):
    """Nothing above 45 Hz but a little rounding, and white noise on one channel."""
    raw = raw_of(signals()).filter(None, 45.0, l_trans_bandwidth="auto", h_trans_bandwidth=5.0, verbose="error")
    rng = np.random.default_rng(1)
    raw._data += 1e-11 * rng.standard_normal(raw._data.shape)
    raw._data[noisy] += share * raw._data[noisy].std() * rng.standard_normal(raw.n_times)
    raw.set_annotations(None)
    with raw.info._unlock():
        raw.info["lowpass"] = raw.info["sfreq"] / 2
    return raw


def test_noise_where_a_filter_left_nothing_to_the_others_is_found():
    decisions = detect(low_passed(3, 0.5), method="clean_rawdata_nolocs", noise_band="measured")[1]
    assert {one.name: one.reasons for one in decisions.bad_channels}["E4"][0].startswith("noisiness")


def test_the_rounding_that_a_filter_leaves_makes_no_channel_noisy():
    decisions = detect(low_passed(3, 1e-4), method="clean_rawdata_nolocs", noise_band="measured")[1]
    assert bad_names(decisions) == []
    assert "as behind a filter" in " ".join(decisions.notes)


def test_a_loud_channel_predicts_no_other():
    data = signals()
    data[3] *= 30
    detectors = detect(raw_of(data), loud_sd=5.0)[1].detectors
    scored = {detector.name: set(detector.scores) for detector in detectors}
    assert "E4" in scored["loudness"]
    assert "E4" not in scored["ransac"]


def test_the_loudness_of_few_channels_is_not_compared():
    assert any("amplitudes not compared" in note for note in detect(raw_of(signals(5)), loud_sd=5.0)[1].notes)
