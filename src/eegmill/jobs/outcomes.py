"""What became of each recording: read from its record, or from what the failed job left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..cleaning import recipe_digest
from ..plan import Plan
from ..records import RecordingRecord
from .supervision import read_failure

STAGES = ("fetch", "decompose", "clean", "report")
NOT_RUN = "was not run; run the workflow again"


@dataclass(frozen=True)
class Outcome:
    """A recording's record, and the stage at which it failed if it did."""

    record: RecordingRecord
    stage: str = ""


def outcomes(plan: Plan, dataset: str) -> Sequence[Outcome]:
    """One outcome a recording of the lock, in the order of the lock."""
    return [outcome(plan, dataset, entry.recording) for entry in plan.lock(dataset).recordings]


def outcome(plan: Plan, dataset: str, recording: str) -> Outcome:
    """What became of one recording. A failure counts more than an older record."""
    layout = plan.layout(dataset)
    for stage in STAGES:
        failure = read_failure(layout.failure(stage, recording))
        if failure is not None:
            return Outcome(_failed(plan, recording, failure.reason), stage)
    path = layout.qc(recording)
    if path.is_file():
        return Outcome(RecordingRecord.model_validate_json(path.read_bytes()))
    return Outcome(_failed(plan, recording, NOT_RUN))


def _failed(plan: Plan, recording: str, reason: str) -> RecordingRecord:
    return RecordingRecord(
        recording=recording,
        status="failed",
        reason=reason,
        recipe=plan.recipe.name,
        recipe_digest=recipe_digest(plan.recipe),
        seed=plan.configuration.seed,
    )
