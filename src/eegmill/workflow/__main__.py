"""``python -m eegmill.workflow JOB …``: what the rules call; the configuration is that of the run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..files.atomic import write_text
from ..files.os_errors import temporary_folders
from ..live.progress import Progress
from ..machine import fix_environment
from ..provenance.activity import Place, file_digests
from .awaited import await_fetched, await_results
from .entries import read_entry
from .groups import FETCHED_AT_ONCE, Member, is_done, read_group, receipt_of
from .layout import Layout
from .plan import Plan
from .preload import load_libraries
from .receipts import Receipt, settle_times, withdraw, write_receipt
from .resources import Allotment
from .stages import STAGES, inputs_of, last_of
from .supervision import Begin, Failure, Piece, Supervision, read_failure, supervised, supervised_all, told


def main(arguments: list[str]) -> int:
    """Run one job; the exit code.

    Words such as ``attempt=2`` are what it was given.
    """
    job, *words = [word for word in arguments if "=" not in word]
    given = dict(word.split("=", 1) for word in arguments if "=" in word)
    plan = Plan.from_environment()
    if job == "finish":
        from .finish import finish

        return finish(plan, late_s=float(given.get("late_s", 0)))
    try:
        done = _of_group if job in ("fetch", "clean") else _of_dataset
        code = done(plan, job, *words, given=given)
        for folder in inputs_of(job):
            settle_times(plan.layout(words[0]).work / folder)
        return code
    except Exception as error:  # the edge: this process watches, and what ends it is told in one sentence as well
        reason, _ = told(error, [Path(plan.configuration.output), *temporary_folders()])
        sys.stderr.write(f"eegmill {job}: {reason}\n")
        return 1


def _of_group(plan: Plan, job: str, dataset: str, name: str, *, given: Mapping[str, str]) -> int:
    """A job on the recordings of a group; their digests come from the process that planned it."""
    layout = plan.layout(dataset)
    group = read_group(layout, name)
    todo = [member for member in group.members if group.again or not is_done(layout, job, member)]
    if job == "clean":
        await_fetched(layout, todo)
        todo = _fetched(layout, todo)
    if todo:
        load_libraries(plan, job)
    pieces = [_piece(plan, job, dataset, name, member, given) for member in todo]
    at_once = FETCHED_AT_ONCE if job == "fetch" else int(given.get("threads", 1))
    failures = supervised_all(pieces, side_by_side=at_once)
    missing = [member for member in group.members if not is_done(layout, job, member)]
    if missing and not (job == "fetch" and _may_go_on(failures, given)):
        return 1
    write_text(layout.group_done(job, name), f"{len(group.members) - len(missing)} of {len(group.members)}\n")
    return 0


def _fetched(layout: Layout, members: Sequence[Member]) -> list[Member]:
    """Those whose raw files are there; of the others it is said why not."""
    fetched = [member for member in members if is_done(layout, "fetch", member)]
    for member in members:
        if member not in fetched:
            failure = read_failure(layout.failure("fetch", member.recording, member.digests["fetch"]))
            reason = failure.reason if failure else "was not fetched"
            sys.stderr.write(f"eegmill: {member.recording}: fetch: {reason}\n")
    return fetched


def _may_go_on(failures: Sequence[Failure], given: Mapping[str, str]) -> bool:
    """Whether the other recordings of a group go on though some were not fetched: not where another attempt may help.

    The job that cleans the group then fails for these, so that no run with a failure ends well.
    """
    if given.get("last") == "fetch" or any(failure.cause == "cancelled" for failure in failures):
        return False
    is_last_attempt = int(given.get("attempt", 1)) > int(given.get("retries", 0))
    return is_last_attempt or not any(failure.may_pass for failure in failures)


def _piece(plan: Plan, job: str, dataset: str, group: str, member: Member, given: Mapping[str, str]) -> Piece:
    """One recording's part of a job."""
    layout, stage, recording = plan.layout(dataset), last_of(job), member.recording
    record = layout.failure(stage, recording, member.digests[stage])
    recipe = plan.recipe_name if STAGES[stage].per_recipe else ""

    def work(begin: Begin) -> None:
        if job == "fetch":
            from .jobs import fetch

            begin("fetch")
            fetch.run(layout, read_entry(layout, recording), recording, digest=member.digests["fetch"])
        else:
            from .jobs import clean

            clean.run(plan.task(dataset, recording, member.digests), begin)

    def result() -> tuple[str, str]:
        return _result(layout.qc(recording)) if job == "clean" else ("ok", "")

    log = receipt_of(layout, job, member).with_suffix(".log")
    progress = Progress(recording, layout.group_progress(job, group))
    return Piece(work, _watch(layout, job, record, recipe, given), recording, log, progress, result)


def _result(record: Path) -> tuple[str, str]:
    """What became of a recording, in words, for whoever watches the run."""
    from ..records import RecordingRecord
    from ..report.verdict import sentence_of

    try:
        found = RecordingRecord.model_validate_json(record.read_bytes())
    except (OSError, ValueError):  # whoever watches does without
        return "ok", ""
    return found.status, found.reason or sentence_of(found)


def _of_dataset(plan: Plan, stage: str, dataset: str, digest: str, *, given: Mapping[str, str]) -> int:
    layout, name = plan.layout(dataset), plan.name(stage, dataset)
    recipe = plan.recipe_name if STAGES[stage].per_recipe else ""

    def work(_: Begin) -> None:
        if stage == "dataset":
            await_results(plan, dataset)
        withdraw(layout, [stage], name, recipe=recipe)
        files = _job(stage)(plan, dataset)
        place: Place = "derivative" if STAGES[stage].per_recipe else "output"
        _sign(layout, stage, name, digest=digest, recipe=recipe, files=files, place=place)

    return supervised(work, _watch(layout, stage, layout.failure(stage, name, digest), recipe, given))


def _watch(layout: Layout, stage: str, record: Path, recipe: str, given: Mapping[str, str]) -> Supervision:
    allotment = Allotment(
        attempt=int(given.get("attempt", 1)),
        mem_mb=int(given.get("mem_mb", 0)),
        runtime_min=int(given.get("runtime", 0)),
    )
    return Supervision(stage, record, recipe=recipe, allotment=allotment, folders=(layout.output,))


def _job(stage: str) -> Callable[[Plan, str], tuple[Path, ...]]:
    """The work of a stage on a dataset; its module is imported by the child that does it."""
    if stage == "resolve":
        from .jobs import resolve

        return resolve.run
    if stage == "dataset":
        from .jobs import dataset

        return dataset.run
    if stage == "validate":
        from .jobs import validate

        return validate.run
    if stage == "features":
        from .jobs import features

        return features.run
    if stage == "index":
        from .jobs import index

        return index.run
    from .jobs import manifest

    return manifest.run


def _sign(
    layout: Layout, stage: str, name: str, *, digest: str, recipe: str, files: tuple[Path, ...], place: Place
) -> None:
    listed = file_digests(files, root=layout.root(place), place=place)
    receipt = Receipt(stage=stage, dataset=layout.dataset, name=name, recipe=recipe, digest=digest, files=listed)
    write_receipt(layout, receipt)


if __name__ == "__main__":
    fix_environment()  # Snakemake sets as many threads as a job has recordings side by side
    sys.exit(main(sys.argv[1:]))
