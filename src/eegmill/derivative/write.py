"""One recording of a derivative dataset: written aside, moved into place, its record last."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import DerivativeError
from ..files.atomic import write_bytes, write_json
from ..files.tables import write_tsv
from ..lock import LockedRecording
from ..provenance.digests import sha256_file
from ..reading.sidecars import merged_json, sidecars
from ..recording import Recording
from ..records import RecordingRecord
from .brainvision import write_brainvision
from .channels import COLUMNS as CHANNEL_COLUMNS
from .channels import channel_rows
from .components import COLUMNS as COMPONENT_COLUMNS
from .components import component_rows, mixing_columns, mixing_rows
from .epochs import COLUMNS as EPOCH_COLUMNS
from .epochs import end_to_end, epoch_rows, epoched, must_be_stored
from .events import event_columns, event_descriptions, event_rows
from .sidecar import eeg_json

COPIED = (("electrodes", ".tsv"), ("coordsystem", ".json"))


def write_derivative(
    recording: Recording | None,
    record: RecordingRecord,
    *,
    entry: LockedRecording,
    raw_root: Path,
    derivative: Path,
    activity_id: str | None = None,
) -> tuple[Path, ...]:
    """Write everything of one recording, and remove what an earlier run left of it.

    A crash at any moment leaves either no record or the record of what lies there: ``_qc.json`` is removed first and
    written last. A rejected or failed recording gets its record alone.

    Parameters
    ----------
    recording
        The cleaned signal; not looked at unless ``record.status`` is ``ok``.
    raw_root
        The raw dataset: source of inherited sidecars and of electrode files, which are copied byte by byte.
    activity_id
        The BIDS-Prov activity that made the files, such as ``bids::prov#clean-0123abcd``.

    Returns
    -------
    tuple of Path
        The files of this recording, sorted.

    Raises
    ------
    DerivativeError
        If the signal or the record holds numbers that are not finite; nothing is changed then.
    """
    place = derivative / entry.folder / "eeg"
    qc = place / f"{entry.recording}_desc-preproc_qc.json"
    with _staging(derivative, entry.recording) as staged:
        _stage_record(record, staged / qc.name)
        copies: list[Path] = []
        if record.status == "ok":
            if recording is None:
                msg = f"'{entry.recording}' has status 'ok' and no signal."
                raise DerivativeError(msg)
            _stage_signal(recording, record, staged, entry=entry, raw_root=raw_root, activity_id=activity_id)
            copies = _copy_electrodes(entry, raw_root, derivative)
        moved = _move(staged, place, qc)
    return tuple(sorted([*moved, *copies]))


def owned_files(derivative: Path, folder: str, recording: str) -> list[Path]:
    """Files below a derivative that belong to one recording alone."""
    return sorted((derivative / folder / "eeg").glob(f"{recording}_desc-*"))


@contextmanager
def _staging(derivative: Path, recording: str) -> Iterator[Path]:
    staged = derivative / f".staging-{recording}"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _stage_record(record: RecordingRecord, path: Path) -> None:
    try:
        write_json(path, record.model_dump())  # pydantic's own JSON would turn NaN into null in silence
    except ValueError as error:
        msg = f"The record of '{record.recording}' holds a number that is not finite; nothing was written."
        raise DerivativeError(msg) from error


def _stage_signal(
    recording: Recording,
    record: RecordingRecord,
    staged: Path,
    *,
    entry: LockedRecording,
    raw_root: Path,
    activity_id: str | None,
) -> None:
    source = merged_json(raw_root, entry, entry.datatype)
    columns = merged_json(raw_root, entry, "events")
    sidecar = eeg_json(recording, record, entry=entry, source=source, activity_id=activity_id)
    _stage_one(recording, sidecar, staged, f"{entry.recording}_desc-preproc", columns)
    if recording.components:
        rows = component_rows(recording.components)
        write_tsv(staged / f"{entry.recording}_desc-ica_components.tsv", COMPONENT_COLUMNS, rows)
    if recording.ica is not None:
        path = staged / f"{entry.recording}_desc-ica_mixing.tsv"
        write_tsv(path, mixing_columns(recording.ica), mixing_rows(recording.ica))
    if recording.epochs is None:
        return
    stem = f"{entry.recording}_desc-epochs"
    write_tsv(staged / f"{stem}_epochs.tsv", EPOCH_COLUMNS, epoch_rows(recording.epochs, recording.raw))
    if must_be_stored(record):
        joined = replace(recording, raw=end_to_end(recording.epochs))
        sidecar = eeg_json(joined, record, entry=entry, source=source, activity_id=activity_id)
        _stage_one(joined, epoched(sidecar, recording.epochs), staged, stem, columns)


def _stage_one(
    recording: Recording, sidecar: dict[str, Any], staged: Path, stem: str, source_columns: dict[str, Any]
) -> None:
    data = write_brainvision(recording.raw, staged, f"{stem}_eeg")[0]
    write_json(staged / f"{stem}_eeg.json", {**sidecar, "Digest": {"SHA-256": sha256_file(data)}})
    write_tsv(staged / f"{stem}_channels.tsv", CHANNEL_COLUMNS, channel_rows(recording))
    _stage_events(recording, staged, stem, source_columns)


def _stage_events(recording: Recording, staged: Path, stem: str, source: dict[str, Any]) -> None:
    rows = event_rows(recording.raw)
    columns = event_columns(rows)
    write_tsv(staged / f"{stem}_events.tsv", columns, rows)
    write_json(staged / f"{stem}_events.json", event_descriptions(columns, source))


def _copy_electrodes(entry: LockedRecording, raw_root: Path, derivative: Path) -> list[Path]:
    """Copy electrode files under their own names; several recordings of a subject may share them."""
    copies = []
    for path in (path for suffix, extension in COPIED for path in sidecars(entry, suffix, extension)):
        if not (raw_root / path).is_file():
            continue
        content = (raw_root / path).read_bytes()
        target = derivative / path
        if not target.is_file() or target.read_bytes() != content:
            write_bytes(target, content)
        copies.append(target)
    return copies


def _move(staged: Path, place: Path, qc: Path) -> list[Path]:
    place.mkdir(parents=True, exist_ok=True)
    qc.unlink(missing_ok=True)
    names = sorted(path.name for path in staged.iterdir())
    recording = qc.name.removesuffix("_desc-preproc_qc.json")
    for stale in place.glob(f"{recording}_desc-*"):
        if stale.name not in names:
            stale.unlink()
    for name in [*(name for name in names if name != qc.name), qc.name]:
        (staged / name).replace(place / name)
    return [place / name for name in names]
