"""What is told at the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.jobs.finish import tell_stale
from eegmill.lock import Lock
from eegmill.plan import Plan


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan of one dataset whose lock names no recording."""
    empty = Lock(dataset="ds1", api="embedded", database="eegdash", filter={}, resolved_at="", recordings=())
    monkeypatch.setattr(Plan, "lock", lambda *_: empty)
    return Plan.from_values({"output": str(tmp_path), "datasets": ["ds1"], "recipe": "minimal"})


def test_recordings_that_are_no_longer_selected_are_named(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    qc = plan.layout("ds1").qc("sub-01_task-rest")
    qc.parent.mkdir(parents=True)
    qc.write_text("{}")
    tell_stale(plan)
    told = capsys.readouterr().err
    assert "still there: sub-01_task-rest." in told
    assert "eegmill prune" in told


def test_without_them_nothing_is_said(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    tell_stale(plan)
    assert capsys.readouterr().err == ""
