"""The end of a run: what there is becomes a dataset, and a table says what is missing."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from pathlib import Path

from ..bids.paths import FAILED
from ..errors import EegmillError
from ..files.atomic import write_text
from ..files.os_errors import explain
from ..files.tables import read_tsv
from ..records import RecordingRecord
from .in_use import was_hung_up, was_interrupted
from .layout import Layout
from .outcomes import failure_of, lost, outcomes
from .overview import overview_of
from .plan import Plan
from .receipts import withdraw
from .stages import OF_DERIVATIVES, last_of
from .supervision import read_failure

INTERRUPTED = "The run was interrupted by the user: run the same command again to go on."
HUNG_UP = "The run was ended with its terminal, which was closed or lost: run the same command again to go on."
HINT = "Run the same command again when the cause is mended: only what is missing is done."


def finish(plan: Plan, *, late_s: float = 0.0) -> int:
    """Finish every dataset as far as it goes and tell what failed; 0, since Snakemake reports the failure itself.

    Parameters
    ----------
    late_s
        How long to wait for what other machines have written; 0 where all jobs ran on this one.
    """
    if late_s:
        from .awaited import await_reasons

        await_reasons(plan, max_s=late_s)
    for name in plan.datasets:
        try:
            tell(finish_dataset(plan, name)[0])
        except EegmillError as error:
            tell([f"{name}: {error}"])
        except OSError as error:
            tell([f"{name}: {explain(error, folders=[Path(plan.configuration.output)]) or error}"])
    tell([_what_now(Path(plan.configuration.output))])
    overview_of(plan)
    return 0


def _what_now(output: Path) -> str:
    if was_hung_up(output):
        return HUNG_UP
    return INTERRUPTED if was_interrupted(output) else HINT


def tell_done(plan: Plan) -> None:
    """Say what became of the recordings and where to look; and what earlier selections left, until it is removed."""
    from ..provenance.prune import stale_recordings  # slow to load

    overview_of(plan)
    for name in plan.datasets:
        layout = plan.layout(name)
        if not layout.lock.is_file():  # only a part of the workflow was asked for
            continue
        if layout.derivative.joinpath("status.tsv").is_file() and plan.receipt("dataset", name).is_file():
            tell([_found_at(layout, name)])
            tell([f"  {refused.recording}: refused: {refused.reason}" for refused in plan.lock(name).refused])
        stale = sorted(stale_recordings(layout.derivative, plan.lock(name)))
        if stale:
            remedy = shlex.join(["eegmill", "prune", str(layout.derivative), str(layout.lock), "--yes"])
            tell([f"{name}: no longer selected, but still there: {', '.join(stale)}. To remove them: {remedy}"])


def _found_at(layout: Layout, name: str) -> str:
    """What was made, and where to look first."""
    return f"{name}: {_counts(layout)}. Look at {layout.derivative / 'index.html'}"


def _counts(layout: Layout) -> str:
    """How many recordings have which status: ``3 ok, 1 rejected``."""
    counts = Counter(row["status"] for row in read_tsv(layout.derivative / "status.tsv"))
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no recordings"


def finish_dataset(plan: Plan, name: str) -> tuple[list[str], int]:
    """Make a dataset of what there is; what is to be told, and how many recordings are missing."""
    layout = plan.layout(name)
    why = _why_not(plan, name)
    if why:
        return [f"{name}: {why}"], 1
    _note_lost(plan, name)
    results = outcomes(plan, name)
    failed = [record for record in results if record.status == "failed"]
    pending = [record for record in results if record.status == "pending"]
    if any(record.status in {"ok", "rejected"} for record in results):
        withdraw(layout, OF_DERIVATIVES, plan.recipe_name, recipe=plan.recipe_name)  # of a whole dataset: this is none
        _make_whole(plan, name)
    elif failed:
        _write_failures(plan, name, results)
    lines = [f"{name}: {len(failed)} of {len(results)} recordings failed:"] if failed else []
    lines += [f"  {record.recording}: {record.stage}: {record.reason}" for record in failed]
    if failed:
        lines += [f"  What was looked at, and the end of each log: {_pages(layout)}"]
    lines += [f"{name}: {len(pending)} of {len(results)} recordings were not run"] if pending else []
    lines += [_found_at(layout, name)] if len(failed) + len(pending) < len(results) else []
    return lines, len(failed) + len(pending)


def _note_lost(plan: Plan, name: str) -> None:
    """Write down what became of jobs that could not: whoever asks for the status later has no digests."""
    for entry in plan.lock(name).recordings:
        failure = None if failure_of(plan, name, entry.recording) else lost(plan, name, entry.recording)
        if failure is not None:
            write_text(plan.failure(last_of(failure.stage), name, entry.recording), failure.model_dump_json() + "\n")


def _make_whole(plan: Plan, name: str) -> None:
    """Run the jobs on a dataset; they are imported here, since a run that goes well has no use for them."""
    from .jobs import dataset, features, index, manifest, validate

    for job in (dataset, validate, *([features] if plan.features else []), index, manifest):
        job.run(plan, name)


def _write_failures(plan: Plan, name: str, results: list[RecordingRecord]) -> None:
    """Write the pages of a dataset of which nothing could be cleaned."""
    from .jobs.unfinished import write_unfinished_pages  # what draws is slow to load

    write_unfinished_pages(plan, name, results)


def _pages(layout: Layout) -> Path:
    """Where the pages of failures lie."""
    folder = layout.derivative / FAILED
    return folder if folder.is_dir() else layout.failed_without_derivative


def _why_not(plan: Plan, name: str) -> str:
    """Why nothing can be made of a dataset; empty if something can."""
    failure = read_failure(plan.failure("resolve", name))
    if failure is not None:
        return f"resolve failed: {failure.reason}"
    if not plan.layout(name).lock.is_file():
        return "has no lock yet"
    failures = ((stage, read_failure(plan.failure(stage, name))) for stage in plan.stages_of_derivatives)
    return next((f"{stage} failed: {failure.reason}" for stage, failure in failures if failure), "")


def tell(lines: list[str]) -> None:
    """Say lines to the user, each as eegmill's."""
    sys.stderr.write("".join(f"eegmill: {line}\n" for text in lines for line in text.splitlines()))
