from __future__ import annotations

from types import SimpleNamespace

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError
from eegmill.recording import Recording, Segment
from eegmill.signal.faults.criterion import Criterion
from eegmill.signal.faults.eyes import Eyes
from eegmill.steps.findings.time_axis import between_cuts
from eegmill.steps.findings.whole import find_eyes
from eegmill.steps.highpass import Highpass
from eegmill.steps.inspect import Inspect
from eegmill.steps.prepare import Import
from eegmill.testing.recordings import electrode_positions, raw_eeg, scalp_eeg, with_line
from step_records import recorded
from validation.faults import FAULTS

EEG = scalp_eeg(24, duration_s=20.0)
SFREQ_HZ = 200.0


def inspected(raw, **parameters):
    recording, decisions = Inspect(**parameters).apply(Recording(raw), seed=1)
    return recording, decisions


def sound():
    return raw_eeg(EEG.copy())


def spoiled(fault, dose, seed=1):
    return FAULTS[fault].inject(sound(), seed=seed, dose=dose)


def in_rows():
    """The channels row after row, from the front, as caps are numbered."""
    raw = sound()
    places = electrode_positions(24)
    order = np.lexsort([places[:, 0], -np.round(places[:, 1] / 0.04)])
    return raw.reorder_channels([raw.ch_names[i] for i in order])


def only(decisions, fault):
    assert [finding.fault for finding in decisions.findings] == [fault]
    return decisions.findings[0]


def blinking(*, sign=1.0, turn_deg=0.0, n_blinks=10):
    """Blinks of eyes that lie in the direction ``turn_deg`` from the front."""
    places = electrode_positions(24) / 0.09
    angle = np.deg2rad(turn_deg)
    eye = np.array([-np.sin(angle), np.cos(angle), -0.3])
    field = np.exp(5 * (places @ (eye / np.linalg.norm(eye)) - 1))
    data = EEG.copy()
    for start in range(200, 200 + 360 * n_blinks, 360):
        data[:, start : start + 60] += sign * 3e-4 * np.outer(field, np.hanning(60))
    return raw_eeg(data)


def test_nothing_is_said_of_a_sound_recording_and_nothing_is_changed():
    recording, decisions = inspected(sound())
    assert decisions.findings == ()
    assert recording.notes == ()
    assert recording.raw.info["bads"] == []
    np.testing.assert_array_equal(recording.raw.get_data(), EEG)


@pytest.mark.parametrize(("fault", "dose"), [("polarity", 0.0), ("gain", 10.0), ("gain", 0.1), ("gain", 3.0)])
def test_a_channel_with_a_wrong_scale_is_bad_and_told(fault, dose):
    raw, truth = spoiled(fault, dose)
    recording, decisions = inspected(raw)
    finding = only(decisions, fault)
    assert finding.channels == truth.channels
    assert finding.done == "marked bad"
    assert finding.judged[0].criterion.is_fault
    assert recording.raw.info["bads"] == list(truth.channels)
    assert recording.notes == (f"inspect: {finding.words}",)


def test_two_inverted_channels_are_found_and_no_neighbour():
    raw, truth = spoiled("polarity", 0.1)
    recording, _ = inspected(raw)
    assert recording.raw.info["bads"] == list(truth.channels)


def test_swapped_channels_are_bad():
    raw, truth = spoiled("swap", 1.0)
    recording, decisions = inspected(raw)
    assert only(decisions, "swap").done == "marked bad"
    assert recording.raw.info["bads"] == list(truth.channels)


@pytest.mark.parametrize(("fault", "dose"), [("polarity", 0.0), ("swap", 1.0)])
def test_what_can_be_put_right_is_the_signal_as_it_was(fault, dose):
    raw, _ = spoiled(fault, dose)
    recording, decisions = inspected(raw, correct=True)
    assert only(decisions, fault).done == "corrected"
    assert recording.raw.info["bads"] == []
    np.testing.assert_array_equal(recording.raw.get_data(), EEG)


def test_a_wrong_gain_is_put_right_within_what_the_neighbours_can_tell():
    raw, truth = spoiled("gain", 10.0)
    recording, _ = inspected(raw, correct=True)
    at = raw.ch_names.index(truth.channels[0])
    assert recording.raw.get_data()[at].std() / EEG[at].std() == pytest.approx(1.0, abs=0.5)


def imported(raw, **parameters):
    recording, _ = Import().apply(Recording(raw), seed=1)
    before = list(recording.raw.info["bads"])
    recording, decisions = Inspect(**parameters).apply(recording, seed=1)
    return before, recording, decisions


@pytest.mark.parametrize("factor", [1e-3, 0.1, 10.0, 1e6])
def test_a_gain_that_import_judged_bad_is_put_right_and_good(factor):
    raw = sound()
    raw._data[4] *= factor
    before, recording, decisions = imported(raw, correct=True)
    assert before == ["E5"]
    assert recording.raw.info["bads"] == []
    assert recording.bad_channels == ()
    assert only(decisions, "gain").channels == ("E5",)
    assert decisions.notes == ("'E5', bad by its amplitude so far, is good again",)
    assert recording.notes[-1] == f"inspect: {decisions.notes[0]}"
    assert recording.raw.get_data()[4].std() / EEG[4].std() == pytest.approx(1.0, abs=0.5)


def test_what_no_factor_explains_stays_bad():
    raw = sound()
    raw._data[4] = 1e-2 * np.random.default_rng(1).standard_normal(raw.n_times)
    before, recording, decisions = imported(raw, correct=True)
    assert before == recording.raw.info["bads"] == ["E5"]
    assert "its amplitude is" in recording.bad_channels[0].reasons[0]
    assert decisions.findings == decisions.notes == ()


def test_a_gain_that_is_not_to_be_put_right_stays_bad():
    raw = sound()
    raw._data[4] *= 100
    before, recording, decisions = imported(raw)
    assert before == recording.raw.info["bads"] == ["E5"]
    assert decisions.findings == ()
    np.testing.assert_array_equal(recording.raw.get_data()[4], 100 * EEG[4])


@pytest.mark.parametrize("dose", [0.5, 1.0, -2.0])
def test_one_of_two_copies_is_bad(dose):
    raw, truth = spoiled("copy", dose)
    recording, decisions = inspected(raw)
    assert {name for finding in decisions.findings for name in finding.channels} <= set(truth.channels)
    assert set(recording.raw.info["bads"]) & set(truth.channels)


@pytest.mark.parametrize("by", [-1.0, 1.0, 2.0])
def test_shifted_names_are_noted_and_no_channel_is_blamed(by):
    raw, _ = FAULTS["shift"].inject(in_rows(), seed=1, dose=by)
    recording, decisions = inspected(raw)
    assert only(decisions, "shift").done == "noted"
    assert recording.raw.info["bads"] == []


def test_shifted_names_are_put_right():
    raw, _ = FAULTS["shift"].inject(in_rows(), seed=1, dose=1.0)
    recording, decisions = inspected(raw, correct=True)
    assert only(decisions, "shift").done == "corrected"
    np.testing.assert_array_equal(recording.raw.get_data(), in_rows().get_data())


@pytest.mark.parametrize(("seconds", "done"), [(6.0, "annotated"), (1.0, "noted")])
def test_a_repeated_stretch_is_found_where_it_is_and_a_long_one_annotated(seconds, done):
    raw, truth = spoiled("repeat", seconds)
    recording, decisions = inspected(raw)
    finding = next(finding for finding in decisions.findings if finding.fault == "repeat")
    assert finding.done == done
    assert finding.segments[0].onset_s == pytest.approx(truth.seconds[1][0], abs=2 / SFREQ_HZ)
    assert ("BAD_repeated" in recording.raw.annotations.description) is (done == "annotated")


def test_lost_samples_are_annotated():
    raw, truth = spoiled("held", 0.1)
    recording, decisions = inspected(raw)
    assert [segment.onset_s for segment in only(decisions, "held").segments] == [start for start, _ in truth.seconds]
    assert list(recording.raw.annotations.description) == ["BAD_held"] * len(truth.seconds)


@pytest.mark.parametrize(
    ("filled", "onset_s", "where"), [(slice(-300, None), 18.5, "ends"), (slice(300), 0.0, "begins")]
)
def test_what_a_file_was_filled_up_with_was_not_recorded_and_is_no_fault(filled: slice, onset_s: float, where: str):
    raw = sound()
    raw._data[:, filled] = 0.0
    recording, decisions = inspected(raw)
    assert decisions.findings == ()
    assert decisions.notes == (f"the recording {where} with 1.50 s without any signal, marked BAD_ACQ_SKIP",)
    (marked,) = recording.raw.annotations
    assert (marked["onset"], marked["duration"], marked["description"]) == (onset_s, 1.5, "BAD_ACQ_SKIP")
    assert decisions.filled_up == (Segment(onset_s=onset_s, duration_s=1.5, description="BAD_ACQ_SKIP"),)


def test_the_step_into_a_filling_does_not_reach_the_signal():
    raw = sound()
    raw._data += 1e-3
    alone, _ = inspected(raw.copy().crop(0, 18.5, include_tmax=False))
    raw._data[:, -300:] = 0.0
    filled, _ = inspected(raw)
    highpass = Highpass(cutoff_hz=1.0)
    for recording in (alone, filled):
        highpass.apply(recording, seed=1)
    np.testing.assert_allclose(filled.raw._data[:, :-300], alone.raw._data, atol=1e-12)


def test_a_cut_that_nobody_marked_becomes_a_discontinuity():
    eeg = scalp_eeg(24, duration_s=40.0)
    smooth = mne.filter.filter_data(3 * eeg, SFREQ_HZ, None, 30.0, verbose="error")
    raw, truth = FAULTS["cut"].inject(raw_eeg(smooth), seed=1, dose=2.0)
    recording, decisions = inspected(raw)
    assert only(decisions, "cut").segments[0].onset_s == pytest.approx(truth.seconds[0][0], abs=1.5 / SFREQ_HZ)
    assert list(recording.raw.annotations.description) == ["boundary"]


def test_cuts_that_leave_only_short_pieces_are_noted_and_filters_go_across():
    smooth = mne.filter.filter_data(3 * EEG, SFREQ_HZ, None, 30.0, verbose="error")
    raw = raw_eeg(np.delete(smooth, np.r_[1000:1300, 2000:2300], axis=1))
    recording, decisions = inspected(raw)
    assert only(decisions, "cut").done == "noted"
    assert "filters go across" in only(decisions, "cut").told
    assert len(recording.raw.annotations) == 0


@pytest.mark.parametrize("turn_deg", [90.0, 180.0])
def test_eyes_that_are_not_in_front_turn_the_montage(turn_deg):
    assert only(inspected(blinking(turn_deg=turn_deg))[1], "montage").done == "noted"


@pytest.mark.parametrize(("n_blinks", "told"), [(5, ["montage"]), (4, [])])
def test_five_blinks_tell_where_the_eyes_are_and_four_do_not(n_blinks, told):
    findings = inspected(blinking(turn_deg=180.0, n_blinks=n_blinks))[1].findings
    assert [finding.fault for finding in findings] == told


def test_in_a_turned_montage_no_channel_is_blamed():
    raw = blinking(turn_deg=180.0)
    raw._data[5] *= 4.0
    decisions = inspected(raw)[1]
    assert [finding.fault for finding in decisions.findings] == ["montage"]
    assert any("the montage is turned" in why for why in decisions.not_tested)


def test_an_electrode_at_the_back_that_pops_again_and_again_is_no_turned_montage():
    raw = raw_eeg(EEG.copy())
    back = int(np.argmin(electrode_positions(24)[:, 1]))
    for start in range(200, 3800, 360):
        raw._data[back, start : start + 60] += 2e-4 * np.hanning(60)
    assert not [finding for finding in inspected(raw)[1].findings if finding.fault == "montage"]


def test_blinks_in_front_are_no_fault():
    assert inspected(blinking())[1].findings == ()


def test_negative_eyes_tell_that_everything_is_inverted_and_are_put_right():
    recording, decisions = inspected(blinking(sign=-1.0), correct=True)
    assert only(decisions, "inverted_file").done == "corrected"
    np.testing.assert_array_equal(recording.raw.get_data(), -blinking(sign=-1.0).get_data())


@pytest.mark.parametrize(
    ("dose", "told"), [(1e-3, "is wrong"), (0.4, "may be wrong"), (30, "may be wrong"), (1e3, "is wrong")]
)
def test_a_recording_of_a_size_that_no_eeg_has_is_noted_and_how_sure_that_is(dose, told):
    finding = only(inspected(spoiled("file_gain", dose)[0])[1], "file_gain")
    assert finding.done == "noted"
    assert finding.told.endswith(told)


def test_an_average_reference_is_told_though_a_channel_in_it_is_bad():
    raw, _ = FAULTS["reference"].inject(sound(), seed=1, dose=1.0)
    raw.info["bads"] = ["E5"]
    finding = only(inspected(raw)[1], "reference")
    assert "the mean over 24 EEG channels is nothing" in finding.told


def test_channels_outside_of_an_average_reference_are_named():
    raw = sound()
    inside = [i for i, name in enumerate(raw.ch_names) if name not in ("E3", "E9")]
    raw._data -= raw._data[inside].mean(axis=0)
    raw.info["bads"] = ["E3"]
    assert "the mean over 22 EEG channels without E3, E9 is nothing" in only(inspected(raw)[1], "reference").told


def test_an_average_reference_that_nobody_told_is_noted():
    assert only(inspected(spoiled("reference", 1.0)[0])[1], "reference").done == "noted"


def with_loud_in_average():
    """Sound channels, and an average reference with a loud one in it."""
    raw = sound()
    raw._data[4] += 2e-4 * np.random.default_rng(3).standard_normal(raw.n_times).cumsum()
    raw._data -= raw._data.mean(axis=0)
    return raw


def test_an_average_with_a_loud_channel_is_made_anew_without_it():
    raw = with_loud_in_average()
    recording, decisions = inspected(raw, renew_average=True)
    finding = next(one for one in decisions.findings if one.fault == "reference")
    assert (finding.done, finding.channels) == ("corrected", ("E5",))
    assert recording.reference == "average of 23 channels"
    quiet = np.arange(24) != 4
    np.testing.assert_allclose(raw._data[quiet], EEG[quiet] - EEG[quiet].mean(axis=0), atol=1e-15)


def test_what_a_loud_channel_left_in_all_others_is_told_where_nothing_is_changed():
    raw = with_loud_in_average()
    before = raw.get_data()
    _, decisions = inspected(raw)
    finding = next(one for one in decisions.findings if one.fault == "reference")
    assert "E5 in it, far larger than the others, have their share in all" in finding.told
    np.testing.assert_array_equal(raw.get_data(), before)


def test_an_average_of_channels_alike_stays_as_it_is():
    raw = sound()
    raw._data -= raw._data.mean(axis=0)
    before = raw.get_data()
    inspected(raw, renew_average=True)
    np.testing.assert_array_equal(raw.get_data(), before)


@pytest.mark.parametrize(("second", "loose"), [(0.2, True), (0.6, False)])
def test_of_blinks_that_one_electrode_has_alone_it_is_said_that_it_may_be_loose(second, loose):
    eyes = Eyes(6, 300.0, 1, fit=0.9, fit_in_front=0.1, amplitude_v=2e-4, second=second)
    found = next(find_eyes(SimpleNamespace(eyes=eyes), correct=False))
    assert found.fault == "montage"
    assert found.told.endswith("or the one electrode that has most of them is loose") is loose


def test_coarse_values_are_noted():
    raw, truth = spoiled("quantisation", 20.0)
    assert only(inspected(raw)[1], "quantisation").channels == truth.channels


@pytest.mark.parametrize(("declared", "ratio"), [(400.0, "200 Hz, not 400 Hz"), (204.8, "200 Hz, not 204.8 Hz")])
def test_the_mains_tell_of_a_wrong_rate(declared, ratio):
    data = with_line(raw_eeg(3 * scalp_eeg(24, duration_s=100.0)), 50.0).get_data()
    raw = raw_eeg(data, sfreq_hz=declared)
    assert ratio in only(inspected(raw)[1], "rate").told


def test_of_a_line_that_may_be_a_harmonic_every_rate_that_fits_is_told():
    data = with_line(raw_eeg(3 * scalp_eeg(24, duration_s=60.0, sfreq_hz=500.0), sfreq_hz=500.0), 100.0).get_data()
    told = only(inspected(raw_eeg(data, sfreq_hz=1000.0))[1], "rate").told
    assert "50 Hz at a rate of 250 Hz, or the harmonic of 100 Hz alone at 500 Hz, not 1000 Hz" in told
    assert told.endswith("unless it is the harmonic of 200 Hz alone?")


def test_of_a_line_that_is_no_harmonic_one_rate_is_told():
    data = with_line(raw_eeg(3 * scalp_eeg(24, duration_s=100.0)), 50.0).get_data()
    assert only(inspected(raw_eeg(data, sfreq_hz=204.8))[1], "rate").told.endswith("200 Hz, not 204.8 Hz?")


def test_the_mains_tell_of_a_clock_that_wanders():
    raw = with_line(raw_eeg(3 * scalp_eeg(24, duration_s=80.0)), 50.0)
    raw, _ = FAULTS["clock"].inject(raw, seed=1, dose=0.01)
    assert only(inspected(raw)[1], "clock").score > 0.2


def test_without_positions_channels_are_not_compared_and_that_is_told():
    decisions = inspected(raw_eeg(EEG.copy(), located=False))[1]
    assert decisions.findings == ()
    assert "0 have a position" in decisions.not_tested[0]


def test_without_a_good_channel_the_step_does_nothing():
    raw = sound()
    raw.info["bads"] = list(raw.ch_names)
    assert inspected(raw)[1].why_not == "no EEG channel is good"


def test_bad_channels_are_left_alone():
    raw, truth = spoiled("gain", 10.0)
    raw.info["bads"] = list(truth.channels)
    assert inspected(raw)[1].findings == ()


@settings(deadline=None, max_examples=8)
@given(st.integers(-9, 9), st.sampled_from(["polarity", "gain", "swap"]))
def test_what_is_said_of_channels_does_not_depend_on_the_unit(power, fault):
    raw, _ = spoiled(fault, {"polarity": 0.0, "gain": 10.0, "swap": 1.0}[fault])
    before = inspected(raw.copy())[0].raw.info["bads"]
    raw._data *= 2.0**power
    assert inspected(raw)[0].raw.info["bads"] == before


@settings(deadline=None, max_examples=8)
@given(st.permutations(range(24)), st.sampled_from(["polarity", "gain", "swap"]))
def test_what_is_said_of_channels_does_not_depend_on_their_order(order, fault):
    raw, truth = spoiled(fault, {"polarity": 0.0, "gain": 10.0, "swap": 1.0}[fault])
    raw.reorder_channels([raw.ch_names[i] for i in order])
    assert set(inspected(raw)[0].raw.info["bads"]) == set(truth.channels)


def test_the_step_must_come_before_any_filter():
    with pytest.raises(ConfigurationError, match="'inspect' must not follow 'highpass'"):
        load_recipe([{"highpass": {"cutoff_hz": 1}}, "inspect"])


@pytest.mark.parametrize("recipe", ["eegprep", "prep", "minimal", "autoreject"])
def test_every_shipped_recipe_looks_for_faults_before_it_acts_on_the_signal(recipe):
    steps = load_recipe(recipe).steps
    first = next(i for i, step in enumerate(steps) if step.acts_on == "signal")
    assert "inspect" in [step.name for step in steps[:first]]


def with_gain(gain):
    raw = sound()
    raw._data[5] *= gain
    return inspected(raw)


def margins_of(decisions):
    return Inspect().margins(decisions)


def around_the_limit(least, most):
    """The largest gain that is not found, and the smallest that is, to a hundredth."""
    while most - least > 0.01:
        middle = (least + most) / 2
        least, most = (least, middle) if with_gain(middle)[1].findings else (middle, most)
    return with_gain(least)[1], with_gain(most)[1]


def test_a_gain_beside_its_limit_is_borderline_on_either_side():
    missed, found = around_the_limit(1.5, 4.0)
    for decisions, bad in ((missed, False), (found, True)):
        (margin,) = margins_of(decisions)
        assert (margin.kind, margin.name, margin.bad, margin.borderline) == ("channel", "E6", bad, True)
    assert missed.findings == ()
    assert "borderline: gain" in found.findings[0].words


def test_a_gain_far_from_its_limit_is_not_borderline():
    assert margins_of(with_gain(1.2)[1]) == ()
    assert all(margin.bad and not margin.borderline for margin in margins_of(with_gain(4.0)[1]))


@pytest.mark.parametrize("fault", ["polarity", "copy"])
def test_what_is_found_below_a_limit_has_its_score_turned_round(fault):
    decisions = inspected(spoiled(fault, {"polarity": 0.0, "copy": 1.0}[fault])[0])[1]
    assert decisions.findings[0].score < decisions.findings[0].limit
    assert [margin.bad for margin in margins_of(decisions)] == [True]


def test_both_channels_of_a_swap_have_a_margin():
    raw, truth = spoiled("swap", 1.0)
    margins = margins_of(inspected(raw)[1])
    assert {margin.name for margin in margins if margin.bad} == set(truth.channels)


def cut_twice():
    eeg = scalp_eeg(24, duration_s=100.0)
    smooth = mne.filter.filter_data(3 * eeg, SFREQ_HZ, None, 30.0, verbose="error")
    return raw_eeg(np.delete(smooth, np.r_[3000:3400, 8000:8300], axis=1))


def test_each_cut_has_a_score_of_its_own():
    finding = only(inspected(cut_twice())[1], "cut")
    assert len({one.criterion.score for one in finding.judged}) == 2
    assert [one.segment for one in finding.judged] == list(finding.segments)
    assert finding.score <= min(one.criterion.score for one in finding.judged)


@pytest.mark.parametrize(("duration_s", "borderline"), [(35.0, True), (60.0, False)])
def test_where_one_cut_more_leaves_too_little_between_them_no_cut_is_sure(duration_s, borderline):
    sure, nearly = (Criterion(words="cut", score=score, limit=3.3, uncertainty=0.5) for score in (9.0, 3.0))
    assert between_cuts([sure, sure, nearly], duration_s).is_borderline is borderline


def test_a_finding_that_is_only_noted_marks_nothing_and_tells_its_score():
    recording, decisions = inspected(spoiled("file_gain", 0.4)[0])
    assert margins_of(decisions) == ()
    assert f"score {decisions.findings[0].score:.3g}, limit 1.3" in recording.notes[0]


def test_a_record_of_a_former_version_is_still_read():
    former = {"fault": "polarity", "channels": ["E6"], "score": -0.5, "limit": -0.35, "done": "marked bad", "told": "x"}
    run = recorded("inspect", findings=[former]).read_back()
    assert run.margins == ()
    assert run.decisions.findings[0].uncertainty is None
