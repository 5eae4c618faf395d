from __future__ import annotations

from pathlib import Path

import mne
import numpy as np
import pytest

from eegmill.signal.faults.criterion import Criterion
from eegmill.signal.faults.cuts import Cut, _without_echoes, at_once, cuts, isolation
from eegmill.signal.faults.held import standing_still
from eegmill.testing.recordings import raw_eeg, scalp_eeg

SAMPLE = Path(__file__).parents[3] / "src/eegmill/sample/eegmill-sample"
NO_EEG = ["EEG A2-A1", "ECG ECG"]
DATA = mne.filter.filter_data(scalp_eeg(10, duration_s=30.0), 200.0, None, 30.0, verbose="error")


def found_in(data):
    raw, picks = raw_eeg(data.copy()), range(len(data))
    return [cut.sample for cut in cuts(raw, picks, standing_still(raw, picks))]


def test_a_cut_is_where_the_signal_goes_on_at_another_moment():
    assert found_in(np.delete(DATA, np.s_[2000:2700], axis=1)) == [2000]


def test_continuous_eeg_has_no_cut():
    assert found_in(DATA) == []


def cut_at_half_the_rate(subject, at_s, cut_s):
    """A recording of the sample, behind a low-pass, at 250 Hz, with a cut: as it is, and with a hundredth of noise."""
    path = SAMPLE / f"sub-{subject}" / "eeg" / f"sub-{subject}_task-arithmetic_eeg.edf"
    raw = mne.io.read_raw_edf(path, preload=True, verbose="error").crop(0, 58)
    data = raw.drop_channels(NO_EEG).resample(250).get_data()
    data = np.delete(data, np.s_[round(at_s * 250) : round((at_s + cut_s) * 250)], axis=1)
    noise = 0.01 * data.std(axis=1, keepdims=True) * np.random.default_rng(3).standard_normal(data.shape)
    raws = [raw_eeg(one, sfreq_hz=250.0) for one in (data, data + noise)]
    return [cuts(one, range(len(data)), standing_still(one, range(len(data)))) for one in raws]


def test_behind_a_low_pass_a_hundredth_of_noise_hardly_changes_how_much_a_cut_stands_out():
    # Without noise in the model, the past foretells the future to rounding, and what stands out is gone with the noise.
    before, after = cut_at_half_the_rate("04", 20.0, 1.0)
    assert after[0].jump > 0.6 * before[0].jump


def test_a_cut_is_found_though_the_sample_before_it_departs_a_little_more():
    assert [[cut.sample for cut in found] for found in cut_at_half_the_rate("02", 44.0, 0.968)] == [[11000], [11000]]


def test_a_single_wrong_sample_is_no_cut():
    data = DATA.copy()
    data[:, 2500] += 2e-4 * np.random.default_rng(0).standard_normal(10)
    assert found_in(data) == []


def test_what_borders_on_a_still_stretch_is_no_cut():
    data = DATA.copy()
    data[:, 3000:3400] = 0.0
    assert found_in(data) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_is_found_without_any_low_pass(seed):
    data = scalp_eeg(24, duration_s=60.0, sfreq_hz=128.0, seed=seed)
    assert found_in(np.delete(data, np.s_[2000:2330], axis=1)) == [2000]
    assert found_in(data) == []


@pytest.mark.parametrize("seed", range(3))
def test_what_the_signal_shows_too_weakly_is_a_cut_where_the_mains_turn_as_well(seed):
    eeg = scalp_eeg(24, duration_s=40.0, seed=seed)
    mains = 1e-5 * np.sin(2 * np.pi * 50 / 200 * np.arange(eeg.shape[1]))
    assert found_in(np.delete(eeg, np.s_[2000:2021], axis=1)) == []
    assert found_in(np.delete(eeg + mains, np.s_[2000:2021], axis=1)) == [2000]
    assert found_in(eeg + mains) == []


def test_a_cut_that_is_known_has_no_others_beside_it_though_the_mains_turn_there():
    eeg = scalp_eeg(19, duration_s=40.0)
    mains = 2e-5 * np.sin(2 * np.pi * 50 / 200 * np.arange(eeg.shape[1]))
    raw = raw_eeg(np.delete(eeg + mains, np.s_[4000:4887], axis=1))
    raw.set_annotations(mne.Annotations(4000 / 200, 0.0, "boundary"))
    assert cuts(raw, range(19), standing_still(raw, range(19))) == ()


def test_of_cuts_that_the_mains_support_within_a_window_the_largest_counts():
    def cut(sample, jump, *, alone=False):
        return Cut(sample, jump, Criterion(words="cut", score=jump, limit=3.3, uncertainty=1.0), alone=alone)

    found = [cut(100, 5.0), cut(130, 9.0), cut(145, 4.0, alone=True), cut(400, 4.0)]
    assert [cut.sample for cut in _without_echoes(found, 50)] == [130, 145, 400]


def with_step(data, pattern, at=3000, ramp=1):
    rise = np.clip(np.arange(1, data.shape[1] + 1 - at) / ramp, 0, 1)
    data = data.copy()
    data[:, at:] += np.outer(pattern, 3e-4 * rise)
    return data


@pytest.mark.parametrize("pattern", [np.eye(10)[4], np.ones(10)], ids=["one electrode", "the reference"])
def test_a_step_of_one_electrode_or_of_the_reference_is_no_cut(pattern):
    assert found_in(with_step(DATA, pattern)) == []


def test_a_step_of_one_electrode_is_no_cut_though_it_has_its_share_in_an_average_reference():
    data = with_step(DATA, np.eye(10)[4])
    assert found_in(data - data.mean(axis=0)) == []


def test_a_cut_is_found_against_an_average_reference():
    data = np.delete(DATA, np.s_[2000:2700], axis=1)
    assert found_in(data - data.mean(axis=0)) == [2000]


def test_a_saccade_is_no_cut():
    assert found_in(with_step(DATA, np.linspace(-1, 1, 10), ramp=7)) == []


@pytest.mark.parametrize(("ramp", "share"), [(1, 1.0), (4, 0.4)])
def test_the_share_of_a_change_that_is_there_at_once(ramp, share):
    window = with_step(np.zeros((3, 24)), np.array([1.0, -2.0, 0.5]), at=12, ramp=ramp)
    assert at_once(window, np.eye(3), 4) == pytest.approx(share)


@pytest.mark.parametrize("at", [60, 100, 139])
def test_a_peak_is_compared_with_what_lies_around_it_and_not_with_its_wake(at):
    surprise = np.ones(200)
    surprise[at], surprise[at + 3], surprise[at - 10] = 50.0, 20.0, 5.0
    assert isolation(surprise, 20, 8)[at] == pytest.approx(10.0)


def test_mains_that_wander_by_themselves_support_no_cut():
    eeg = scalp_eeg(24, duration_s=40.0, seed=0)
    mains = 1e-5 * np.sin(2 * np.pi * 50 / 200 * np.arange(eeg.shape[1]))
    raw, picks = raw_eeg(np.delete(eeg + mains, np.s_[2000:2021], axis=1)), range(len(eeg))
    assert cuts(raw, picks, standing_still(raw, picks))
    assert not cuts(raw, picks, standing_still(raw, picks), steady_mains=False)
