"""Raw recording to fitted ICA."""

from __future__ import annotations

from collections.abc import Callable

from ...chain import Chain, run_steps
from ...files.scratch import load, save
from ...reading.recording import read_recording
from ..task import Task
from .steps_done import begin_steps, note_step


def decompose(task: Task, begin: Callable[[str], None]) -> Chain:
    """Run the steps up to and including the last ICA, all steps where there is none; ``begin`` is told of each."""
    head, _ = task.recipe.split()
    start = Chain(read_recording(task.layout.raw, task.entry))
    begin_steps(task)
    return run_steps(start, head, seed=task.seed, overrides=task.overrides, begin=begin, done=note_step(task))


def save_state(task: Task, chain: Chain) -> None:
    """Keep the chain at the fitted ICA: what comes behind can then be changed without fitting it again."""
    save(chain, task.layout.state(task.recording, task.digests["decompose"]))


def load_state(task: Task) -> Chain:
    """The chain that `save_state` kept."""
    return load(task.layout.state(task.recording, task.digests["decompose"]), Chain)
