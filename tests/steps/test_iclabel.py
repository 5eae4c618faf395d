from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel import (
    MIN_EVENTS_FOREHEAD_POWER,
    Again,
    Iclabel,
    IclabelDecisions,
    LabelledComponent,
    Thresholds,
    activations_uv,
    departures,
)
from signals_ica import annotate, recording


def decomposed(raw):
    return Ica(fit_highpass_hz=None).apply(Recording(raw), seed=1)[0]


def component(**probabilities):
    zero = dict.fromkeys(("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other"), 0.0)
    return LabelledComponent(index=0, **{**zero, **probabilities})


def test_each_component_gets_seven_probabilities_that_sum_to_1():
    labelled, decisions = Iclabel().apply(decomposed(recording(8)), seed=1)
    sums = [sum(v for k, v in c.model_dump().items() if isinstance(v, float)) for c in decisions.components]
    np.testing.assert_allclose(sums, np.ones(8), atol=1e-6)
    assert [component.index for component in labelled.components] == list(range(8))


@pytest.mark.parametrize(("probability", "status"), [(1.0, "bad"), (0.9, "bad"), (0.8999, "good")])
def test_the_interval_of_a_threshold_is_closed(probability, status):
    judged = Iclabel(thresholds=Thresholds(muscle=0.9)).judge(component(muscle=probability))
    assert judged.status == status


def test_a_class_without_threshold_is_never_bad():
    assert Iclabel().judge(component(heart=1.0)).status == "good"


def test_the_label_is_the_most_probable_class_and_the_reason_names_the_one_that_counts():
    judged = Iclabel(thresholds=Thresholds(eye=0.3)).judge(component(brain=0.6, eye=0.4))
    assert (judged.label, judged.probability, judged.reason) == ("brain", 0.6, "eye 0.400 >= 0.3")


@pytest.mark.parametrize(("eye", "certainty"), [(0.25, 0.0), (0.8999, 1.0), (0.95, 1.0)])
def test_a_second_look_is_certain_at_the_threshold_and_not_at_its_own_limit(eye, certainty):
    seen = component(eye=eye).model_copy(update={"forehead_power": 0.9})
    judged = Iclabel(forehead_eye=0.25).judge(seen)
    assert judged.status == "bad"
    assert judged.certainty == pytest.approx(certainty, abs=1e-3)


@pytest.mark.parametrize(
    ("events_sd", "status", "certainty"),
    [(9.9, "good", 1.0), (10.0, "bad", 0.0), (12.5, "bad", 0.5), (20.0, "bad", 1.0)],
)
def test_events_that_come_again_make_a_component_of_the_forehead_one_of_the_eyes(events_sd, status, certainty):
    seen = component(brain=0.8, eye=0.1).model_copy(update={"forehead_power": 0.8, "events_sd": events_sd})
    judged = Iclabel(forehead_events=10).judge(seen)
    assert (judged.status, judged.certainty) == (status, certainty)


def test_a_component_that_events_make_one_of_the_eyes_is_taken_out_around_them():
    seen = component(brain=0.8, eye=0.1).model_copy(update={"forehead_power": 0.8, "events_sd": 20.0})
    assert Iclabel(forehead_events=10).judge(seen).reason.startswith("eye events of 20.0 SD >= 10")


def test_events_are_looked_for_where_the_forehead_has_most_of_a_component():
    fitted = decomposed(recording(8))
    for index, channel in enumerate(fitted.raw.info["chs"]):
        channel["loc"][:3] = [0.03 * (index % 3 - 1), 0.08 if index < 3 else -0.05, 0.0 if index < 3 else 0.06]
    _, decisions = Iclabel(forehead_events=10).apply(fitted, seed=1)
    there = [one.forehead_power >= MIN_EVENTS_FOREHEAD_POWER for one in decisions.components]
    assert [one.events_sd is not None for one in decisions.components] == there
    assert any(there)


def test_without_a_decomposition_there_is_nothing_to_label():
    same, decisions = Iclabel().apply(Recording(recording(4)), seed=1)
    assert decisions.why_not == "there is no decomposition to label"
    assert same.components == ()


def test_a_channel_without_position_does_not_keep_the_components_from_their_labels():
    fitted = decomposed(recording(8))
    fitted.raw.info["chs"][3]["loc"][:3] = np.nan
    labelled, decisions = Iclabel().apply(fitted, seed=1)
    assert (decisions.applied, decisions.unlocated) == (True, ("F4",))
    assert "unlabelled" not in {component.label for component in labelled.components}
    assert all(np.isfinite(component.brain) for component in decisions.components)


def test_without_positions_components_are_listed_unlabelled():
    listed, decisions = Iclabel().apply(decomposed(recording(4, located=False)), seed=1)
    assert "not labelled" in decisions.why_not
    assert [component.label for component in listed.components] == ["unlabelled"] * 4


def test_a_component_that_follows_the_eog_is_bad():
    raw = recording(8, seconds=40.0, sfreq=200.0)
    raw.set_channel_types({"Fp1": "eog"}, verbose="error")
    fitted = decomposed(raw)
    raw._data[0] = fitted.ica.get_sources(raw).get_data()[2] * 1e-5
    step = Iclabel(thresholds=Thresholds(muscle=None, eye=None), eog_correlation=0.9)
    labelled, decisions = step.apply(fitted, seed=1)
    assert decisions.bad == (2,)
    assert labelled.components[2].reason.startswith("correlation with Fp1 +1.0")


def test_the_network_sees_an_average_reference_without_bad_segments():
    raw = recording(6, sfreq=250.0)
    annotate(raw, 0.0, 4.0, "BAD_burst")
    data_uv = np.array(list(activations_uv(raw, raw.ch_names, np.eye(6))))
    np.testing.assert_allclose(data_uv.mean(axis=0), 0, atol=1e-12)
    assert data_uv.shape == (6, 16 * 250)
    assert departures(raw) == ()


@pytest.mark.parametrize(("sfreq", "lowpass", "words"), [(128.0, 64.0, "128 Hz"), (500.0, 40.0, "40 Hz")])
def test_a_narrow_recording_is_noted(sfreq, lowpass, words):
    raw = recording(4, sfreq=sfreq)
    with raw.info._unlock():
        raw.info["lowpass"] = lowpass
    assert words in departures(raw)[0]


def test_the_unit_of_the_decomposition_does_not_change_a_label():
    case = decomposed(recording(8))
    labels = Iclabel().apply(case, seed=1)[1]
    case.ica.unmixing_matrix_ *= 1e6
    case.ica.mixing_matrix_ *= 1e-6
    for ours, theirs in zip(Iclabel().apply(case, seed=1)[1].components, labels.components, strict=True):
        assert ours.brain == pytest.approx(theirs.brain, abs=1e-5)


def test_labelling_prints_nothing_and_warns_of_nothing(capsys, recwarn):
    Iclabel().apply(decomposed(recording(4)), seed=1)
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.parametrize("seconds", [2.0, 4.0, 20.0])
def test_short_recordings_are_labelled(seconds):
    _, decisions = Iclabel().apply(decomposed(recording(8, seconds=seconds)), seed=1)
    assert np.isfinite([component.brain for component in decisions.components]).all()


def test_where_a_second_look_judges_more_probabilities_are_borderline():
    step = Iclabel(forehead_eye=0.25)
    plain = component(eye=0.08)
    margins = [
        step.margins(IclabelDecisions(components=(one,)))[0]
        for one in (plain, plain.model_copy(update={"forehead_power": 0.9}))
    ]
    assert [margin.borderline for margin in margins] == [False, True]


def test_above_a_low_pass_a_little_noise_does_not_change_the_labels_and_the_record_says_up_to_where_is_signal():
    from scipy.signal import butter, sosfiltfilt

    quiet = recording(8, sfreq=250.0)
    quiet._data[:] = sosfiltfilt(butter(20, 45, fs=250.0, output="sos"), quiet._data)
    noisy = quiet.copy()
    noisy._data += 1e-3 * quiet._data.std() * np.random.default_rng(1).standard_normal(quiet._data.shape)
    fitted = [decomposed(raw) for raw in (quiet, noisy)]
    fitted[1] = replace(fitted[0], raw=noisy)
    moved = {}
    for spectrum in ("whole", "filled"):
        seen = [Iclabel(spectrum=spectrum).apply(one, seed=1)[1] for one in fitted]
        moved[spectrum] = max(abs(a.eye - b.eye) for a, b in zip(*(d.components for d in seen), strict=True))
        moved[spectrum, "up to"] = seen[0].filled_up_to_hz
    assert moved["whole", "up to"] is None
    assert moved["filled", "up to"] == pytest.approx(45, abs=5)
    assert moved["filled"] < 0.5 * moved["whole"]
    assert "a filter left nothing above" in seen[0].notes[-1]


def test_a_bad_component_that_another_fit_finds_good_is_borderline():
    found = component(eye=0.99).model_copy(update={"again": (Again(alike=0.7, eye=0.1, bad=False),)})
    firm = component(eye=0.99).model_copy(update={"again": (Again(alike=0.99, eye=0.98, bad=True),)})
    margins = [Iclabel().margins(IclabelDecisions(components=(one,)))[0] for one in (found, firm)]
    assert [margin.borderline for margin in margins] == [True, False]
    assert margins[0].criterion == "probability of eye (good in 1 of 1 fits on a part of the samples)"


def test_a_bad_component_is_looked_up_in_each_fit_of_a_part():
    fitted = Ica(fit_highpass_hz=None, refits=2).apply(Recording(recording(4)), seed=1)[0]
    _, decisions = Iclabel(thresholds=Thresholds(other=0.0, muscle=None, eye=None)).apply(fitted, seed=1)
    assert [len(one.again) for one in decisions.components] == [2] * 4
    assert all(0 < again.alike <= 1 + 1e-6 and again.bad for one in decisions.components for again in one.again)
