from __future__ import annotations

from eegmill.derivative.status import status_columns, status_descriptions, status_rows
from eegmill.records import RecordingRecord, StepRecord


def make(**changes):
    record = RecordingRecord(recording="sub-01", status="ok", recipe="eegprep", recipe_digest="0", seed=1)
    return record.model_copy(update=changes)


def test_a_failed_recording_has_a_row_with_its_reason():
    (row,) = status_rows([make(status="failed", reason="is empty", stage="fetch")])
    assert (row["status"], row["reason"], row["stage"]) == ("failed", "is empty", "fetch")


def test_a_rejected_recording_tells_the_last_step_that_was_done():
    step = StepRecord(name="bad_channels", version="1", seed=1, parameters={}, decisions={})
    (row,) = status_rows([make(status="rejected", reason="too few channels", steps=(step,))])
    assert (row["stage"], row["reason"]) == ("bad_channels", "too few channels")


def test_a_good_recording_has_no_stage():
    assert status_rows([make()])[0]["stage"] is None


def test_metrics_of_all_recordings_become_columns():
    rows = status_rows([make(metrics={"b": 1}), make(metrics={"a": 2})])
    columns = status_columns(rows)
    assert columns[-2:] == ["a", "b"]
    assert status_descriptions(columns).keys() == set(columns)
