"""What the steps of a recording decided so far: should its job end early, its page can tell what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ...files.atomic import write_text
from ...records import StepRecord
from ..task import Task

SUFFIX = ".steps.jsonl"
"""Beside the receipt of cleaning, a line each step."""


def begin_steps(task: Task, done: Iterable[StepRecord] = ()) -> None:
    """The recording was read, and steps begin; ``done`` are those that need not be done again."""
    write_text(_path(task), "".join(_line(step) for step in done))


def note_step(task: Task) -> Callable[[StepRecord], None]:
    """A function that notes each step as it is done; it does nothing where none were begun, as for loose files."""
    path = _path(task)

    def note(step: StepRecord) -> None:
        if path.is_file():
            with path.open("a", encoding="utf-8") as file:
                file.write(_line(step))

    return note


def end_steps(task: Task) -> None:
    """Forget them: the record of the recording has them all, or they are of a former attempt."""
    _path(task).unlink(missing_ok=True)


def read_steps(receipt: Path) -> tuple[StepRecord, ...] | None:
    """The steps that a job noted which then did not write its receipt; None where it began with none.

    A last line that was cut off is left out.
    """
    path = receipt.with_suffix(SUFFIX)
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return tuple(StepRecord.model_validate_json(line) for line in lines if line.endswith("\n"))


def _path(task: Task) -> Path:
    return task.layout.receipt("clean", task.recording, task.digests.get("clean", "")).with_suffix(SUFFIX)


def _line(step: StepRecord) -> str:
    return step.model_dump_json() + "\n"
