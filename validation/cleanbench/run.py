"""Runs pipelines on the questions of a task, keeping each result, so that a bench that is broken off goes on where it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from validation.cleanbench.contestants import Contestant
from validation.cleanbench.exchange import Answer, Question, failed
from validation.cleanbench.tasks import Task, save_score
from validation.processes import ROOT, with_threads


class Silent(Exception):
    """A program ended without an answer; the message says how."""


@dataclass(frozen=True)
class Work:
    """The folder that results are kept in, where one result of a pipeline is, and how many processes work at a time."""

    folder: Path
    processes: int = 2

    def result(self, contestant: Contestant, task: Task, item: str) -> Path:
        """The file of one result."""
        return self.folder / "results" / task.name / contestant.key / f"{item}.json"

    def lacking(self, contestant: Contestant, task: Task, items: Sequence[str]) -> list[str]:
        """The items that a pipeline is asked and has no result of yet."""
        return [
            item for item in items if task.asks(contestant, item) and not self.result(contestant, task, item).is_file()
        ]


def run(task: Task, pipelines: Sequence[Contestant], work: Work) -> None:
    """Do what is not done yet, some processes at a time."""
    items = task.items()
    for start in range(0, len(items), task.chunk):
        chunk = items[start : start + task.chunk]
        todo = {one: lacking for one in pipelines if (lacking := work.lacking(one, task, chunk))}
        if not todo:
            continue
        print(f"{task.name}: {start + 1} to {start + len(chunk)} of {len(items)}", file=sys.stderr, flush=True)
        folder = work.folder / "questions" / f"{task.name}-{os.getpid()}"  # another run may be on beside this one
        _ask(task, [item for item in chunk if any(item in lacking for lacking in todo.values())], folder)
        with ThreadPoolExecutor(work.processes) as pool:
            list(pool.map(partial(_answer, task, folder, work), todo, todo.values()))
        shutil.rmtree(folder)


def _ask(task: Task, items: Sequence[str], folder: Path) -> None:
    """Write the questions of some items."""
    for item in items:
        (folder / item).mkdir(parents=True, exist_ok=True)
        for name, question in task.questions(item):
            question.save(folder / item / f"{name}.npz")


def _answer(task: Task, questions: Path, work: Work, contestant: Contestant, items: Sequence[str]) -> None:
    """Let one pipeline answer, measure each answer and keep the result."""
    for item in items:
        answers = work.folder / "answers" / task.name / contestant.key / item
        answers.mkdir(parents=True, exist_ok=True)
    paths = [path for item in items for path in sorted((questions / item).glob("*.npz"))]
    answers = work.folder / "answers" / task.name / contestant.key
    said = _run(contestant, paths, answers)
    for item in items:
        names = [path.stem for path in sorted((questions / item).glob("*.npz"))]
        found = {name: _read(answers / item / f"{name}.out.npz", said) for name in names}
        score = task.score(item, lambda name, item=item: Question.load(questions / item / f"{name}.npz"), found)  # type: ignore[misc]
        save_score(score, work.result(contestant, task, item))
    shutil.rmtree(answers)


def _run(contestant: Contestant, questions: Sequence[Path], folder: Path) -> str:
    """Run a program; the last line of what it said."""
    done = subprocess.run(
        contestant.command(questions, folder),
        cwd=ROOT,
        env=with_threads(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]


def _read(path: Path, said: str) -> Answer:
    """An answer; where there is none, what the program said as it ended."""
    return Answer.load(path) if path.is_file() else failed(Silent(said))
