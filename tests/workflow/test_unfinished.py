"""Pages of recordings that failed."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from eegmill.chain import Chain, run_steps
from eegmill.files.atomic import write_json
from eegmill.reading.recording import read_recording
from eegmill.workflow.finish import finish_dataset
from eegmill.workflow.jobs.steps_done import begin_steps, end_steps, note_step, read_steps
from eegmill.workflow.jobs.unfinished import write_unfinished_pages
from eegmill.workflow.outcomes import outcomes
from eegmill.workflow.plan import Plan
from eegmill.workflow.stages import last_of
from eegmill.workflow.status import lines, run_status
from eegmill.workflow.supervision import Failure
from tiny_bids import lock_of, make_raw_dataset

NAME = "sub-01_task-odd"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A run of one recording whose cleaning failed."""
    made = Plan.from_values({"output": str(tmp_path / "out"), "datasets": ["tiny"], "recipe": "minimal", "seed": 1})
    layout = made.layout("tiny")
    make_raw_dataset(layout.raw, ("01",), seconds=12.0)
    write_json(layout.lock, lock_of(layout.raw).model_dump(mode="json"))
    failure = Failure(stage="clean", reason="it broke in /home/anna/data/x.edf", recipe="minimal")
    path = made.failure(last_of("clean"), "tiny", NAME)
    path.parent.mkdir(parents=True)
    write_json(path, failure.model_dump(mode="json"))
    log = made.receipt(last_of("clean"), "tiny", NAME).with_suffix(".log")
    log.write_text(f"{tmp_path}/out/deep/file.py: <b>oh</b>\nby {getpass.getuser()}: no\n", encoding="utf-8")
    return made


def page_of(plan: Plan) -> str:
    (page,) = write_unfinished_pages(plan, "tiny", outcomes(plan, "tiny"))
    return page.read_text(encoding="utf-8")


def test_the_page_tells_files_reason_and_the_end_of_the_log(plan: Plan) -> None:
    page = page_of(plan)
    assert "<b>clean</b>: it broke in x.edf" in page
    assert "&lt;b&gt;oh&lt;/b&gt;" in page
    assert f"{NAME}_eeg.vhdr" in page


def test_no_folder_is_on_the_page(plan: Plan, tmp_path: Path) -> None:
    assert str(tmp_path) not in page_of(plan)
    assert "/home/" not in page_of(plan)


def test_the_user_is_not_on_the_page(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    log = plan.receipt(last_of("clean"), "tiny", NAME).with_suffix(".log")
    log.write_text("by zacharias: no\n", encoding="utf-8")
    monkeypatch.setenv("LOGNAME", "zacharias")
    assert "zacharias" not in page_of(plan)


def test_steps_that_were_done_stand_on_the_page(plan: Plan) -> None:
    digests = {stage: plan.digest(stage, "tiny", NAME) for stage in ("fetch", "decompose", "clean", "report")}
    task = plan.task("tiny", NAME, digests)
    begin_steps(task)
    chain = Chain(read_recording(task.layout.raw, task.entry))
    run_steps(chain, plan.recipe.steps[:2], seed=1, done=note_step(task))
    page = page_of(plan)
    assert "2 steps of the recipe came to an end" in page
    assert page.count("ended here") >= 1
    end_steps(task)
    assert "before the first step of the recipe" in page_of(plan)


def test_a_line_that_was_cut_off_is_no_step(tmp_path: Path) -> None:
    assert read_steps(tmp_path / "a.json") is None
    (tmp_path / "a.steps.jsonl").write_text('{"name": "hi', encoding="utf-8")
    assert read_steps(tmp_path / "a.json") == ()


def test_where_nothing_could_be_cleaned_the_status_leads_to_the_pages(plan: Plan) -> None:
    told, missing = finish_dataset(plan, "tiny")
    layout = plan.layout("tiny")
    assert missing == 1
    assert layout.page_of_failure(NAME) == layout.failed_without_derivative / f"{NAME}_report.html"
    assert str(layout.failed_without_derivative) in "\n".join(told)
    assert "work/tiny/failed" in "\n".join(lines(run_status(layout.output)))


def test_the_pages_of_former_failures_go(plan: Plan) -> None:
    old = plan.layout("tiny").failed_page("sub-99_task-odd")
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    page_of(plan)
    assert not old.exists()
