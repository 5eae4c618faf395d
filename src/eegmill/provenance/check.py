"""What the BIDS validator leaves out: the promises that a derivative of eegmill makes beyond file names and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..bids.names import entities_of
from ..errors import DerivativeError
from ..files.tables import read_tsv
from ..records import RecordingRecord
from .check_prov import activity_ids, check_prov
from .findings import Finding
from .json_schemas import faults
from .manifest import check_manifest, read_manifest
from .origin import Origin, linked_raw, read_origin, read_record, read_strict_json

REQUIRED = ("EEGReference", "SamplingFrequency", "PowerLineFrequency", "SoftwareFilters", "TaskName")
"""Required of raw EEG by BIDS 1.11 (rules.sidecars.eeg.EEGRequired); the validator lets derivatives go without."""
COMPANIONS = ("eeg.eeg", "eeg.vmrk", "eeg.json", "channels.tsv", "events.tsv", "events.json")
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
        *check_prov(derivative, subject.manifest),
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


def _folder_name(subject: _Derivative) -> Iterator[Finding]:
    folder = subject.folder.resolve()
    if folder.parent.name == "derivatives" and "eegmill" not in folder.name:
        yield Finding(path=".", problem="BIDS wants the name of the pipeline, eegmill, in the folder's name")


def _labels(subject: _Derivative) -> Iterator[Finding]:
    used = {label for path in subject.folder.rglob("sub-*_*") for label in LABEL.findall(path.name)}
    told = {row.get("desc_id", "") for row in read_tsv(subject.folder / "descriptions.tsv")}
    yield from (Finding(path="descriptions.tsv", problem=f"{label} is not described") for label in sorted(used - told))
    yield from (Finding(path="descriptions.tsv", problem=f"{label} is not used") for label in sorted(told - used))


def _recordings(subject: _Derivative) -> Iterator[Finding]:
    for path in sorted(subject.folder.glob("sub-*/**/*_desc-preproc_qc.json")):
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
    wrong = [] if f"{told}_desc-preproc_qc.json" == path.name else [f"is the record of '{told}'"]
    return [*faults("qc", content), *wrong]


def _signal(subject: _Derivative, qc: Path, record: RecordingRecord) -> Iterator[Finding]:
    stem = qc.name.removesuffix("qc.json")
    missing = [name for name in COMPANIONS if not qc.with_name(stem + name).is_file()]
    yield from (Finding(path=subject.name(qc), problem=f"the file {stem}{name} is missing") for name in missing)
    if not missing:
        yield from _sidecar(subject, qc.with_name(f"{stem}eeg.json"))
        yield from _channels(subject, qc.with_name(f"{stem}channels.tsv"), record)


def _sidecar(subject: _Derivative, path: Path) -> Iterator[Finding]:
    where = subject.name(path)
    content: dict[str, Any] = read_strict_json(path)
    yield from (Finding(path=where, problem=f"lacks {key}") for key in REQUIRED if key not in content)
    for source in content.get("Sources", []):
        if not _resolves(subject, source):
            yield Finding(path=where, problem=f"its source {source} is nowhere")
    for made_by in {*content.get("GeneratedBy", []), *content.get("SidecarGeneratedBy", [])} - subject.activities:
        yield Finding(path=where, problem=f"was made by {made_by}, which prov/ does not have")
    data = subject.name(path.with_suffix(".eeg"))
    if content.get("Digest", {}).get("SHA-256") != subject.manifest.get(data):
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


def _status(subject: _Derivative) -> Iterator[Finding]:
    rows = {row.get("recording", ""): row for row in read_tsv(subject.folder / "status.tsv")}
    locked = {entry.recording: entry for entry in subject.origin.lock.recordings}
    for name in sorted(rows.keys() ^ locked.keys()):
        yield Finding(path="status.tsv", problem=f"'{name}' is only in {'the lock' if name in locked else 'the table'}")
    for name in sorted(rows.keys() & locked.keys()):
        qc = subject.folder / locked[name].folder / "eeg" / f"{name}_desc-preproc_qc.json"
        if rows[name].get("status") == "ok" and not qc.is_file():
            yield Finding(path="status.tsv", problem=f"'{name}' is told to be ok and has no record")


def _copies(subject: _Derivative) -> Iterator[Finding]:
    """Files with names that raw data may have must be those of the raw data."""
    if subject.raw_root is None:
        return
    for path in sorted(subject.folder.glob("sub-*/**/*_*.*")):
        entities, suffix, _ = entities_of(path.name)
        if "desc" in entities or suffix == "report" or not path.is_file():
            continue
        source = subject.raw_root / subject.name(path)
        if not source.is_file() or source.read_bytes() != path.read_bytes():
            yield Finding(path=subject.name(path), problem="has a raw file's name and is not that file")
