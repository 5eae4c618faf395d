"""A dehydrated derivative made whole again: raw files as pinned, and of what is made only what the manifest says."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from ..bids.paths import DerivativePaths, recording_of
from ..chain import recipe_digest
from ..derivative.features import features_again
from ..derivative.index import FILES as INDEX
from ..derivative.index import write_index
from ..derivative.portable import LOCAL
from ..derivative.window_table import Asked
from ..errors import DerivativeError, EegmillError, SourceError
from ..features.tables import FOLDER as FEATURES
from ..files.atomic import write_bytes, write_json, write_text
from ..files.exclusive import alone
from ..inputs.fetch.recording import fetch_recording
from ..lock import LockedRecording
from ..provenance.check_prov import check_prov
from ..provenance.compare import SAMPLE_BOUND, FileComparison, Tier, channel_count, compare_files, read_samples
from ..provenance.dehydrated import (
    NAME,
    OVERVIEW,
    README,
    Dehydrated,
    Sketch,
    original_readme,
    read_dehydrated,
)
from ..provenance.differences import changed_inputs, environment_differences
from ..provenance.digests import sha256_file
from ..provenance.environment import describe
from ..provenance.manifest import check_manifest, read_manifest
from ..provenance.origin import Origin, linked_raw, read_origin, read_record
from ..provenance.verify import choose
from ..workflow.jobs.dataset import index_page
from ..workflow.loose import LooseLayout
from ..workflow.pages import records_and_status
from ..workflow.rebuild import read_recipe, rebuilder
from .rehydrated import Rehydrated, RehydrateReport

WORK = ".eegmill-rehydrate"
"""Folder in the derivative for what is being made; gone when all is there."""


def rehydrate(
    folder: Path,
    *,
    recordings: Sequence[str] = (),
    raw: Path | None = None,
    apart: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> RehydrateReport:
    """Make what a dehydrated derivative leaves out, and take what has the SHA-256 of its manifest.

    May be interrupted at any time: what was taken stays, each file whole, and the next call goes on.

    Parameters
    ----------
    recordings
        Only these; none means all, and then what belongs to the whole dataset too.
    raw
        The raw dataset; by default where the derivative says that it lies, else it is fetched as the lock says.
    apart
        A folder for recordings that differ from the manifest but not beyond the bounds; without it they are dropped.
    progress
        Called with the name of each recording before it is made.

    Raises
    ------
    DerivativeError
        If the folder is not dehydrated, or what it keeps (recipe, lock, a record) or a raw file was altered.
    """
    folder = folder.resolve()
    job = _Job(folder, raw, apart)
    job.refuse_altered()
    job.work.mkdir(exist_ok=True)
    with alone(job.work / "lock"):
        made = []
        for entry in choose(folder, job.origin, recordings=recordings, sample=None):
            if job.lacks(entry.recording):
                progress(entry.recording)
                made.append(job.recording(entry))
        if not job.absent_of_recordings():
            made += job.dataset()
    absent = job.absent()
    if not absent:
        job.finish()
    return RehydrateReport(
        derivative=folder.name,
        made=tuple(made),
        absent=absent,
        environment_differences=environment_differences(job.origin.environment, describe()),
    )


@dataclass
class _Job:
    folder: Path
    raw: Path | None
    apart: Path | None

    @property
    def work(self) -> Path:
        return self.folder / WORK

    @cached_property
    def manifest(self) -> dict[str, str]:
        return read_manifest(self.folder)

    @cached_property
    def content(self) -> Dehydrated:
        content = read_dehydrated(self.folder)
        if content is None:
            msg = f"'{self.folder.name}' has no {NAME}: nothing was left out of it. 'eegmill verify' compares it."
            raise DerivativeError(msg)
        return content

    @cached_property
    def origin(self) -> Origin:
        return read_origin(self.folder)

    def refuse_altered(self) -> None:
        """Refuse, by name, what is not as it was when the derivative was made."""
        content, origin = self.content, self.origin
        unknown = sorted(content.files.keys() - self.manifest.keys())
        if unknown:
            msg = f"'{NAME}' leaves out '{unknown[0]}', which no manifest names: one of both was altered."
            raise DerivativeError(msg)
        report = check_manifest(self.folder)
        for paths, problem in (
            ([path for path in report.changed if path not in content.files], "was altered"),
            (report.missing, "is missing"),
            (report.unknown, "is not in the manifest"),
        ):
            if paths:
                msg = f"'{paths[0]}' of '{self.folder.name}' {problem}: nothing is made from it."
                raise DerivativeError(msg)
        digest = recipe_digest(read_recipe(self.folder))
        for entry in choose(self.folder, origin, recordings=(), sample=None):
            record = self.folder / DerivativePaths(entry.recording).record
            if read_record(record).recipe_digest != digest:
                msg = f"'code/recipe.yaml' is not the recipe that the record '{record.name}' names: one was altered."
                raise DerivativeError(msg)
        found = check_prov(self.folder, self.manifest)
        if found:
            msg = f"'{self.folder.name}' contradicts itself: {found[0]}."
            raise DerivativeError(msg)

    def lacks(self, recording: str) -> bool:
        """Whether a file of a recording is not here as the manifest says."""
        return any(not self._is_here(path) for path in self._owned(recording) if path in self.content.files)

    def absent(self) -> tuple[str, ...]:
        """Files left out that are not here."""
        return tuple(path for path in sorted(self.content.files) if not (self.folder / path).is_file())

    def absent_of_recordings(self) -> tuple[str, ...]:
        """Those of them that belong to single recordings."""
        return tuple(path for path in self.absent() if path.startswith("sub-"))

    def recording(self, entry: LockedRecording) -> Rehydrated:
        """Make one recording and its page, and take it if it is what the manifest says."""
        place = self.work / entry.recording
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        try:
            raw = self._raw_of(entry)
            rebuilder(self.folder, raw)(entry.recording, place)
        except _Altered:
            raise
        except EegmillError as error:
            return Rehydrated(name=entry.recording, accepted=False, files=(), reason=str(error))
        made = self._taken(entry.recording, place, self._owned(entry.recording))
        if made.accepted:
            self._forget_raw(entry)
        return made

    def dataset(self) -> list[Rehydrated]:
        """Make features, index and overview, which take all recordings."""
        place = self.work / "dataset"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        made = []
        for make, paths in self._parts():
            if any(not self._is_here(path) for path in paths):
                make(place)
                made.append(self._taken("", place, paths))
        return made

    def _parts(self) -> list[tuple[Callable[[Path], object], list[str]]]:
        parts: list[tuple[Callable[[Path], object], list[str]]] = []
        for family, asked in self.content.features.items():
            parts.append((partial(features_again, self.folder, asked), [_table(family)]))
        if self.content.index:
            parts.append((self._index, list(INDEX)))
        if OVERVIEW in self.content.files:
            parts.append((self._overview, [OVERVIEW]))
        return parts

    def _index(self, place: Path) -> None:
        asked = self.content.index
        write_index(self.folder, asked["recordings"], Asked(**asked["asked"]), folder=place)

    def _overview(self, place: Path) -> None:
        layout = LooseLayout(self.folder, "", "", self.folder, linked_raw(self.folder))
        write_text(place / OVERVIEW, index_page(layout, self.origin.lock, list(records_and_status(layout))))

    def finish(self) -> None:
        """Make the derivative what it was before it was dehydrated."""
        write_bytes(self.folder / README, original_readme((self.folder / README).read_bytes()))
        (self.folder / NAME).unlink()
        shutil.rmtree(self.work)

    def _owned(self, recording: str) -> list[str]:
        return [path for path in self.manifest if path.startswith("sub-") and _owner(path) == recording]

    def _is_here(self, path: str) -> bool:
        file = self.folder / path
        return file.is_file() and sha256_file(file) == self.manifest[path]

    def _raw_of(self, entry: LockedRecording) -> Path:
        raw = self.raw or linked_raw(self.folder)
        if self.raw is None and not (raw / entry.raw).is_file():
            raw = self.work / "raw"
            _refuse_unreachable(entry)
            fetch_recording(self.origin.lock, entry.recording, raw)
        changed = changed_inputs(self.folder, entry.recording, raw)
        if changed:
            msg = f"Raw data of '{entry.recording}' are not what was cleaned: {changed[0]} (in '{raw}')."
            raise _Altered(msg)
        return raw

    def _forget_raw(self, entry: LockedRecording) -> None:
        """Remove fetched raw data that no other recording needs."""
        for file in entry.files:
            if file.role in {"raw", "companion"}:
                (self.work / "raw" / file.path).unlink(missing_ok=True)

    def _taken(self, name: str, place: Path, paths: Sequence[str]) -> Rehydrated:
        """Move files into the derivative if all of them, those that are kept too, are what the manifest says."""
        differing = [path for path in paths if not _is(place / path, self.manifest[path])]
        extra = sorted(
            path.relative_to(place).as_posix()
            for path in place.rglob("*")
            if name and path.is_file() and _owner(path.name) == name
        )
        surplus = [path for path in extra if path not in self.manifest]
        if not differing and not surplus:
            for path in paths:
                if not self._is_here(path):
                    _move(place / path, self.folder / path)
            if name:
                shutil.rmtree(place)
            return Rehydrated(name=name, accepted=True, files=())
        compared = [self._compared(path, place) for path in differing]
        unexpected = [
            FileComparison(path=path, tier=Tier.DIFFERENT, difference="is made again and was not recorded")
            for path in surplus
        ]
        made = Rehydrated(
            name=name,
            accepted=False,
            files=(*(item for item in compared if item is not None), *unexpected),
            not_comparable=tuple(path for path, item in zip(differing, compared, strict=True) if item is None),
        )
        if self.apart is not None and name and made.within_bounds:
            _put_apart(place, self.apart / name, made)
        shutil.rmtree(place, ignore_errors=True)
        return made

    def _compared(self, path: str, place: Path) -> FileComparison | None:
        remade = place / path
        if not remade.is_file():
            return FileComparison(path=path, tier=Tier.DIFFERENT, difference="is recorded and was not made again")
        if path in self.content.signals:
            return compare_sketch(path, self.content.signals[path], remade)
        return None if path in self.content.files else compare_files(path, self.folder / path, remade)


class _Altered(DerivativeError):
    """Raw data that are not those that were cleaned: nothing is made of them."""


def _refuse_unreachable(entry: LockedRecording) -> None:
    local = [file.path for file in entry.files if file.url.startswith(LOCAL)]
    if local:
        msg = f"'{local[0]}' was cleaned from a folder of another machine: name the raw dataset by --raw."
        raise SourceError(msg)


def compare_sketch(path: str, recorded: Sketch, remade: Path) -> FileComparison:
    """Compare the samples that are kept of a signal with those of its remake."""
    import numpy as np

    samples = read_samples(remade, channel_count(remade))
    if samples is None or samples.shape != (recorded.n_times, len(recorded.spans)):
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference="other number of samples")
    kept, spans = np.array(recorded.samples), np.array(recorded.spans)
    differences = np.abs(samples[list(recorded.at)] - kept).max(axis=0, initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        largest = float(np.where(differences == 0, 0.0, differences / spans).max(initial=0.0))
    if not largest <= SAMPLE_BOUND:
        told = f"kept samples differ by up to {largest:.1e} of their channel's range (allowed: {SAMPLE_BOUND:g})"
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference=told)
    return FileComparison(path=path, tier=Tier.NUMBERS, largest=largest)


def _owner(path: str) -> str:
    return recording_of(path.rpartition("/")[2])


def _table(family: str) -> str:
    return f"{FEATURES}/{family}.parquet"


def _is(file: Path, sha256: str) -> bool:
    return file.is_file() and sha256_file(file) == sha256


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _put_apart(place: Path, target: Path, made: Rehydrated) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(place, target, ignore=shutil.ignore_patterns("raw"))
    values: Mapping[str, object] = {"accepted": False, "environment": describe().model_dump(mode="json")}
    write_json(target / "rehydrate.json", {**values, **made.model_dump(mode="json")})
