"""Outcomes: old failures and old records pass for nothing new."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.chain import recipe_digest
from eegmill.files.atomic import write_json
from eegmill.lock import Lock, LockedFile, LockedRecording, RefusedRecording
from eegmill.records import RecordingRecord
from eegmill.workflow.in_use import INTERRUPTED
from eegmill.workflow.outcomes import outcome, outcomes
from eegmill.workflow.plan import Plan
from eegmill.workflow.receipts import Receipt, write_receipt
from eegmill.workflow.stages import STAGES, last_of
from eegmill.workflow.standing import check_receipts
from eegmill.workflow.supervision import Cause, Failure

NAME = "sub-01_task-rest"
REFUSED = RefusedRecording(recording="sub-02_task-rest", reason="is a pipe")
RAW = f"sub-01/eeg/{NAME}_eeg.edf"


def plan(folder: Path, recipe: str = "minimal", seed: int = 1) -> Plan:
    made = Plan.from_values({"output": str(folder), "datasets": ["ds1"], "recipe": recipe, "seed": seed})
    file = LockedFile(path=RAW, url=f"https://example.org/{RAW}", role="raw")
    entry = LockedRecording(recording=NAME, folder="sub-01", datatype="eeg", raw=RAW, entities={}, files=(file,))
    lock = Lock(
        dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=(entry,), refused=(REFUSED,)
    )
    write_json(made.layout("ds1").lock, lock.model_dump(mode="json"))
    return made


def finish(made: Plan) -> None:
    digest = recipe_digest(made.recipe)
    record = RecordingRecord(
        recording=NAME, status="ok", recipe=made.recipe.name, recipe_digest=digest, seed=made.configuration.seed
    )
    write_json(made.layout("ds1").qc(NAME), record.model_dump(mode="json"))
    for stage in ("clean", "report"):
        digest = made.digest(stage, "ds1", NAME)
        write_receipt(made.layout("ds1"), Receipt(stage=stage, dataset="ds1", name=NAME, digest=digest))


def fail(made: Plan, job: str, cause: Cause = "work") -> None:
    recipe = made.recipe.name if STAGES[last_of(job)].per_recipe else ""
    failure = Failure(stage=job, reason="cut off", recipe=recipe, cause=cause)
    path = made.failure(last_of(job), "ds1", NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, failure.model_dump(mode="json"))


def test_a_record_of_this_configuration_counts(tmp_path: Path) -> None:
    finish(plan(tmp_path))
    assert outcome(plan(tmp_path), "ds1", NAME).status == "ok"


def test_a_record_of_another_configuration_does_not_count_and_is_named_as_such(tmp_path: Path) -> None:
    finish(plan(tmp_path, seed=1))
    result = outcome(plan(tmp_path, seed=2), "ds1", NAME)
    assert result.status == "pending"
    assert "of an earlier run" in result.reason


@pytest.mark.parametrize("job", ["fetch", "clean"])
def test_a_failure_counts_more_than_a_record(tmp_path: Path, job: str) -> None:
    made = plan(tmp_path)
    finish(made)
    fail(made, job)
    result = outcome(made, "ds1", NAME)
    assert (result.status, result.stage, result.reason) == ("failed", job, "cut off")


def test_a_failure_under_another_configuration_does_not_count(tmp_path: Path) -> None:
    fail(plan(tmp_path, seed=1), "clean")
    assert outcome(plan(tmp_path, seed=2), "ds1", NAME).status == "pending"


def test_a_failure_to_fetch_counts_under_every_recipe(tmp_path: Path) -> None:
    fail(plan(tmp_path, "minimal"), "fetch")
    assert outcome(plan(tmp_path, "prep"), "ds1", NAME).status == "failed"


def test_a_recording_that_was_refused_is_listed_with_its_reason(tmp_path: Path) -> None:
    (*_, last) = outcomes(plan(tmp_path), "ds1")
    assert (last.recording, last.status, last.stage, last.reason) == (
        "sub-02_task-rest",
        "refused",
        "resolve",
        "is a pipe",
    )


def test_a_cancelled_job_is_still_to_be_run(tmp_path: Path) -> None:
    fail(plan(tmp_path), "clean", cause="cancelled")
    assert outcome(plan(tmp_path), "ds1", NAME).status == "pending"


def test_a_recording_whose_page_was_killed_has_failed(tmp_path: Path) -> None:
    made = plan(tmp_path)
    finish(made)
    page = made.receipt("report", "ds1", NAME)
    page.rename(page.with_suffix(".log"))
    assert outcome(made, "ds1", NAME).status == "failed"


def test_a_job_that_a_user_interrupted_as_it_began_is_told_as_that(tmp_path: Path) -> None:
    made = plan(tmp_path)
    log = made.receipt("report", "ds1", NAME).with_suffix(".log")
    log.parent.mkdir(parents=True)
    log.touch()
    (tmp_path / "work" / INTERRUPTED).touch()
    result = outcome(made, "ds1", NAME)
    assert result.status == "pending"
    assert "was interrupted by the user (Ctrl-C)" in result.reason


def test_a_job_that_began_and_left_no_word_was_lost(tmp_path: Path) -> None:
    log = plan(tmp_path).receipt("report", "ds1", NAME).with_suffix(".log")
    log.parent.mkdir(parents=True)
    log.touch()
    result = outcome(plan(tmp_path), "ds1", NAME)
    assert (result.status, result.stage) == ("failed", "clean")
    assert "its node was lost" in result.reason


def test_a_failure_of_other_settings_is_forgotten_where_the_recording_is_done_as_asked_now(tmp_path: Path) -> None:
    first, other = plan(tmp_path, seed=1), plan(tmp_path, seed=2)
    finish(first)
    fail(other, "clean")
    check_receipts(other)
    assert other.failure("report", "ds1", NAME).is_file()  # what is asked now did fail
    check_receipts(first)
    assert not other.failure("report", "ds1", NAME).is_file()
