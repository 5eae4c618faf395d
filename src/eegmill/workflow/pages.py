"""Pages and index of a finished derivative, drawn again from it alone: no run, no configuration, no raw data needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..bids.paths import recordings_of, records_below
from ..errors import EegmillError
from ..files.tables import read_tsv
from ..lock import Lock, LockedRecording
from ..provenance.manifest import NAME as MANIFEST
from ..provenance.manifest import note_in_manifest
from ..provenance.origin import linked_raw, read_origin, read_record, refuse_foreign, refuse_other_version
from ..records import RecordingRecord
from .jobs.dataset import write_index
from .jobs.page import write_page
from .layout import Layout
from .loose import LooseLayout

STATUS = "status.tsv"
SIGNAL = ("raw", "companion")
"""Roles of the files that hold the signal."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn of a derivative."""

    pages: tuple[Path, ...]
    index: Path | None
    """None where the files belong to no dataset: there is no lock."""
    without_raw: tuple[str, ...]
    """Recordings whose raw files are not there, or not those that were cleaned."""
    failed: dict[str, str]
    """Recordings whose page could not be drawn, and why."""


def draw_again(derivative: Path, *, raw: Path | None = None, progress: Callable[[str], None] = lambda _: None) -> Drawn:
    """Draw all pages of a derivative and its index, and note them in its manifest.

    Parameters
    ----------
    raw
        The raw dataset, for the signal before cleaning; by default where the derivative says that it lies. Pages of
        recordings that it lacks show the clean signal alone, and say so.
    progress
        Called with the name of each recording before its page is drawn.

    Raises
    ------
    DerivativeError
        If the folder is no derivative of this eegmill.
    """
    refuse_foreign(derivative)
    refuse_other_version(derivative)
    lock = read_origin(derivative).lock if (derivative / "code" / "lock.json").is_file() else None
    layout = LooseLayout(derivative, lock.dataset if lock else "", "", derivative, raw or linked_raw(derivative))
    pages, failed, without_raw = [], {}, []
    for recording in recordings_of(records_below(derivative)):
        progress(recording)
        entry = _entry(lock, recording, layout.raw)
        without_raw += [] if entry else [recording]
        try:
            pages.append(write_page(layout, recording, entry))
        except EegmillError as error:
            failed[recording] = str(error)
    index = write_index(layout, lock, list(records_and_status(layout))) if lock else None
    if (derivative / MANIFEST).is_file():
        drawn = [*pages, *([index] if index else [])]
        note_in_manifest(derivative, [path.relative_to(derivative).as_posix() for path in drawn])
    return Drawn(tuple(pages), index, tuple(without_raw), failed)


def _entry(lock: Lock | None, recording: str, raw: Path) -> LockedRecording | None:
    """The entry of a recording whose raw files are there, with the sizes that the lock has."""
    found = [entry for entry in lock.recordings if entry.recording == recording] if lock else []
    needed = {file.path: file.size for entry in found for file in entry.files if file.role in SIGNAL}
    there = {path: (raw / path).stat().st_size for path in needed if (raw / path).is_file()}
    same = bool(needed) and all(path in there and size in (None, there[path]) for path, size in needed.items())
    return found[0] if same else None


def records_and_status(layout: Layout) -> Iterator[RecordingRecord]:
    """Records of all recordings; of those that were not cleaned, what the table of all says."""
    records = [read_record(path) for path in records_below(layout.derivative)]
    yield from records
    table = layout.derivative / STATUS
    for row in read_tsv(table) if records and table.is_file() else ():
        if row["recording"] not in {record.recording for record in records}:
            written = {key: row[key] for key in ("recording", "status", "stage", "reason")}
            shared = records[0].model_dump(include={"recipe", "recipe_digest", "seed"})
            yield RecordingRecord.model_validate({**shared, **written})
