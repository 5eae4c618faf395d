"""Making a derivative again and comparing: the proof that it is what it says.

A recording is made again in a scratch folder from the recorded configuration and lock, and every one of its files is
compared in three tiers (see `compare`). What was not compared is never called equal.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..bids.paths import DerivativePaths, owned_files, recordings_of, records_below
from ..errors import DerivativeError, EegmillError
from ..files.atomic import write_json
from ..files.os_errors import explain
from ..lock import LockedRecording
from ..models import Frozen
from .check import check
from .compare import FileComparison, Tier, compare_files, worst
from .dehydrated import read_dehydrated
from .differences import changed_inputs, environment_differences, parting_step
from .environment import Environment, describe
from .findings import Finding
from .former import compare_former
from .manifest import ManifestReport, check_manifest, manifests_digest, read_manifest
from .origin import Origin, linked_raw, other_version, read_origin, refuse_foreign
from .page_of_checksums import PAGE
from .prune import stale_recordings

DESCRIPTION = "dataset_description.json"
Rebuild = Callable[[str, Path], None]
"""Makes one recording again: its name, and an empty folder that stands for the derivative."""
IndexAgain = Callable[[Path, Path], Sequence[str]]
"""Makes the index of a derivative again, into a folder: the names of its files."""
DatasetAgain = Callable[..., Sequence[FileComparison]]
"""Makes the files of the whole dataset again, into a folder, given its raw data too, and compares them."""


class RecordingVerdict(Frozen):
    """One recording, made again and compared."""

    recording: str
    tier: Tier
    files: tuple[FileComparison, ...] = ()
    reasons: tuple[str, ...] = ()
    """What differs, and why it may."""
    changed_inputs: tuple[str, ...] = ()
    """Raw files that are not those that were read, whatever became of it."""


class VerifyReport(Frozen):
    """What is proved of a derivative, and what is not."""

    derivative: str
    manifest: ManifestReport
    findings: tuple[Finding, ...] = ()
    environment_differences: tuple[str, ...] = ()
    recordings: tuple[RecordingVerdict, ...] = ()
    index: tuple[FileComparison, ...] = ()
    """The index of windows and its description, made again from the files that lie there."""
    dataset: tuple[FileComparison, ...] = ()
    """Files of the whole dataset, made again from records and raw data."""
    dataset_not_compared: tuple[str, ...] = ()
    """Those of them that were not: another version of eegmill made them, and would write them otherwise."""
    not_compared: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    made_by: str = ""
    """Another version of eegmill that made it: then signals and decisions alone are compared."""
    manifests_sha256: str = ""
    """Of what was compared: one digest over both manifests."""
    environment: Environment | None = None
    """In which it was made again."""

    @property
    def intact(self) -> bool:
        """Whether nothing was altered since the derivative was made."""
        return self.manifest.intact and not self.findings

    @property
    def equal(self) -> bool:
        """Whether it is intact and every recording that was compared came out equal in some tier."""
        tiers = [*(verdict.tier for verdict in self.recordings), *(file.tier for file in (*self.index, *self.dataset))]
        return self.intact and Tier.DIFFERENT not in tiers and not any(item.changed_inputs for item in self.recordings)

    @property
    def summary(self) -> str:
        """One sentence, which never says more than was compared."""
        whole = len(self.recordings) + len(self.not_compared)
        state = "intact" if self.intact else "ALTERED"
        state += f", made by another version ({self.made_by})" if self.made_by else ""
        if not self.recordings:
            return f"{self.derivative} is {state}; no recording of {whole} was made again."
        tier = max((verdict.tier for verdict in self.recordings), key=lambda tier: tier.rank)
        outcome = f"signals and decisions: {tier.value}" if self.made_by else tier.value
        outcome += f"; index of windows: {worst(self.index).value}" if self.index else ""
        outcome += f"; {len(self.dataset)} files of the dataset: {worst(self.dataset).value}" if self.dataset else ""
        left = len(self.dataset_not_compared)
        outcome += f"; {left} files of the dataset NOT COMPARED, another version made them" if left else ""
        outcome += "; RAW FILES CHANGED" if any(item.changed_inputs for item in self.recordings) else ""
        return f"{self.derivative} is {state}; {len(self.recordings)} of {whole} recordings made again: {outcome}."


def verify_manifest(derivative: Path) -> VerifyReport:
    """Compare every file with the manifest, and nothing else: seconds.

    Raises
    ------
    DerivativeError
        If the folder is no derivative of eegmill, or has no readable manifest.
    """
    refuse_foreign(derivative)
    report = check_manifest(derivative)
    names = recordings_of(records_below(derivative))
    return VerifyReport(
        derivative=derivative.resolve().name,
        manifest=report,
        not_compared=names,
        manifests_sha256=manifests_digest(derivative),
        environment=describe(),
    )


def verify(
    derivative: Path,
    *,
    rebuild: Rebuild,
    index_again: IndexAgain | None = None,
    dataset_again: DatasetAgain | None = None,
    recordings: Sequence[str] = (),
    sample: int | None = None,
    raw: Path | None = None,
    scratch: Path | None = None,
) -> VerifyReport:
    """Make recordings again and compare them.

    Parameters
    ----------
    rebuild
        Makes one recording again, from what `origin.read_origin` reads.
    index_again
        Makes the index of windows again; without it, its checksum alone is looked at.
    dataset_again
        Makes the files of the whole dataset again; features only where no recordings are chosen.
    recordings
        Names of recordings; none means all.
    sample
        Take only so many of them: always the same ones for one derivative.
    raw
        The raw dataset, to tell changed input; by default what ``DatasetLinks`` points to.
    scratch
        Where remakes are written; a temporary folder by default. It is emptied.

    Raises
    ------
    DerivativeError
        If the folder is no derivative of eegmill, is damaged beyond comparison, or does not have a recording named.
    """
    _refuse_dehydrated(derivative)
    origin = read_origin(derivative, any_version=True)
    made_by = other_version(derivative)
    known = choose(derivative, origin, recordings=(), sample=None)
    chosen = choose(derivative, origin, recordings=recordings, sample=sample)
    raw_root = raw or linked_raw(derivative)
    manifest = check_manifest(derivative)
    found = () if made_by else check(derivative, raw_root=raw)
    findings = tuple(item for item in found if "manifest" not in item.problem)
    with tempfile.TemporaryDirectory(prefix="eegmill-verify-", dir=scratch) as folder:
        again = partial(_verdict, derivative, rebuild=rebuild, raw_root=raw_root, made_by=made_by)
        verdicts = tuple(again(entry, place=Path(folder) / entry.recording) for entry in chosen)
        index = _index(derivative, Path(folder), index_again) if index_again and not made_by else ()
        fetched = [Path(folder) / entry.recording / "raw" for entry in chosen]
        root = next((path for path in (raw_root, *fetched) if (path / DESCRIPTION).is_file()), raw_root)
        dataset: Sequence[FileComparison] = ()
        if dataset_again and not made_by:
            dataset = _dataset(derivative, Path(folder), root, dataset_again, features=len(chosen) == len(known))
    return VerifyReport(
        derivative=derivative.resolve().name,
        manifest=manifest,
        findings=findings,
        environment_differences=environment_differences(origin.environment, describe()),
        recordings=verdicts,
        index=index,
        dataset=tuple(dataset),
        dataset_not_compared=_of_dataset(derivative) if dataset_again and not dataset else (),
        not_compared=_others(origin, chosen),
        stale=tuple(sorted(stale_recordings(derivative, origin.lock))),
        made_by=made_by,
        manifests_sha256=manifests_digest(derivative),
        environment=describe(),
    )


def _refuse_dehydrated(derivative: Path) -> None:
    if read_dehydrated(derivative) is not None:
        msg = (
            f"'{derivative.resolve().name}' is dehydrated: 'eegmill rehydrate' makes it whole and compares, and "
            "'eegmill verify' with --manifest-only compares what is here."
        )
        raise DerivativeError(msg)


def _index(derivative: Path, folder: Path, index_again: IndexAgain) -> tuple[FileComparison, ...]:
    """The files of the index, compared with what the derivative as it lies gives."""
    try:
        names = index_again(derivative, folder)
    except EegmillError as error:
        return (FileComparison(path="index.parquet", tier=Tier.DIFFERENT, difference=f"not made again: {error}"),)
    return tuple(_compared(name, derivative / name, folder / name) for name in names)


def _dataset(
    derivative: Path, folder: Path, raw: Path, dataset_again: DatasetAgain, *, features: bool
) -> Sequence[FileComparison]:
    """The files of the whole dataset, compared; what keeps them from being made is a difference too."""
    place = folder / ".dataset"
    place.mkdir()
    try:
        return dataset_again(derivative, place, raw, features=features)
    except (EegmillError, OSError) as error:
        if isinstance(error, OSError) and (reason := explain(error, folders=[place])):
            raise DerivativeError(reason) from error  # of this machine, not of the derivative
        return (FileComparison(path=".", tier=Tier.DIFFERENT, difference=f"dataset not made again: {error}"),)


def _of_dataset(derivative: Path) -> tuple[str, ...]:
    """Files that belong to no single recording, but the page of checksums, of which ``check`` says more."""
    return tuple(sorted(path for path in read_manifest(derivative) if not path.startswith("sub-") and path != PAGE))


def choose(
    derivative: Path, origin: Origin, *, recordings: Sequence[str], sample: int | None
) -> tuple[LockedRecording, ...]:
    """The recordings to make again, in the order of the lock; one that failed has no record and nothing to compare."""
    known = {entry.recording: entry for entry in origin.lock.recordings if _record(derivative, entry).is_file()}
    unknown = [name for name in recordings if name not in known]
    if unknown:
        msg = f"The derivative has no record of '{unknown[0]}'; it has: {', '.join(sorted(known)[:10])}."
        raise DerivativeError(msg)
    names = [name for name in known if not recordings or name in recordings]
    if sample is not None and sample < len(names):
        names = random.Random(origin.lock.dataset).sample(names, max(sample, 0))
    return tuple(known[name] for name in known if name in set(names))


def _record(folder: Path, entry: LockedRecording) -> Path:
    return folder / DerivativePaths(entry.recording).record


def _others(origin: Origin, chosen: Sequence[LockedRecording]) -> tuple[str, ...]:
    taken = {entry.recording for entry in chosen}
    return tuple(entry.recording for entry in origin.lock.recordings if entry.recording not in taken)


def _verdict(
    derivative: Path, entry: LockedRecording, *, rebuild: Rebuild, raw_root: Path, place: Path, made_by: str
) -> RecordingVerdict:
    name = entry.recording
    place.mkdir()
    try:
        changed = changed_inputs(derivative, name, raw_root) if (raw_root / entry.raw).is_file() else ()
        rebuild(name, place)
    except EegmillError as error:
        return RecordingVerdict(recording=name, tier=Tier.DIFFERENT, reasons=(f"could not be made again: {error}",))
    except OSError as error:  # numpy names neither cause nor file
        reason = explain(error, folders=[place])
        if reason is None:
            raise
        raise DerivativeError(reason) from error
    paths = DerivativePaths(name)
    files = compare_former(derivative, place, paths) if made_by else compare_recording(derivative, place, entry)
    tier = worst(files)
    inputs = tuple(f"input: {item}" for item in changed)
    if tier is Tier.BITS:
        return RecordingVerdict(recording=name, tier=tier, files=files, reasons=inputs, changed_inputs=changed)
    step = parting_step(_record(derivative, entry), _record(place, entry))
    told = [f"{item.path}: {item.difference}" for item in files if item.difference]
    reasons = (*inputs, *([step] if step else []), *told)
    return RecordingVerdict(recording=name, tier=tier, files=files, reasons=reasons, changed_inputs=changed)


def compare_recording(derivative: Path, remade: Path, entry: LockedRecording) -> tuple[FileComparison, ...]:
    """Compare every file of one recording; one that only one side has is different."""
    names = {
        path.relative_to(folder).as_posix()
        for folder in (derivative, remade)
        for path in (*owned_files(folder, entry.recording), folder / DerivativePaths(entry.recording).page)
        if path.is_file()
    }
    return tuple(_compared(name, derivative / name, remade / name) for name in sorted(names))


def _compared(name: str, recorded: Path, remade: Path) -> FileComparison:
    if not recorded.is_file():
        return FileComparison(path=name, tier=Tier.DIFFERENT, difference="is made again and was not recorded")
    if not remade.is_file():
        return FileComparison(path=name, tier=Tier.DIFFERENT, difference="is recorded and was not made again")
    return compare_files(name, recorded, remade)


def write_verify_record(path: Path, report: VerifyReport) -> None:
    """Write a report as JSON, to be put beside the derivative (not inside: that would alter it)."""
    write_json(path, {"summary": report.summary, "equal": report.equal, **report.model_dump(mode="json")})


def table(report: VerifyReport) -> list[str]:
    """Lines to show: one a recording, then what differs and why it may."""
    lines = [f"{verdict.recording}  {verdict.tier.value}" for verdict in report.recordings]
    lines += [f"  {verdict.recording}: {reason}" for verdict in report.recordings for reason in verdict.reasons]
    lines += [f"{file.path}  {file.tier.value}" for file in report.index]
    lines += [f"  {file.path}: {file.difference}" for file in report.index if file.difference]
    lines += [f"dataset: {file.path}: {file.difference}" for file in report.dataset if file.difference]
    for title, items in (
        ("changed since it was made", report.manifest.changed),
        ("missing", report.manifest.missing),
        ("not in the manifest", report.manifest.unknown),
        ("wrong", report.findings),
        ("not compared, another version made it", report.dataset_not_compared),
        ("of recordings that the lock no longer has", report.stale),
        ("environment", report.environment_differences),
    ):
        lines += [f"{title}: {item}" for item in items]
    return [*lines, report.summary]
