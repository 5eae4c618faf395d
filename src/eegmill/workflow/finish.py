"""The end of a run: what there is becomes a dataset, and a table says what is missing."""

from __future__ import annotations

import shlex
import sys
from collections import Counter

from ..errors import EegmillError
from ..files.tables import read_tsv
from ..provenance.prune import stale_recordings
from .jobs import dataset as dataset_job
from .jobs import manifest, validate
from .layout import Layout
from .outcomes import outcomes
from .plan import Plan
from .receipts import withdraw
from .stages import OF_DERIVATIVES
from .supervision import read_failure

HINT = "Run the same command again when the cause is mended: only what is missing is done."


def finish(plan: Plan) -> int:
    """Finish every dataset as far as it goes and tell what failed; 0, since Snakemake reports the failure itself."""
    for name in plan.configuration.datasets:
        try:
            _tell(_finish_dataset(plan, name))
        except EegmillError as error:
            _tell([f"{name}: {error}"])
    _tell([HINT])
    return 0


def tell_done(plan: Plan) -> None:
    """Say what became of the recordings and where to look; and what earlier selections left, until it is removed."""
    for name in plan.configuration.datasets:
        layout = plan.layout(name)
        if not layout.lock.is_file():  # only a part of the workflow was asked for
            continue
        if layout.derivative.joinpath("status.tsv").is_file() and plan.receipt("dataset", name).is_file():
            _tell([f"{name}: {_counts(layout)}. Look at {layout.derivative / 'index.html'}"])
            _tell([f"  {refused.recording}: refused: {refused.reason}" for refused in plan.lock(name).refused])
        stale = sorted(stale_recordings(layout.derivative, plan.lock(name)))
        if stale:
            remedy = shlex.join(["eegmill", "prune", str(layout.derivative), str(layout.lock), "--yes"])
            _tell([f"{name}: no longer selected, but still there: {', '.join(stale)}. To remove them: {remedy}"])


def _counts(layout: Layout) -> str:
    """How many recordings have which status: ``3 ok, 1 rejected``."""
    counts = Counter(row["status"] for row in read_tsv(layout.derivative / "status.tsv"))
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no recordings"


def _finish_dataset(plan: Plan, name: str) -> list[str]:
    layout = plan.layout(name)
    failure = read_failure(plan.failure("resolve", name))
    if failure is not None:
        return [f"{name}: resolve failed: {failure.reason}"]
    if not layout.lock.is_file():
        return [f"{name}: has no lock yet"]
    for stage in OF_DERIVATIVES:
        failure = read_failure(plan.failure(stage, name))
        if failure is not None:
            return [f"{name}: {stage} failed: {failure.reason}"]
    results = outcomes(plan, name)
    failed = [record for record in results if record.status == "failed"]
    pending = [record for record in results if record.status == "pending"]
    if any(record.status in {"ok", "rejected"} for record in results):
        withdraw(layout, OF_DERIVATIVES, plan.recipe.name, recipe=plan.recipe.name)  # of a whole dataset: this is none
        for job in (dataset_job, validate, manifest):
            job.run(plan, name)
    lines = [f"{name}: {len(failed)} of {len(results)} recordings failed" + (":" if failed else "")]
    lines += [f"  {record.recording}: {record.stage}: {record.reason}" for record in failed]
    return [*lines, *([f"{name}: {len(pending)} of {len(results)} recordings were not run"] if pending else [])]


def _tell(lines: list[str]) -> None:
    sys.stderr.write("".join(f"eegmill: {line}\n" for line in lines))
