"""The pages as a whole."""

from __future__ import annotations

import re

import pytest

from eegmill.lock import Lock
from eegmill.recording import BadChannel
from eegmill.records import RecordingRecord
from eegmill.report.dashboard import Row, dashboard_page
from eegmill.report.figures import Figures, samples_left
from eegmill.report.page import recording_page
from eegmill.report.summary import brief
from step_records import recorded


def record(**changes: object) -> RecordingRecord:
    step = recorded("flatline", {"duration_s": 5.0}, flat_channels=[{"name": "T7", "longest_s": 9.0}])
    values: dict[str, object] = {
        "recording": "sub-01_task-rest",
        "status": "ok",
        "recipe": "eegprep",
        "recipe_digest": "0",
        "seed": 1,
        "steps": (step,),
        "bad_channels": (BadChannel(name="T7", reasons=("flat",)),),
        "metrics": {"duration_s": 60.0, "good_fraction": 0.5},
    }
    return RecordingRecord.model_validate(values | changes)


def test_a_page_tells_steps_and_bad_channels() -> None:
    page = recording_page(record(), Figures(), version="0")
    assert "1. flatline" in page
    assert re.search(r"<td>T7<br>.*interpolated.*</td><td>flat</td>", page)
    assert "50.0 %" in page


def test_a_step_without_effect_says_why_on_the_page() -> None:
    idle = recorded("asr", applied=False, why_not="2.0 s cannot calibrate ASR")
    assert "not applied: 2.0 s cannot calibrate ASR" in recording_page(record(steps=(idle,)), Figures(), version="0")


def test_all_findings_of_a_step_stand_on_the_page_and_what_was_not_tested_at_the_top() -> None:
    told = [f"finding {number}: {'x' * 200}" for number in range(5)]
    findings = [{"fault": "cut", "score": 4.0, "limit": 3.3, "done": "noted", "told": one} for one in told]
    step = recorded("inspect", findings=findings, not_tested=["rate and clock: no line of the mains stands out"])
    page = recording_page(record(steps=(step,)), Figures(), version="0")
    assert all(f"<li>{one} (noted; score 4, limit 3.3)</li>" in page for one in told)
    top = page.partition('id="steps"')[0]
    assert "inspect could not test rate and clock: no line of the mains stands out." in top


def test_a_rejected_recording_has_its_reason_on_the_page() -> None:
    page = recording_page(record(status="rejected", reason="import: 1.0 s long"), Figures(), version="0")
    assert '<p class="reason">import: 1.0 s long</p>' in page


def test_the_raw_signal_is_shown_without_the_windows_that_were_cut() -> None:
    segments = [{"onset_s": 1.0, "duration_s": 0.5, "description": "BAD_window"}]
    cut = recorded("windows", {"action": "cut"}, segments=segments)
    left = samples_left(record(steps=(cut, cut)), 40, 10.0)
    assert [place for place in range(40) if not left[place]] == [*range(10, 20)]


def test_names_from_files_cannot_inject_markup() -> None:
    page = recording_page(record(reason="<script>alert(1)</script>"), Figures(), version="0")
    assert "<script>alert" not in page


def test_the_share_of_samples_that_is_missing_stands_on_both_pages() -> None:
    short = record(metrics={"duration_s": 60.0, "good_fraction": 0.5, "missing_fraction": 0.25})
    lock = Lock(dataset="x", api="x", database="x", filter={}, resolved_at="", recordings=())
    assert "25.0 %</b><span>samples missing" in recording_page(short, Figures(), version="0")
    assert "25 % of its samples are missing" in dashboard_page(lock, [Row(short)], recipe="x", version="0")
    assert "missing" not in dashboard_page(lock, [Row(record())], recipe="x", version="0")


def test_failed_recordings_come_first_on_the_dashboard() -> None:
    lock = Lock(dataset="ds1", api="embedded", database="eegdash", filter={}, resolved_at="", recordings=())
    failed = record(recording="sub-02_task-rest", status="failed", reason="cut off", stage="decompose")
    page = dashboard_page(lock, [Row(record(), "sub-01/page.html"), Row(failed)], recipe="eegprep", version="0")
    assert page.index("sub-02_task-rest") < page.index("sub-01_task-rest")
    assert "<b>decompose</b>: cut off" in page


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.123456, "0.1235"), (None, "–"), (True, "yes"), ([], "none"), ({"a": [1, 2]}, "a: 1, 2"), ("x", "x")],
)
def test_values_are_told_briefly(value: object, words: str) -> None:
    assert brief(value) == words
