from __future__ import annotations

from eegmill.io.status import status_columns, status_descriptions, status_rows
from eegmill.records import RecordingRecord
from eegmill.steps.contract import BadChannel


def make(**changes):
    record = RecordingRecord(recording="sub-01", status="ok", recipe="eegprep", recipe_digest="0", seed=1)
    return record.model_copy(update=changes)


def test_a_failed_recording_has_a_row_with_its_reason():
    (row,) = status_rows([make(status="failed", reason="is empty", metrics={"stage": "fetch"})])
    assert (row["status"], row["reason"], row["stage"]) == ("failed", "is empty", "fetch")


def test_decisions_are_counted():
    (row,) = status_rows([make(bad_channels=(BadChannel(name="C3", reasons=("noisy",)),))])
    assert (row["bad_channels"], row["components"]) == (1, None)


def test_metrics_of_all_recordings_become_columns():
    rows = status_rows([make(metrics={"b": 1}), make(metrics={"a": 2})])
    columns = status_columns(rows)
    assert columns[-2:] == ["a", "b"]
    assert status_descriptions(columns).keys() == set(columns)
