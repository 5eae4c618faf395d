"""One recording of a derivative dataset: written aside, moved into place, its record last."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bids.paths import DerivativePaths, own_files
from ..errors import DerivativeError
from ..files.atomic import write_json
from ..files.tables import write_tsv
from ..lock import LockedRecording
from ..provenance.digests import sha256_file
from ..reading.sidecars import merged_json, read_json_object
from ..recording import Recording
from ..records import RecordingRecord
from .brainvision import write_brainvision
from .channels import COLUMNS as CHANNEL_COLUMNS
from .channels import channel_rows
from .components import COLUMNS as COMPONENT_COLUMNS
from .components import component_rows, mixing_columns, mixing_rows
from .eeglab import write_epochs_set
from .electrodes import COLUMNS as ELECTRODE_COLUMNS
from .electrodes import COORDSYSTEM, electrode_rows
from .epochs import COLUMNS as EPOCH_COLUMNS
from .epochs import end_to_end, epoch_rows, epoched, must_be_stored
from .events import event_columns, event_descriptions, event_rows
from .sidecar import eeg_json

if TYPE_CHECKING:
    import mne


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
        The raw dataset: source of inherited sidecars.
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
    paths = DerivativePaths(entry.recording)
    with _staging(derivative, entry.recording) as staged:
        _stage_record(record, staged / paths.record.name)
        shared: list[Path] = []
        if record.status == "ok":
            if recording is None:
                msg = f"'{entry.recording}' has status 'ok' and no signal."
                raise DerivativeError(msg)
            _stage_signal(recording, record, staged, entry=entry, raw_root=raw_root, activity_id=activity_id)
            shared = _write_coordsystem(staged / paths.electrodes.name, derivative / paths.coordsystem)
        moved = _move(staged, derivative, paths)
    return tuple(sorted([*moved, *shared]))


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
    paths = DerivativePaths(entry.recording)
    columns = merged_json(raw_root, entry, "events")
    sidecar = eeg_json(
        recording,
        record,
        entry=entry,
        source=merged_json(raw_root, entry, entry.datatype),
        activity_id=activity_id,
    )
    stem = paths.signal.stem.removesuffix(f"_{paths.datatype}")
    data = write_brainvision(recording.raw, staged, paths.signal.stem, bands=recording.bands)[0]
    _stage_tables(recording, {**sidecar, **_digest(data)}, staged, stem, columns)
    positions = electrode_rows(recording, record)
    if positions:
        write_tsv(staged / paths.electrodes.name, ELECTRODE_COLUMNS, positions)
    if recording.components:
        write_tsv(staged / paths.components.name, COMPONENT_COLUMNS, component_rows(recording.components))
    if recording.ica is not None:
        write_tsv(staged / paths.mixing.name, mixing_columns(recording.ica), mixing_rows(recording.ica))
    if recording.epochs is not None and len(recording.epochs):
        _stage_epochs(recording, recording.epochs, record, staged, paths, sidecar=sidecar, source_columns=columns)


def _stage_epochs(
    recording: Recording,
    epochs: mne.BaseEpochs,
    record: RecordingRecord,
    staged: Path,
    paths: DerivativePaths,
    *,
    sidecar: dict[str, Any],
    source_columns: dict[str, Any],
) -> None:
    """The table of epochs, and their samples where the table alone could not bring them back."""
    write_tsv(staged / paths.epochs_table.name, EPOCH_COLUMNS, epoch_rows(epochs, recording.raw))
    if not must_be_stored(record):
        return
    data = write_epochs_set(epochs, staged / paths.epochs.name, reference=recording.reference)[1]
    joined = replace(recording, raw=end_to_end(epochs))
    stem = paths.epochs.stem.removesuffix(f"_{paths.datatype}")
    _stage_tables(joined, {**epoched(sidecar, epochs, record), **_digest(data)}, staged, stem, source_columns)


def _stage_tables(
    recording: Recording, sidecar: dict[str, Any], staged: Path, stem: str, source_columns: dict[str, Any]
) -> None:
    write_json(staged / f"{stem}_eeg.json", sidecar)
    write_tsv(staged / f"{stem}_channels.tsv", CHANNEL_COLUMNS, channel_rows(recording))
    _stage_events(recording, staged, stem, source_columns)


def _digest(data: Path) -> dict[str, dict[str, str]]:
    return {"Digest": {"SHA-256": sha256_file(data)}}


def _stage_events(recording: Recording, staged: Path, stem: str, source: dict[str, Any]) -> None:
    rows = event_rows(recording.raw)
    columns = event_columns(rows)
    write_tsv(staged / f"{stem}_events.tsv", columns, rows)
    write_json(staged / f"{stem}_events.json", event_descriptions(columns, source))


def _write_coordsystem(electrodes: Path, target: Path) -> list[Path]:
    """What positions refer to, where there are any: the same text for all recordings of a session, which share it."""
    if not electrodes.is_file():
        return []
    if not target.is_file() or read_json_object(target) != COORDSYSTEM:
        write_json(target, COORDSYSTEM)
    return [target]


def _move(staged: Path, derivative: Path, paths: DerivativePaths) -> list[Path]:
    place, record = derivative / paths.folder, paths.record.name
    place.mkdir(parents=True, exist_ok=True)
    (place / record).unlink(missing_ok=True)
    names = sorted(path.name for path in staged.iterdir())
    for stale in own_files(place, paths.recording):
        if stale.name not in names:
            stale.unlink()
    for name in [*(name for name in names if name != record), record]:
        (staged / name).replace(place / name)
    return [place / name for name in names]
