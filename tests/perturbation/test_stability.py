"""``eegmill.stability``: what small changes of a recording turn."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import mne
import numpy as np
import pytest

import eegmill
from eegmill.chain import Chain, run_steps
from eegmill.errors import ConfigurationError, Rejected
from eegmill.perturbation import study
from eegmill.perturbation.result import Decision, PerturbedRun, Stability
from eegmill.steps.contract import Margin
from eegmill.testing.recordings import raw_eeg, scalp_eeg, with_burst

RATE_HZ = 50.0
NOTHING: list[dict[str, Any]] = [{"reference": {"to": ["E1"]}}]


def raw(*, burst_uv: float = 0.0) -> mne.io.BaseRaw:
    data = scalp_eeg(6, duration_s=40.0, sfreq_hz=RATE_HZ)
    return raw_eeg(with_burst(data, 900, 950, amplitude_uv=burst_uv), sfreq_hz=RATE_HZ)


def stability(given: mne.io.BaseRaw, recipe: list[dict[str, Any]], **more: Any) -> Stability:
    return eegmill.stability(given, recipe, verbose=False, **more)


def windows(tolerance: float, **more: Any) -> list[dict[str, Any]]:
    return [{"windows": {"tolerances": [None, tolerance], **more}}]


@cache
def largest_z() -> float:
    """Of the burst, as the step tells it to a tolerance that lies a little above."""
    for tolerance in np.arange(2.0, 40.0, 0.5):
        step = eegmill.clean(raw(burst_uv=60.0), windows(float(tolerance)), verbose=False).record.steps[0].decisions
        if step["near"] and not step["segments"]:
            return float(max(near["z"] for near in step["near"]))
    raise AssertionError


def stretch(found: Stability) -> Decision:
    (decision,) = [one for one in found.decisions if one.kind == "segment" and one.name.startswith("1")]
    return decision


def test_the_same_question_has_the_same_answer() -> None:
    first, second = (stability(raw(burst_uv=60.0), windows(7.0)) for _ in range(2))
    assert first == second


def test_the_recording_given_stays_as_it_is() -> None:
    given = raw()
    before = given.get_data()
    stability(given, NOTHING)
    np.testing.assert_array_equal(given.get_data(), before)


def test_a_stretch_at_its_limit_turns_and_was_called_borderline() -> None:
    decision = stretch(stability(raw(burst_uv=60.0), windows(largest_z()), noise_runs=4))
    assert 0 < decision.n_turned < decision.n_runs
    assert decision.borderline
    assert decision.scores is not None
    assert decision.scores[0] < decision.scores[1]


@pytest.mark.parametrize("action", ["annotate", "cut"])
def test_a_firm_stretch_does_not_turn_and_lies_where_it_came(action: str) -> None:
    found = stability(raw(burst_uv=2000.0), windows(7.0, action=action))
    decision = stretch(found)
    assert (decision.bad, decision.n_bad, decision.n_turned, decision.borderline) == (True, 5, 0, False)
    start_s, _, stop_s, _ = decision.name.split()
    assert float(start_s) <= 18.0 < 19.0 <= float(stop_s)


def test_a_recording_that_nothing_is_done_to_changes_by_the_noise_alone() -> None:
    found = stability(raw(), NOTHING, noise_runs=1)
    changes = {run.perturbation: run.change for run in found.runs}
    for still in ("first second dropped", "last second dropped", "other seed 1"):
        assert changes[still] == pytest.approx(0.0, abs=1e-12)
    assert 0 < (changes["noise 1"] or 0.0) < 0.02
    assert found.change_max == changes["noise 1"]


@pytest.mark.parametrize("action", ["annotate", "cut"])
def test_samples_are_compared_where_they_came_from_though_some_are_cut_out(action: str) -> None:
    changes = [run.change for run in stability(raw(burst_uv=2000.0), windows(7.0, action=action), noise_runs=0).runs]
    assert changes == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_a_resampled_recording_is_compared_at_its_new_rate() -> None:
    found = stability(raw(), [{"resample": {"sfreq_hz": 25.0}}], noise_runs=0, seed_runs=0)
    assert all(run.change is not None and run.change < 0.05 for run in found.runs)


def test_epochs_are_compared_by_their_events() -> None:
    given = raw()
    given.set_annotations(mne.Annotations([5.0, 12.0, 20.0], 0.0, "go"))
    epochs = {"epochs": {"events": ["go"], "tmin": -0.2, "tmax": 0.5, "baseline": None}}
    found = stability(given, [epochs], noise_runs=0, seed_runs=0)
    assert [run.change for run in found.runs] == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_channel_that_stands_still_is_bad_in_every_run_and_gets_no_noise() -> None:
    given = raw()
    given._data[2] = 1e-6
    found = stability(given, [{"flatline": {"duration_s": 5}}])
    assert [one.name for one in found.decisions if one.bad] == ["E3"]
    assert found.turned == ()
    assert len(found.decisions) == 6


def test_other_seeds_are_taken_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def noted(*words: Any, seed: int, **more: Any) -> Chain:
        seeds.append(seed)
        return run_steps(*words, seed=seed, **more)

    monkeypatch.setattr(study, "run_steps", noted)
    stability(raw(), NOTHING, noise_runs=1, seed_runs=2, seed=7)
    assert seeds == [7, 7, 7, 7, 8, 9]


def test_components_are_found_again_and_told() -> None:
    given = raw_eeg(scalp_eeg(6, duration_s=20.0, sfreq_hz=100.0), sfreq_hz=100.0)
    found = stability(given, [{"ica": {"max_iterations": 100}}, {"iclabel": {}}], noise_runs=1, seed_runs=0)
    alike = [one.alike for one in found.decisions if one.kind == "component"]
    assert len(alike) == 6
    assert all(value is not None and value > 0.5 for value in alike)
    assert "of 6 components are found again in every run" in found.sentence


def test_a_segment_that_a_person_calls_bad_moves_with_what_is_dropped() -> None:
    by_hand = [{"kind": "segment", "onset_s": 10.0, "duration_s": 2.0, "decision": "bad"}]
    found = stability(raw(), NOTHING, overrides=by_hand)
    assert [(one.name, one.n_bad, one.n_turned) for one in found.decisions if one.kind == "segment"] == [
        ("10 to 12 s", 5, 0)
    ]


def test_what_only_the_dropped_second_holds_is_asked_of_the_other_runs() -> None:
    by_hand = [{"kind": "segment", "onset_s": 0.2, "duration_s": 0.5, "decision": "bad"}]
    (decision,) = [one for one in stability(raw(), NOTHING, overrides=by_hand).decisions if one.kind == "segment"]
    assert (decision.n_bad, decision.n_runs) == (4, 4)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"noise_runs": -1}, "noise_runs: -1"),
        ({"overrides": [{"kind": "component", "name": "0", "decision": "bad"}]}, "component"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_cleaned(more: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        stability(raw(), [*NOTHING, {"ica": {}}, {"iclabel": {}}], **more)


def test_a_recording_of_which_a_second_is_much_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lasts 5"):
        stability(raw().crop(0, 4.98), NOTHING)


def test_a_recording_that_is_rejected_as_it_is_has_nothing_to_compare() -> None:
    with pytest.raises(Rejected, match="no decisions to compare"):
        stability(raw(burst_uv=2000.0), windows(7.0, min_good_fraction=1.0))


def test_a_perturbation_that_gets_the_recording_rejected_is_told_beside_the_others() -> None:
    found = stability(raw(burst_uv=60.0), windows(largest_z(), min_good_fraction=0.99), noise_runs=4)
    rejected = [run for run in found.runs if run.rejected]
    assert 0 < len(rejected) < len(found.runs)
    assert all("bad windows" in run.rejected and run.change is None for run in rejected)
    assert {decision.n_runs for decision in found.decisions} == {len(found.runs) - len(rejected)}


def decision(**more: Any) -> Decision:
    return Decision(**{"kind": "channel", "name": "Fp1", "bad": True, "n_bad": 3, "n_runs": 5, **more})


def found_with(*decisions: Decision, runs: tuple[PerturbedRun, ...] = ()) -> Stability:
    runs = runs or tuple(PerturbedRun(f"noise {i}", change=0.01 * i, bad_time_fraction=0.0) for i in range(1, 6))
    return Stability("rest", "eegmill", 1, decisions, runs, 0.0)


BORDERLINE = Margin(kind="channel", name="Fp1", criterion="share", score=0.5, limit=0.45, uncertainty=0.1)


def test_what_turned_untold_is_said_first() -> None:
    first = found_with(decision(), decision(name="Cz", margin=BORDERLINE)).lines()[0]
    assert first == "Turned, and not called borderline: channel Fp1 (2 of 5)."


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ((decision(n_bad=5),), "None of 1 decisions turns under 5 small perturbations; the"),
        ((decision(margin=BORDERLINE),), "1 of 1 decisions turns under 5 small perturbations, called borderline; the"),
        ((decision(), decision(margin=BORDERLINE)), "2 of 2 decisions turn under 5 small perturbations, 1 of them not"),
    ],
)
def test_the_conclusion_is_one_sentence(decisions: tuple[Decision, ...], told: str) -> None:
    sentence = found_with(*decisions).sentence
    assert sentence.startswith(told)
    assert sentence.endswith("the cleaned signal changes by 3.0 % (at most 5.0 %).")


def test_a_run_whose_signal_could_not_be_compared_is_told() -> None:
    runs = (PerturbedRun("noise 1", change=0.02), PerturbedRun("first second dropped"))
    sentence = found_with(decision(), runs=runs).sentence
    assert sentence.endswith("(at most 2.0 %) in 1 of 2 runs, of which alone the same stretches or epochs are left.")


def test_a_run_that_rejects_the_recording_is_told() -> None:
    found = found_with(decision(n_bad=1, n_runs=1), runs=(PerturbedRun("noise 1", rejected="all flat"),))
    assert "1 of the runs reject the recording (all flat)" in found.sentence
    assert found.change_mean is None
    assert "rejected: all flat" in repr(found)


def test_the_table_has_a_row_for_each_decision_and_fits_json() -> None:
    found = stability(raw(burst_uv=60.0), windows(largest_z()))
    frame = found.to_dataframe()
    assert len(frame) == len(found.decisions)
    assert frame.query("kind == 'segment' and borderline").margin.abs().max() < 1e-6
    assert len(json.loads(json.dumps(found.to_json(), allow_nan=False))["decisions"]) == len(frame)


def test_a_table_without_decisions_has_its_columns() -> None:
    assert "n_turned" in found_with().to_dataframe().columns
