"""Fitted ICA to BIDS derivative."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...chain import Chain, record_of, run_steps
from ...derivative.write import write_derivative
from ...records import RecordingRecord
from ..task import Task
from .steps_done import note_step


def finished(task: Task, chain: Chain, begin: Callable[[str], None]) -> tuple[Chain, RecordingRecord]:
    """Run the steps behind the ICA, and tell ``begin`` of each; the record of all."""
    _, tail = task.recipe.split()
    chain = run_steps(chain, tail, seed=task.seed, overrides=task.overrides, begin=begin, done=note_step(task))
    record = record_of(chain, task.recording, recipe=task.recipe, seed=task.seed, overrides=task.overrides)
    return chain, record


def derive(task: Task, chain: Chain, record: RecordingRecord, *, activity_id: str) -> tuple[Path, ...]:
    """Write the derivative of a recording."""
    return write_derivative(
        chain.recording,
        record,
        entry=task.entry,
        raw_root=task.layout.raw,
        derivative=task.layout.derivative,
        activity_id=activity_id,
    )
