"""What became of each recording: read from its record, or from what the failed job left behind."""

from __future__ import annotations

from ..lock import RefusedRecording
from ..records import RecordingRecord, Status
from .in_use import was_hung_up, was_interrupted
from .plan import Plan
from .stages import OF_RECORDINGS, STAGES, last_of
from .supervision import HUNG_UP, INTERRUPTED, Failure, read_failure

NOT_RUN = "was not run: run the workflow again"
LOST = (
    "its job was ended before it could say why: its node was lost, or it was killed outright, as some batch systems do "
    "where the memory runs out; run again"
)
JOBS = tuple(dict.fromkeys(STAGES[stage].job for stage in OF_RECORDINGS))
OF_RESULTS = ("clean", "report")
"""Stages whose receipts a recording has that is done."""
FORMER = "; the files of this recording are of an earlier run, under other settings"


def outcomes(plan: Plan, dataset: str) -> list[RecordingRecord]:
    """One record for each recording of the lock, in its order, and for each that it refused."""
    lock = plan.lock(dataset)
    refused = [_refused(plan, recording) for recording in lock.refused]
    return [*(outcome(plan, dataset, entry.recording) for entry in lock.recordings), *refused]


def outcome(plan: Plan, dataset: str, recording: str) -> RecordingRecord:
    """What became of one recording under what is asked now: a record of an earlier run does not count."""
    failure = failure_of(plan, dataset, recording) or lost(plan, dataset, recording)
    if failure is not None:
        return _unfinished(plan, dataset, recording, "pending" if failure.cause == "cancelled" else "failed", failure)
    path = plan.layout(dataset).qc(recording)
    if path.is_file() and all(plan.receipt(stage, dataset, recording).is_file() for stage in OF_RESULTS):
        return RecordingRecord.model_validate_json(path.read_bytes())
    return _unfinished(plan, dataset, recording, "pending", Failure(stage="", reason=NOT_RUN))


def failure_of(plan: Plan, dataset: str, recording: str) -> Failure | None:
    """Why a recording failed, if it did."""
    records = (plan.failure(last_of(job), dataset, recording) for job in JOBS)
    return next(filter(None, map(read_failure, records)), None)


def lost(plan: Plan, dataset: str, recording: str) -> Failure | None:
    """The failure of a job that began, since it has a log, and could write neither receipt nor reason."""
    output = plan.layout(dataset).output
    for job in JOBS:
        receipt = plan.receipt(last_of(job), dataset, recording)
        if receipt.with_suffix(".log").is_file() and not receipt.is_file():
            recipe = plan.recipe_name if STAGES[last_of(job)].per_recipe else ""
            if was_interrupted(output):
                reason = HUNG_UP if was_hung_up(output) else INTERRUPTED
                return Failure(stage=job, reason=reason, recipe=recipe, cause="cancelled")
            return Failure(stage=job, reason=LOST, recipe=recipe, cause="node")
    return None


def _unfinished(plan: Plan, dataset: str, recording: str, status: Status, failure: Failure) -> RecordingRecord:
    former = plan.layout(dataset).qc(recording).is_file() and not plan.receipt("clean", dataset, recording).is_file()
    return _without_result(plan, recording, status, stage=failure.stage, reason=failure.reason + FORMER * former)


def _refused(plan: Plan, refused: RefusedRecording) -> RecordingRecord:
    return _without_result(plan, refused.recording, "refused", stage="resolve", reason=refused.reason)


def _without_result(plan: Plan, recording: str, status: Status, *, stage: str, reason: str) -> RecordingRecord:
    from ..chain import recipe_digest  # all numerics, which a run that goes well has no use for

    return RecordingRecord(
        recording=recording,
        status=status,
        stage=stage,
        reason=reason,
        recipe=plan.recipe_name,
        recipe_digest=recipe_digest(plan.recipe),
        seed=plan.configuration.seed,
    )
