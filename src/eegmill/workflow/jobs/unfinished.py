"""Pages of recordings that failed: written as a run ends, since their own jobs may have ended without a word.

They lie in ``logs/failed`` of the derivative: what is below ``logs/`` is vouched for by the manifest of records, which
may differ from run to run, and such a page quotes a log. Where nothing could be cleaned there is no derivative; they
then lie in the work folder, and the page of the whole run leads to them.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ...bids.paths import FAILED, DerivativePaths
from ...derivative.portable import without_folders
from ...files.atomic import write_text
from ...records import RecordingRecord, StepRecord
from ...report.figures import Figures
from ...report.flow import boxes_of
from ...report.page import recording_page
from ...report.unfinished import InputFile, LogEnd, Unfinished, log_end
from ...version import __version__
from ..plan import Plan
from ..stages import STAGES, last_of
from .steps_done import read_steps

MAX_LOG_BYTES = 1 << 20
MIN_NAME = 3
"""Letters of a user's or host's name that is searched for."""


def write_unfinished_pages(plan: Plan, dataset: str, records: Iterable[RecordingRecord]) -> tuple[Path, ...]:
    """Write a page for each recording that failed, and take away those of earlier failures."""
    layout, listed = plan.layout(dataset), list(records)
    for folder in (layout.derivative / FAILED, layout.failed_without_derivative):
        shutil.rmtree(folder, ignore_errors=True)
    cleaned = any(record.status in {"ok", "rejected"} for record in listed)
    folder = layout.derivative / FAILED if cleaned else layout.failed_without_derivative
    index = layout.derivative if cleaned else layout.output
    back = Path(os.path.relpath(index / "index.html", folder)).as_posix()
    failed = [record for record in listed if record.status == "failed"]
    return tuple(_write(plan, dataset, record, folder=folder, back=back) for record in failed)


def _write(plan: Plan, dataset: str, record: RecordingRecord, *, folder: Path, back: str) -> Path:
    name = record.recording
    steps = _steps(plan, dataset, record)
    told = record.model_copy(update={"steps": steps or (), "reason": without_folders(record.reason)})
    unfinished = Unfinished(_files(plan, dataset, name), _log(plan, dataset, record), was_read=steps is not None)
    page = recording_page(
        told,
        Figures(),
        version=__version__,
        dataset=dataset,
        flow=boxes_of(told, plan.recipe.steps, begun=steps is not None),
        unfinished=unfinished,
        back=back,
        neighbours=folder != plan.layout(dataset).failed_without_derivative,
    )
    target = folder / DerivativePaths(name).failed_page.name
    write_text(target, page)
    return target


def _steps(plan: Plan, dataset: str, record: RecordingRecord) -> tuple[StepRecord, ...] | None:
    """Those that were done, of a recording whose page alone failed all; None where no step was begun."""
    receipt, path = plan.receipt("clean", dataset, record.recording), plan.layout(dataset).qc(record.recording)
    if receipt.is_file() and path.is_file():
        return RecordingRecord.model_validate_json(path.read_bytes()).steps
    return read_steps(receipt)


def _files(plan: Plan, dataset: str, recording: str) -> tuple[InputFile, ...]:
    raw = plan.layout(dataset).raw
    return tuple(
        InputFile(file.path, file.role, file.size, _size(raw / file.path))
        for file in plan.recording(dataset, recording).files
        if file.role != "dataset"
    )


def _size(path: Path) -> int | None:
    with suppress(OSError):
        return path.stat().st_size
    return None


def _log(plan: Plan, dataset: str, record: RecordingRecord) -> LogEnd:
    job = STAGES[record.stage].job if record.stage in STAGES else "clean"
    path = plan.receipt(last_of(job), dataset, record.recording).with_suffix(".log")
    if not path.is_file():
        return LogEnd()
    text = path.read_bytes()[-MAX_LOG_BYTES:].decode("utf-8", "replace")
    for folder in _folders(plan):
        text = text.replace(f"{folder}/", "")
    return log_end("\n".join(map(without_folders, text.splitlines())), private=_private())


def _folders(plan: Plan) -> Sequence[str]:
    """Folders of this machine, which may have blanks in their names."""
    known = [Path(plan.configuration.output).absolute(), Path.cwd(), Path(tempfile.gettempdir()), Path.home()]
    return sorted({str(folder) for folder in known if len(folder.parts) > 1}, key=len, reverse=True)


def _private() -> tuple[str, ...]:
    names = {socket.gethostname(), socket.gethostname().partition(".")[0]}
    with suppress(OSError, KeyError):  # a user without a name
        names.add(getpass.getuser())
    return tuple(name for name in names if len(name) >= MIN_NAME)
