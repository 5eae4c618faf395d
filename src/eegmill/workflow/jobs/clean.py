"""One recording from raw files to derivative and page, in one process; what stands from before is not done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...chain import Chain, parameters_digest
from ...provenance.activity import Activity, FileDigest, Place, activity_id, file_digests
from ..observed import Observed, observe
from ..receipts import Receipt, lie_of, read_receipt, withdraw, write_receipt
from ..stages import OF_DERIVATIVES
from ..task import Task
from .decompose import decompose, load_state, save_state
from .derive import derive, finished
from .page import write_page
from .steps_done import begin_steps, end_steps

if TYPE_CHECKING:
    from ..supervision import Begin

KEPT_STATES = 2
"""States at the ICA that are kept a recording: the present one, and one to go back to."""


def run(task: Task, begin: Begin) -> None:
    """Clean a recording, write its derivative, draw its page.

    Parameters
    ----------
    begin
        Called with the name of each stage as it begins, and of each step, so that whoever watches knows where it ended.
    """
    if _stands(task, "clean"):
        begin("report")
    else:
        _clean(task, begin)
    withdraw(task.layout, ["report"], task.recording, recipe=task.recipe.name)
    with observe() as job:
        page = write_page(task.layout, task.recording, task.entry)
    _sign(task, "report", job, files=_listed(task, [page]))


def _clean(task: Task, begin: Begin) -> None:
    used = read_receipt(task.layout.receipt("fetch", task.recording, task.digests["fetch"])).files
    digest = parameters_digest(task.recipe, task.overrides)
    identifier = activity_id("clean", task.recording, used=used, parameters_digest=digest, seed=task.seed)
    with observe() as job:
        begin("decompose")
        chain = _at_ica(task, partial(begin, "decompose"))
        begin("clean")
        chain, record = finished(task, chain, partial(begin, "clean"))
        _withdraw_former(task)
        files = _listed(task, derive(task, chain, record, activity_id=identifier))
        begin("report")  # the page is drawn when the clean recording has left the memory
    activity = job.activity(task, used=used, generated=files, parameters_digest=digest, steps=chain.times)
    _sign(task, "clean", job, files=files, status=record.status, activity=activity)
    end_steps(task)


def _at_ica(task: Task, begin: Callable[[str], None]) -> Chain:
    """The chain at the fitted ICA: as it was kept, or fitted now."""
    if _stands(task, "decompose"):
        kept = load_state(task)
        begin_steps(task, kept.steps)
        return kept
    end_steps(task)
    with observe() as job:
        chain = decompose(task, begin)
    if task.recipe.split()[1]:
        save_state(task, chain)
        _drop_old_states(task)
        state = task.layout.state(task.recording, task.digests["decompose"])
        _sign(task, "decompose", job, files=_listed(task, [state], place="scratch"))
    return chain


def _drop_old_states(task: Task) -> None:
    present = task.layout.state(task.recording, task.digests["decompose"])
    others = [path for path in present.parent.glob(f"{task.recording}.*.pkl") if path != present]
    for old in sorted(others, key=_age)[: -(KEPT_STATES - 1)]:  # a clock may have jumped: the present one is not asked
        old.unlink(missing_ok=True)


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _withdraw_former(task: Task) -> None:
    """Receipts speak of files that are about to be replaced: no longer."""
    withdraw(task.layout, ["clean", "report"], task.recording, recipe=task.recipe.name)
    withdraw(task.layout, OF_DERIVATIVES, task.recipe.name, recipe=task.recipe.name)


def _stands(task: Task, stage: str) -> bool:
    path = task.layout.receipt(stage, task.recording, task.digests[stage])
    return path.is_file() and not lie_of(path, task.layout)


def _listed(task: Task, files: Sequence[Path], place: Place = "derivative") -> tuple[FileDigest, ...]:
    return file_digests(files, root=task.layout.root(place), place=place)


def _sign(
    task: Task,
    stage: str,
    job: Observed,
    *,
    files: tuple[FileDigest, ...],
    status: str = "ok",
    activity: Activity | None = None,
) -> None:
    receipt = Receipt(
        stage=stage,
        dataset=task.dataset,
        name=task.recording,
        recipe="" if stage == "decompose" else task.recipe.name,
        digest=task.digests[stage],
        status=status,
        cpu_s=job.cpu_s,
        peak_mb=job.peak_mb,
        files=files,
        activity=activity,
    )
    write_receipt(task.layout, receipt)
