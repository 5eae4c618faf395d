"""The flow diagram of a recipe."""

from __future__ import annotations

from eegmill.records import RecordingRecord
from eegmill.report.flow import boxes_of, flow_figure
from eegmill.steps import STEPS
from step_records import recorded


def record(**changes: object) -> RecordingRecord:
    values = {"recording": "sub-01_task-x", "status": "ok", "recipe": "x", "recipe_digest": "0", "seed": 0}
    return RecordingRecord.model_validate(values | changes)


def test_a_step_tells_what_it_works_on_and_what_it_counted() -> None:
    flat = recorded("flatline", flat_channels=[{"name": "T7", "longest_s": 9.0}])
    (box,) = boxes_of(record(steps=(flat,)))
    assert (box.name, box.acts_on, box.state) == ("flatline", "works on marks · judges channels", "done")
    assert "flat 1" in box.found
    assert box.purpose in STEPS["flatline"].__doc__.replace("`", "")  # type: ignore[union-attr]


def test_a_step_without_effect_is_marked_and_says_why() -> None:
    idle = recorded("asr", applied=False, why_not="2.0 s cannot calibrate ASR")
    (box,) = boxes_of(record(steps=(idle,)))
    assert (box.state, box.told) == ("idle", "2.0 s cannot calibrate ASR")
    assert "no effect" in flow_figure([box])


def test_of_a_failed_recording_the_steps_that_were_not_reached_are_there_too() -> None:
    planned = [STEPS[name]() for name in ("flatline", "reference", "interpolate")]
    failed = record(status="failed", steps=(recorded("flatline", flat_channels=[]),))
    assert [box.state for box in boxes_of(failed, planned)] == ["done", "ended", "waiting"]
    assert [box.state for box in boxes_of(record(status="failed"), planned, begun=False)] == ["waiting"] * 3


def test_the_step_that_rejected_a_recording_is_the_last_one() -> None:
    rejected = record(status="rejected", reason="flatline: no channel is left")
    assert [(box.name, box.state) for box in boxes_of(rejected)] == [("flatline", "ended")]


def test_without_steps_there_is_no_diagram() -> None:
    assert flow_figure(()) == ""
