"""The page of a run as it stands: ``index.html`` in the output folder, while the run goes on and after."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import EegmillError
from ..files.atomic import write_text
from ..records import Status
from ..report.overview import MAX_NAMED, DatasetRow, Why, overview_page
from ..version import __version__
from .known_status import known_status
from .layout import Layout
from .plan import Plan
from .status import DatasetStatus

NAME = "index.html"
INTERVAL_S = 30.0
SHARE = 0.02
"""Of the time of the process that runs the workflow, at most so much goes into looking."""


def write_overview(output: Path, derivative: Path | None = None) -> None:
    """Write the page of all datasets in an output folder, each with all its recipes.

    A page that cannot be written stops nothing: what counts lies in the receipts.
    """
    with suppress(OSError, EegmillError):
        rows = [_row(output, status, derivative) for status in known_status(output)]
        write_text(output / NAME, overview_page(rows, version=__version__))


def keep_overview(plan: Plan) -> None:
    """Write the page again and again until this process ends."""
    output, derivative = Path(plan.configuration.output), _derivative(plan)

    def keep() -> None:
        while True:
            began_s = time.thread_time()
            write_overview(output, derivative)
            time.sleep(max(INTERVAL_S, (time.thread_time() - began_s) / SHARE))

    threading.Thread(target=keep, name="overview", daemon=True).start()


def overview_of(plan: Plan) -> Path:
    """Write the page of a plan's output folder; where it lies."""
    write_overview(Path(plan.configuration.output), _derivative(plan))
    return Path(plan.configuration.output) / NAME


def _derivative(plan: Plan) -> Path | None:
    return Path(plan.configuration.derivative) if plan.configuration.derivative else None


def _row(output: Path, status: DatasetStatus, derivative: Path | None) -> DatasetRow:
    layout = Layout(output, status.dataset, status.recipe, derivative)
    page = layout.derivative / NAME
    return DatasetRow(
        dataset=status.dataset,
        recipe=status.recipe,
        counts=status.counts,
        hours=status.hours,
        bytes=status.bytes,
        reasons=tuple(_reasons(status, layout)),
        page=Path(os.path.relpath(page, output)).as_posix() if page.is_file() else "",
    )


def _reasons(status: DatasetStatus, layout: Layout) -> Iterable[Why]:
    for one in status.reasons:
        pages = {name: _page(layout, one.status, name) for name in one.recordings[:MAX_NAMED]}
        yield Why(one.status, ": ".join(filter(None, (one.stage, one.reason))), one.recordings, pages)


def _page(layout: Layout, status: Status, recording: str) -> str:
    """Relative address of the page of a recording that has no clean signal; empty if there is none."""
    page = layout.page_of_failure(recording) if status == "failed" else layout.report(recording)
    there = status in ("failed", "rejected") and page is not None and page.is_file()
    return Path(os.path.relpath(page, layout.output)).as_posix() if there and page else ""
