"""What a run says, told by what Snakemake and its jobs tell."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from eegmill.files.os_errors import NO_MEMORY
from eegmill.live.board import Board
from eegmill.live.json_log import Entry, JsonLog
from eegmill.live.progress import Progress
from eegmill.live.screen import Plain
from eegmill.live.watcher import Watcher


class Run:
    """A run in a folder, whose Snakemake says what a test wants."""

    def __init__(self, folder: Path, *, dry_run: bool = False) -> None:
        self.folder, self.stream, self.board = folder, io.StringIO(), Board()
        self.board.expect("ds1", {"a": 1.0, "b": 1.0}, ["ica"])
        self.progress = folder / "group.clean.progress"
        log = JsonLog(str(folder / "log.jsonl"))
        self.watcher = Watcher(self.board, Plain(self.stream), log, dry_run=dry_run)

    def hear(self, text: str = "", *, level: int = logging.INFO, **fields: Any) -> None:
        record = logging.LogRecord("snakemake", level, "", 0, text, None, None)
        vars(record).update(fields)
        self.watcher.take(record)

    def begin(self, rule: str = "clean", number: int = 1) -> None:
        log = [str(self.folder / f"group.{rule}.log")]
        self.hear(event="job_info", jobid=number, rule_name=rule, wildcards={"dataset": "ds1"}, log=log)

    def ended(self, recording: str, status: str, reason: str = "") -> None:
        Progress(recording, self.progress).tell("ended", "clean", status=status, reason=reason, cpu_s=1.0)

    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_each_recording_is_told_once_with_what_became_of_it(run: Run) -> None:
    run.begin()
    run.ended("a", "ok", "No channel bad.")
    run.ended("b", "failed", "the disk is full")
    run.hear(event="job_error", jobid=1, rule_name="clean", log=[])
    run.watcher.close()
    assert run.lines()[:3] == [
        "eegmill: ds1: cleans 2 recordings",
        "eegmill: a: ok: No channel bad.",
        "eegmill: b: failed: clean: the disk is full",
    ]


def test_a_job_that_died_without_a_word_is_told_with_its_log(run: Run) -> None:
    run.begin()
    run.hear(event="job_error", jobid=1, rule_name="clean", log=[])
    assert run.lines()[-1] == f"eegmill: ds1: clean: failed: see {run.folder / 'group.clean.log'}"


def test_a_job_on_a_dataset_is_told_with_the_reason_that_it_wrote(run: Run) -> None:
    run.begin("validate")
    (run.folder / "group.validate.failure.json").write_text('{"reason": "no valid BIDS"}')
    run.hear(event="job_error", jobid=1, rule_name="validate", log=[])
    assert run.lines() == ["eegmill: ds1: validate: failed: no valid BIDS"]


def test_what_came_in_last_is_told_before_the_view_is_closed(run: Run) -> None:
    run.begin()
    run.ended("a", "ok")
    run.board.close_view()
    assert run.lines()[-1] == "eegmill: a: ok"


@pytest.mark.parametrize(
    "text", ["Building DAG of jobs...", "Select jobs to execute...", "Provided cores: 2", "Elapsed time: 0:00:01"]
)
def test_what_goes_without_saying_is_left_out(run: Run, text: str) -> None:
    run.hear(text)
    assert run.lines() == []


def test_errors_of_snakemake_itself_are_shown(run: Run) -> None:
    run.hear("MissingInputException: nowhere.edf", level=logging.ERROR, event="error")
    assert run.lines() == ["eegmill: MissingInputException: nowhere.edf"]


def test_a_snakemake_that_lacks_memory_is_told_in_one_sentence(run: Run) -> None:
    text = "Traceback (most recent call last):\n  File ...\nRuntimeError: can't start new thread"
    run.hear(text, level=logging.ERROR)
    assert run.lines() == [f"eegmill: {NO_MEMORY}"]


def test_where_snakemake_wrote_is_told_after_a_failure_and_only_then(tmp_path: Path) -> None:
    for name, fails in (("well", False), ("ill", True)):
        (tmp_path / name).mkdir()
        run = Run(tmp_path / name)
        run.begin()
        if fails:
            run.hear(event="job_error", jobid=1, rule_name="clean", log=[])
        run.hear("Complete log(s): /x/snakemake.log")
        run.watcher.close()
        assert any("/x/snakemake.log" in line for line in run.lines()) == fails


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (["Complete log(s): x"], "ok"),
        (["Nothing to be done (all requested files are present and up to date)."], "ok"),
        (["Terminating processes on user request, this might take some time.", "Complete log(s): x"], "interrupted"),
        ([], "failed"),
    ],
)
def test_the_last_entry_says_how_the_run_ended(run: Run, said: list[str], status: str) -> None:
    for text in said:
        run.hear(text)
    run.watcher.close()
    run.watcher.close()
    assert [(entry["event"], entry["status"]) for entry in run.entries() if entry["event"] == "run"] == [
        ("run", "began"),
        ("run", status),
    ]


def test_a_run_that_is_refused_says_why(run: Run) -> None:
    run.board.refusal = "Recipe 'x' is not known."
    run.watcher.close()
    assert (run.entries()[-1]["status"], run.entries()[-1]["reason"]) == ("failed", "Recipe 'x' is not known.")


def test_every_entry_has_the_same_keys(run: Run) -> None:
    run.begin()
    Progress("a", run.progress).tell("step", "clean", step="ica")
    run.ended("a", "rejected", "nothing is good")
    run.watcher.close()
    assert {tuple(entry) for entry in run.entries()} == {tuple(Entry.model_fields)}
    ended = next(entry for entry in run.entries() if entry["event"] == "ended")
    assert (ended["dataset"], ended["recording"], ended["status"], ended["cpu_s"]) == ("ds1", "a", "rejected", 1.0)


def test_a_dry_run_shows_its_jobs_and_recordings(tmp_path: Path) -> None:
    run = Run(tmp_path, dry_run=True)
    run.begin()
    for _ in range(2):
        run.hear("Job stats:\nclean 1", event="run_info")
    assert run.lines() == ["Job stats:", "clean 1", "eegmill: ds1: would clean 2 recordings"]


def test_environments_that_are_made_are_told_and_those_that_are_not_needed_are_not(run: Run) -> None:
    run.hear("Conda environments: ignored")
    run.hear("Creating conda environment envs/ica.yaml...")
    assert run.lines() == ["eegmill: Creating conda environment envs/ica.yaml..."]
