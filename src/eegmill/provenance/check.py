"""What the BIDS validator leaves out: the promises that a derivative of eegmill makes beyond file names and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from ..bids.companions import names_in_header
from ..bids.inheritance import POSITIONS
from ..bids.names import entities_of
from ..bids.paths import EPOCHS, PREPROC, SPACE, DerivativePaths, own_files, paths_of_record, records_below
from ..errors import DerivativeError, EegmillError
from ..files.tables import read_tsv
from ..records import RecordingRecord
from .check_code import check_code
from .check_features import check_features
from .check_index import check_index
from .check_prov import activity_ids, check_prov
from .check_tree import check_tree
from .dehydrated import read_dehydrated
from .findings import Finding
from .json_schemas import faults
from .manifest import check_manifest, page_is_made_of_manifests, read_manifest
from .origin import Origin, linked_raw, read_origin, read_record, read_strict_json
from .page_of_checksums import PAGE

REQUIRED = ("EEGReference", "SamplingFrequency", "PowerLineFrequency", "SoftwareFilters", "TaskName")
"""Required of raw EEG by BIDS 1.11 (rules.sidecars.eeg.EEGRequired); the validator lets derivatives go without."""
STATUSES = frozenset({"good", "bad", "n/a"})
LABEL = re.compile(r"_(desc-[0-9a-zA-Z+]+)_")


@dataclass(frozen=True)
class _Derivative:
    """A derivative under examination."""

    folder: Path
    origin: Origin
    raw_root: Path | None
    manifest: dict[str, str]

    @cached_property
    def activities(self) -> set[str]:
        return activity_ids(self.folder)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Files that are not here on purpose."""
        content = read_dehydrated(self.folder)
        return frozenset(content.files if content else ())

    @cached_property
    def locked(self) -> set[str]:
        return {file.path for entry in self.origin.lock.recordings for file in entry.files}

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def check(derivative: Path, *, raw_root: Path | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a derivative, sorted by place.

    Parameters
    ----------
    raw_root
        The raw dataset; by default what ``DatasetLinks`` points to. Without it, files of the source are looked up in
        the lock alone, and copies of them are not compared.

    Raises
    ------
    DerivativeError
        If the folder is no derivative of eegmill, or has no readable lock or manifest.
    """
    origin = read_origin(derivative)
    linked = linked_raw(derivative)
    raw_root = raw_root or (linked if (linked / "dataset_description.json").is_file() else None)
    subject = _Derivative(derivative, origin, raw_root, read_manifest(derivative))
    found = [
        *_manifest(subject),
        *_folder_name(subject),
        *_labels(subject),
        *_recordings(subject),
        *_status(subject),
        *_copies(subject),
        *check_tree(derivative),
        *check_code(derivative, origin),
        *check_prov(derivative, subject.manifest),
        *check_features(derivative, subject.manifest),
        *check_index(derivative, subject.manifest),
    ]
    return tuple(sorted(found, key=str))


def _manifest(subject: _Derivative) -> Iterator[Finding]:
    report = check_manifest(subject.folder)
    for paths, problem in (
        (report.changed, "has not the SHA-256 of the manifest"),
        (report.missing, "is in the manifest and not here"),
        (report.unknown, "is not in the manifest"),
    ):
        yield from (Finding(path=path, problem=problem) for path in paths)
    if not page_is_made_of_manifests(subject.folder):
        yield Finding(path=PAGE, problem="is not the page that these checksums give")


def _folder_name(subject: _Derivative) -> Iterator[Finding]:
    folder = subject.folder.resolve()
    if folder.parent.name == "derivatives" and "eegmill" not in folder.name:
        yield Finding(path=".", problem="BIDS wants the name of the pipeline, eegmill, in the folder's name")


def _table(subject: _Derivative, name: str) -> list[dict[str, str]] | Finding:
    """Rows of a table that every derivative has; what is wrong with it where it cannot be read."""
    try:
        return read_tsv(subject.folder / name)
    except FileNotFoundError:
        return Finding(path=name, problem="is missing")
    except EegmillError as error:
        return Finding(path=name, problem=f"cannot be read: {error}")


def _labels(subject: _Derivative) -> Iterator[Finding]:
    rows = _table(subject, "descriptions.tsv")
    if isinstance(rows, Finding):
        yield rows
        return
    used = {label for path in subject.folder.rglob("sub-*_*") for label in LABEL.findall(path.name)}
    told = {row.get("desc_id", "") for row in rows}
    yield from (Finding(path="descriptions.tsv", problem=f"{label} is not described") for label in sorted(used - told))
    yield from (Finding(path="descriptions.tsv", problem=f"{label} is not used") for label in sorted(told - used))


def _recordings(subject: _Derivative) -> Iterator[Finding]:
    for path in records_below(subject.folder):
        where = subject.name(path)
        yield from (Finding(path=where, problem=problem) for problem in _record_faults(path))
        try:
            record = read_record(path)
        except DerivativeError:
            continue  # the schema's faults say it
        if record.status == "ok":
            yield from _signal(subject, path, record)


def _record_faults(path: Path) -> list[str]:
    try:
        content = read_strict_json(path)
    except DerivativeError as error:
        return [str(error)]
    told = content.get("recording") if isinstance(content, dict) else None
    wrong = [] if told == paths_of_record(path).recording else [f"is the record of '{told}'"]
    return [*faults("qc", content), *wrong]


def _signal(subject: _Derivative, qc: Path, record: RecordingRecord) -> Iterator[Finding]:
    paths = paths_of_record(qc)
    absent = [path for path in paths.companions if not (subject.folder / path).is_file()]
    for path in absent:
        if str(path) not in subject.left_out:
            yield Finding(path=subject.name(qc), problem=f"the file {path.name} is missing")
    if not absent:
        yield from _sidecar(subject, paths.signal_data)
        yield from _channels(subject, subject.folder / paths.file(PREPROC, "channels.tsv"), record)
        yield from _names(subject, paths)
        yield from _epochs(subject, paths)


def _sidecar(subject: _Derivative, data: PurePosixPath) -> Iterator[Finding]:
    """What the sidecar of a file of samples says, of a signal or of epochs."""
    where = str(data.with_suffix(".json"))
    content: dict[str, Any] = read_strict_json(subject.folder / where)
    yield from (Finding(path=where, problem=f"lacks {key}") for key in REQUIRED if key not in content)
    for source in content.get("Sources", []):
        if not _resolves(subject, source):
            yield Finding(path=where, problem=f"its source {source} is nowhere")
    for made_by in {*content.get("GeneratedBy", []), *content.get("SidecarGeneratedBy", [])} - subject.activities:
        yield Finding(path=where, problem=f"was made by {made_by}, which prov/ does not have")
    if content.get("Digest", {}).get("SHA-256") != subject.manifest.get(str(data)):
        yield Finding(path=where, problem="its Digest is not that of the signal")


def _resolves(subject: _Derivative, source: str) -> bool:
    path = source.removeprefix("bids:raw:")
    if path == source or path not in subject.locked:
        return False
    return subject.raw_root is None or (subject.raw_root / path).is_file()


def _channels(subject: _Derivative, path: Path, record: RecordingRecord) -> Iterator[Finding]:
    where, rows = subject.name(path), read_tsv(path)
    odd = sorted({row.get("status", "") for row in rows} - STATUSES)
    yield from (Finding(path=where, problem=f"'{value}' is no status") for value in odd)
    told = {row["name"] for row in rows if row.get("bad_reasons", "n/a") != "n/a"}
    judged = {channel.name for channel in record.bad_channels}
    for name in sorted(told ^ judged):
        yield Finding(path=where, problem=f"'{name}' is judged otherwise in the _qc.json file")


def _names(subject: _Derivative, paths: DerivativePaths) -> Iterator[Finding]:
    """Signal, channels and electrodes must have the same names: readers lose what has another one."""
    header, table = subject.folder / paths.signal, subject.folder / paths.file(PREPROC, "channels.tsv")
    channels = [row.get("name", "") for row in read_tsv(table)]
    signal = names_in_header(header.read_text(encoding="utf-8", errors="replace"))
    if channels != signal:
        only = sorted(set(channels) ^ set(signal))
        what = f"'{only[0]}' is only in one of them" if only else "their order differs"
        yield Finding(path=subject.name(table), problem=f"has not the channels of the signal's header: {what}")
    electrodes = subject.folder / paths.electrodes
    rows = read_tsv(electrodes) if electrodes.is_file() else []
    for name in [row.get("name", "") for row in rows if row.get("name", "") not in channels]:
        yield Finding(path=subject.name(electrodes), problem=f"'{name}' is no channel of the signal")
    if rows and not (subject.folder / paths.coordsystem).is_file():
        yield Finding(path=subject.name(electrodes), problem=f"has no {paths.coordsystem.name}")


def _epochs(subject: _Derivative, paths: DerivativePaths) -> Iterator[Finding]:
    """Files about epochs only where there are epochs."""
    table = subject.folder / paths.epochs_table
    if table.is_file() and not read_tsv(table):
        yield Finding(path=subject.name(table), problem="has no epoch")
    if (subject.folder / paths.epochs).is_file():
        yield from _sidecar(subject, paths.epochs_data)
    stored = [path for path in own_files(table.parent, paths.recording) if f"_{EPOCHS}_" in path.name and path != table]
    if stored and not table.is_file():
        yield Finding(path=subject.name(stored[0]), problem="is about epochs, and there is no table of them")


def _status(subject: _Derivative) -> Iterator[Finding]:
    table = _table(subject, "status.tsv")
    if isinstance(table, Finding):
        yield table
        return
    rows = {row.get("recording", ""): row for row in table}
    locked = {entry.recording: entry for entry in subject.origin.lock.recordings}
    for name in sorted(rows.keys() ^ locked.keys()):
        yield Finding(path="status.tsv", problem=f"'{name}' is only in {'the lock' if name in locked else 'the table'}")
    for name in sorted(rows.keys() & locked.keys()):
        record = subject.folder / DerivativePaths(name).record
        told = rows[name].get("status")
        if told in {"ok", "rejected"} and not record.is_file():
            yield Finding(path="status.tsv", problem=f"'{name}' is told to be {told} and has no record")
        if record.is_file() and told != (kept := _recorded_status(record)):
            yield Finding(path="status.tsv", problem=f"'{name}' is told to be {told}, and its record says {kept}")


def _recorded_status(record: Path) -> str | None:
    try:
        return read_record(record).status
    except DerivativeError:
        return None  # the schema's faults say it


def _copies(subject: _Derivative) -> Iterator[Finding]:
    """Files with names that raw data may have must be those of the raw data; not positions, whose names are ours."""
    if subject.raw_root is None:
        return
    for path in sorted(subject.folder.glob("sub-*/**/*_*.*")):
        entities, suffix, _ = entities_of(path.name)
        own = "desc" in entities or suffix == "report" or (suffix in POSITIONS and entities.get("space") == SPACE)
        if own or not path.is_file():
            continue
        source = subject.raw_root / subject.name(path)
        if not source.is_file() or source.read_bytes() != path.read_bytes():
            yield Finding(path=subject.name(path), problem="has a raw file's name and is not that file")
