"""How near the score of a decision lies to its limit, and what can turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.recording import Recording
from eegmill.records import StepRecord
from eegmill.steps.bad_channels import BadChannels
from eegmill.steps.contract import Margin
from eegmill.steps.windows import Windows
from signals_asr import background, recording
from signals_bads import raw_of, signals
from step_records import recorded

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")


def labelled(parameters: dict[str, object] | None = None, **values: float) -> Margin:
    component = {"index": 3, **dict.fromkeys(CLASSES, 0.0), **values}
    (margin,) = recorded("iclabel", parameters, components=[component]).read_back().margins
    return margin


def detector(name: str, scores: dict[str, float], *, limit: float, uncertainty: float | None) -> dict[str, object]:
    return {
        "name": name,
        "quantity": "share",
        "limit": limit,
        "scores": scores,
        "bad": [channel for channel, score in scores.items() if score > limit],
        "uncertainties": {} if uncertainty is None else dict.fromkeys(scores, uncertainty),
    }


def judged(*detectors: dict[str, object]) -> dict[str, Margin]:
    record: StepRecord = recorded("bad_channels", detectors=detectors)
    return {margin.name: margin for margin in record.read_back().margins}


@pytest.mark.parametrize(("probability", "borderline"), [(0.70, False), (0.80, True), (0.95, True), (0.97, False)])
def test_a_component_is_borderline_within_one_log_odd_of_its_threshold(probability: float, borderline: bool) -> None:
    assert labelled(eye=probability).borderline is borderline


@given(probability=st.floats(0.01, 0.99))
def test_log_odds_decide_what_is_borderline(probability: float) -> None:
    away = abs(math.log(probability / (1 - probability)) - math.log(9))
    if abs(away - 1) > 1e-6:
        assert labelled(muscle=probability).borderline is (away < 1)


def test_the_class_that_comes_nearest_to_removal_is_told() -> None:
    assert labelled(eye=0.5, muscle=0.85).criterion == "probability of muscle"


def test_a_second_look_counts_by_its_own_limit() -> None:
    margin = labelled({"forehead_eye": 0.25}, eye=0.8, forehead_power=0.9)
    assert margin.limit == 0.25
    assert not margin.borderline


def test_a_second_look_does_not_count_behind_the_forehead() -> None:
    assert labelled({"forehead_eye": 0.25}, eye=0.8, forehead_power=0.7).limit == 0.9


def test_a_channel_is_judged_by_what_lies_farthest_on_the_side_of_bad() -> None:
    near = detector("ransac", {"C3": 0.45}, limit=0.5, uncertainty=0.1)
    far = detector("noisiness", {"C3": 9.0}, limit=4.0, uncertainty=0.8)
    assert judged(near, far)["C3"].criterion.startswith("noisiness")
    assert not judged(near, far)["C3"].borderline


def test_a_channel_that_is_bad_without_doubt_has_no_margin() -> None:
    near = detector("ransac", {"C3": 0.45}, limit=0.5, uncertainty=0.1)
    dead = detector("dead", {"C3": 9.0}, limit=4.0, uncertainty=None)
    assert judged(near, dead) == {}


def test_a_pair_nearly_joined_is_borderline() -> None:
    record = recorded("bad_channels", bridge_cutoff=2.0, near_bridges=[{"channels": ["C3", "C4"], "distance": 2.4}])
    (margin,) = record.read_back().margins
    assert (margin.name, margin.bad, margin.borderline) == ("C4", False, True)


def test_a_pair_far_below_the_cutoff_is_no_doubt() -> None:
    record = recorded("bad_channels", bridge_cutoff=2.0, bridges=[{"channels": ["C3", "C4"], "distance": 0.2}])
    (margin,) = record.read_back().margins
    assert margin.bad
    assert not margin.borderline


def test_every_channel_that_was_judged_has_a_margin() -> None:
    data = signals()
    data[2] += 1e-4 * np.random.default_rng(3).standard_normal(data.shape[1])
    step = BadChannels()
    decisions = step.apply(Recording(raw_of(data)), seed=1)[1]
    margins = {margin.name: margin for margin in step.margins(decisions)}
    assert set(margins) == {f"E{i + 1}" for i in range(24)}
    assert {name for name, margin in margins.items() if margin.bad and not margin.borderline} == {"E3"}


def test_a_window_near_to_the_tolerance_is_told_with_its_time() -> None:
    data = background()
    _, clear = Windows().apply(recording(data.copy()), seed=0)
    assert clear.near == ()
    scaled = next(
        decisions
        for gain in np.linspace(1.2, 6, 60)
        if (decisions := Windows().apply(recording(louder(data, float(gain))), seed=0)[1]).near
    )
    (margin,) = Windows().margins(scaled)[:1]
    assert margin.borderline
    assert margin.onset_s is not None
    assert 28 <= margin.onset_s <= 31


def louder(data: np.ndarray, gain: float) -> np.ndarray:
    changed = data.copy()
    changed[:, 3000:3100] *= gain
    return changed


def test_what_was_cut_out_is_told_to_be_gone() -> None:
    near = [{"onset_s": 3.0, "duration_s": 1.0, "z": 7.1, "tolerance": 7.0}]
    (margin,) = recorded("windows", {"action": "cut"}, near=near).read_back().margins
    assert margin.fixed == "was cut out"


def test_a_step_that_was_not_applied_judged_nothing() -> None:
    record = recorded("iclabel", applied=False, why_not="there is no decomposition to label")
    assert record.read_back().margins == ()
