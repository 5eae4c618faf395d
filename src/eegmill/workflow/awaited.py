"""What other machines have written and a job reads: it waits until it sees all of that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import DerivativeError
from ..files.late import is_late, look_again, wait_while
from ..machine import only_these
from .groups import Member, receipt_of
from .layout import Layout
from .outcomes import failure_of, lost
from .plan import Plan
from .receipts import lie_of


def await_fetched(layout: Layout, members: Sequence[Member]) -> None:
    """Wait for the lock, and for the raw files of recordings, or the reasons why they could not be fetched.

    What does not come is told by whoever needs it.
    """

    def lacks() -> str:
        if is_late(layout.lock):
            return f"'{layout.lock.name}' is not seen yet"
        return next(filter(None, (_unfetched(layout, member) for member in members)), "")

    wait_while(lacks)


def await_results(plan: Plan, dataset: str) -> None:
    """Wait for what the jobs on recordings have made, before it becomes a dataset.

    Raises
    ------
    DerivativeError
        If something does not come: a dataset without it would pass for whole.
    """
    layout, only = plan.layout(dataset), only_these()

    def lacks() -> str:
        names = (entry.recording for entry in plan.lock(dataset).recordings)
        wanted = (name for name in names if only is None or name in only)
        return next(filter(None, (_unmade(plan, dataset, name, layout) for name in wanted)), "")

    if reason := wait_while(lacks):
        msg = f"{reason}, although its job has ended: run the same command again."
        raise DerivativeError(msg)


def await_reasons(plan: Plan, *, max_s: float) -> None:
    """Wait for the reasons that jobs on other machines have written down, before they are taken for lost."""

    def lacks() -> str:
        names = ((dataset, name) for dataset in plan.datasets for name in _names(plan, dataset))
        return next(
            (f"why {name} ended is not seen yet" for dataset, name in names if _is_untold(plan, dataset, name)), ""
        )

    wait_while(lacks, max_s=max_s)


def _unfetched(layout: Layout, member: Member) -> str:
    receipt = receipt_of(layout, "fetch", member)
    if layout.failure("fetch", member.recording, member.digests["fetch"]).is_file():
        return ""
    return _lacks(receipt, layout, f"{member.recording}: what was fetched")


def _unmade(plan: Plan, dataset: str, recording: str, layout: Layout) -> str:
    receipts = (plan.receipt(stage, dataset, recording) for stage in ("clean", "report"))
    return next(filter(None, (_lacks(path, layout, f"{recording}: its receipt") for path in receipts)), "")


def _lacks(receipt: Path, layout: Layout, what: str) -> str:
    if is_late(receipt):
        return f"{what} is not seen yet"
    reason = lie_of(receipt, layout)
    return f"{what}: {reason}" if reason else ""


def _names(plan: Plan, dataset: str) -> Sequence[str]:
    if not plan.layout(dataset).lock.is_file():
        return ()
    return [entry.recording for entry in plan.lock(dataset).recordings]


def _is_untold(plan: Plan, dataset: str, recording: str) -> bool:
    if failure_of(plan, dataset, recording) is not None or lost(plan, dataset, recording) is None:
        return False
    for stage in ("fetch", "report"):
        look_again(plan.failure(stage, dataset, recording).parent)
    return failure_of(plan, dataset, recording) is None
