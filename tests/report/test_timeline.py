"""The time line of a recording."""

from __future__ import annotations

from eegmill.records import RecordingRecord
from eegmill.report.marks import Mark
from eegmill.report.timeline import MAX_ROWS, Lane, Span, lanes_of, repaired, timeline_figure
from step_records import recorded

BURST = {"onset_s": 3.0, "duration_s": 0.5, "description": "asr"}


def record(*steps: object) -> RecordingRecord:
    values = {"recording": "a", "status": "ok", "recipe": "", "recipe_digest": "", "seed": 0, "steps": steps}
    return RecordingRecord.model_validate(values)


def test_lanes_are_marks_by_name_then_repairs_then_events() -> None:
    marks = [Mark(1.0, 2.0, "BAD_x", ()), Mark(5.0, 9.0, "BAD_y", ()), Mark(6.0, 1.0, "BAD_x", ("Cz",))]
    lanes = lanes_of(marks, record(recorded("asr", segments=[BURST])), [1.0, 2.0])
    assert [(lane.name, lane.total_s) for lane in lanes] == [
        ("BAD_y", 9.0),
        ("BAD_x", 2.0),
        ("BAD_x, of some channels", 1.0),
        ("repaired by asr", 0.5),
        ("events", 0.0),
    ]


def test_what_was_marked_instead_of_repaired_is_no_repair() -> None:
    assert repaired(record(recorded("asr", {"mode": "reject"}, segments=[BURST]))) == {}


def test_repairs_have_no_times_where_samples_were_cut_out() -> None:
    assert repaired(record(recorded("asr", segments=[BURST]), recorded("windows", {"action": "cut"}))) == {}


def test_names_are_escaped_and_long_ones_cut() -> None:
    figure = timeline_figure([Lane("<b>" + "x" * 90, "bad", (Span(0.0, 1.0),))], 10.0)
    assert "<b>" not in figure
    assert "x …</text>" in figure


def test_of_many_lanes_events_stay() -> None:
    lanes = [
        *(Lane(f"BAD_{number}", "bad", (Span(0.0, 1.0),)) for number in range(40)),
        Lane("events", "", (Span(1, 0),)),
    ]
    figure = timeline_figure(lanes, 10.0)
    assert figure.count("<title>") == MAX_ROWS
    assert "events" in figure


def test_nothing_makes_no_figure() -> None:
    assert timeline_figure((), 10.0) == ""
