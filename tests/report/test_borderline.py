"""Borderline decisions, as a page lists them."""

from __future__ import annotations

import pytest

from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, RecordingRecord
from eegmill.report.borderline import borderline_rows
from eegmill.report.decisions import Decider
from step_records import recorded

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")
DECIDER = Decider("ds1", "sub-01_task-rest")


def ransac(**scores: float) -> dict[str, object]:
    return {
        "name": "ransac",
        "quantity": "share",
        "limit": 0.5,
        "scores": scores,
        "bad": [name for name, score in scores.items() if score > 0.5],
        "uncertainties": dict.fromkeys(scores, 0.1),
    }


def component(index: int, **values: float) -> dict[str, float]:
    return {"index": index, **dict.fromkeys(CLASSES, 0.0), **values}


def criterion(score: float) -> dict[str, object]:
    return {"words": "x", "score": score, "limit": 3.3, "uncertainty": 0.5}


def record(*steps: object, **changes: object) -> RecordingRecord:
    values: dict[str, object] = {"recording": "x", "status": "ok", "recipe": "x", "recipe_digest": "0", "seed": 1}
    return RecordingRecord.model_validate(values | {"steps": steps} | changes)


def test_only_what_can_turn_is_listed() -> None:
    judged = record(recorded("bad_channels", detectors=[ransac(C3=0.45, C4=0.1, Cz=0.9)]))
    assert [row.margin.name for row in borderline_rows(judged, DECIDER)] == ["C3"]


def test_each_channel_has_the_line_that_turns_it() -> None:
    bad = (BadChannel(name="C4", reasons=("ransac",)),)
    judged = record(recorded("bad_channels", detectors=[ransac(C3=0.45, C4=0.55)]), bad_channels=bad)
    rows = borderline_rows(judged, DECIDER)
    assert [(row.decided, row.change.words) for row in rows if row.change] == [
        ("good", "call C3 bad"),
        ("bad", "call C4 good"),
    ]


def test_each_component_has_the_line_that_turns_it() -> None:
    removed = Component(index=1, label="eye", probability=0.92, status="bad")
    labels = recorded("iclabel", components=[component(0, eye=0.85), component(1, eye=0.92)])
    judged = record(labels, components=ComponentsRecord(total=2, removed=(removed,)))
    rows = borderline_rows(judged, DECIDER)
    assert [row.change.words for row in rows if row.change] == ["remove component 0", "keep component 1"]


def test_a_stretch_can_be_called_bad_as_well_as_good() -> None:
    near = [
        {"onset_s": 3.0, "duration_s": 1.0, "z": 6.8, "tolerance": 7.0},
        {"onset_s": 9.0, "duration_s": 1.0, "z": 7.2, "tolerance": 7.0},
    ]
    rows = borderline_rows(record(recorded("windows", near=near)), DECIDER)
    assert [row.change.words for row in rows if row.change] == ["call 3 s to 4 s bad", "call 9 s to 10 s good"]


def test_what_was_cut_out_cannot_be_turned() -> None:
    near = [{"onset_s": 3.0, "duration_s": 1.0, "z": 7.1, "tolerance": 7.0}]
    (row,) = borderline_rows(record(recorded("windows", {"action": "cut"}, near=near)), DECIDER)
    assert row.change is None


@pytest.mark.parametrize(("score", "decided", "advice"), [(3.5, "bad", "a recipe without"), (3.2, "good", "boundary")])
def test_a_cut_says_what_decides_it_where_no_override_can(score: float, decided: str, advice: str) -> None:
    moment = {"onset_s": 3.0, "duration_s": 0.0, "description": "boundary"}
    near = {"fault": "cut", "segment": moment, "criterion": criterion(score)}
    (row,) = borderline_rows(record(recorded("inspect", near_misses=[near])), DECIDER)
    assert (row.margin.name, row.decided, row.change) == ("at 3.00 s", decided, None)
    assert advice in row.margin.fixed


def test_a_channel_that_only_just_has_no_fault_can_be_called_bad() -> None:
    near = {"fault": "gain", "channels": ["C3"], "criterion": criterion(3.2)}
    (row,) = borderline_rows(record(recorded("inspect", near_misses=[near])), DECIDER)
    assert row.change is not None
    assert (row.decided, row.change.words) == ("good", "call C3 bad")
