"""What is told at the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.files.atomic import write_json
from eegmill.lock import Lock
from eegmill.workflow.finish import tell_done
from eegmill.workflow.plan import Plan
from eegmill.workflow.receipts import Receipt, write_receipt


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A plan of one dataset whose lock names no recording."""
    empty = Lock(dataset="ds1", api="embedded", database="eegdash", filter={}, resolved_at="", recordings=())
    plan = Plan.from_values({"output": str(tmp_path), "datasets": ["ds1"], "recipe": "minimal"})
    write_json(plan.layout("ds1").lock, empty.model_dump(mode="json"))
    plan.layout("ds1").derivative.mkdir(parents=True)
    write_receipt(
        plan.layout("ds1"),
        Receipt(stage="dataset", dataset="ds1", name="minimal", digest=plan.digest("dataset", "ds1")),
    )
    (plan.layout("ds1").derivative / "status.tsv").write_text("recording\tstatus\na\tok\nb\trejected\nc\tok\n")
    return plan


def test_recordings_that_are_no_longer_selected_are_named(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    qc = plan.layout("ds1").qc("sub-01_task-rest")
    qc.parent.mkdir(parents=True)
    qc.write_text("{}")
    tell_done(plan)
    told = capsys.readouterr().err
    assert "still there: sub-01_task-rest." in told
    assert "eegmill prune" in told


def test_it_says_how_many_have_which_status_and_where_to_look(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    tell_done(plan)
    page = plan.layout("ds1").derivative / "index.html"
    assert capsys.readouterr().err == f"eegmill: ds1: 2 ok, 1 rejected. Look at {page}\n"


def test_of_a_part_of_the_workflow_nothing_is_said(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    plan.layout("ds1").lock.unlink()
    tell_done(plan)
    assert capsys.readouterr().err == ""
