"""What became of each recording: read from its record, or from what the failed job left behind."""

from __future__ import annotations

from ..chain import recipe_digest
from ..records import RecordingRecord
from .plan import Plan
from .supervision import read_failure

STAGES = ("fetch", "decompose", "clean", "report")
NOT_RUN = "was not run: run the workflow again"


def outcomes(plan: Plan, dataset: str) -> list[RecordingRecord]:
    """One record for each recording of the lock, in its order; a failed one holds its stage among the metrics."""
    return [outcome(plan, dataset, entry.recording) for entry in plan.lock(dataset).recordings]


def outcome(plan: Plan, dataset: str, recording: str) -> RecordingRecord:
    """What became of one recording. A failure counts more than an older record."""
    layout = plan.layout(dataset)
    for stage in STAGES:
        failure = read_failure(layout.failure(stage, recording))
        if failure is not None:
            return _failed(plan, recording, stage=stage, reason=failure.reason)
    path = layout.qc(recording)
    if path.is_file():
        record = RecordingRecord.model_validate_json(path.read_bytes())
        if _asked_for(plan, dataset, record):
            return record
    return _failed(plan, recording, stage="not run", reason=NOT_RUN)


def _asked_for(plan: Plan, dataset: str, record: RecordingRecord) -> bool:
    """Whether a record is of this configuration: the one of an earlier run lies there until its job is redone."""
    asked = (recipe_digest(plan.recipe), plan.configuration.seed, plan.overrides_of(dataset, record.recording))
    return (record.recipe_digest, record.seed, record.overrides) == asked


def _failed(plan: Plan, recording: str, *, stage: str, reason: str) -> RecordingRecord:
    return RecordingRecord(
        recording=recording,
        status="failed",
        reason=reason,
        recipe=plan.recipe.name,
        recipe_digest=recipe_digest(plan.recipe),
        seed=plan.configuration.seed,
        metrics={"stage": stage},
    )
