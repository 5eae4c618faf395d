"""The files of each recording, found in the store and pinned."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from ...bids.companions import candidates, companion, is_companion, pointers_of, usual_companions
from ...bids.ignore import ignored_by
from ...bids.inheritance import DATASET_FILES, Tree, needed, role_of
from ...bids.names import entities_of, recording_of
from ...files.paths import UnsafePath, is_safe, safe_path
from ...lock import LockedFile, LockedRecording, RefusedRecording
from ..limits import Limits
from ..retries import retried
from ..storage import open_source
from ..storage.address import mend, relative
from ..storage.contract import Pin, Source
from ..storage.faults import Missing, Refused
from ..storage.https import pin_url
from ..storage.nemar import with_keys

IGNORE = ".bidsignore"
MARKERS = ".vmrk"
ASKED_AT_ONCE = 16
"""Heads asked for in parallel where a store cannot list."""


@dataclass(frozen=True)
class Catalogued:
    """A dataset as the API knows it."""

    dataset: str
    document: Mapping[str, Any]
    records: list[Mapping[str, Any]]


Locked = tuple[tuple[LockedRecording, ...], tuple[RefusedRecording, ...]]


def locked_files(catalogued: Catalogued, *, storage: Callable[[str, str], Source] | None = None) -> Locked:
    """Pin everything that each recording needs; also the recordings that cannot be pinned, and why. Sorted by name.

    A file that the catalogue names and the store does not have is noted as missing; without its raw file a recording
    fails when it is fetched. What is wrong with one recording concerns no other one.

    Raises
    ------
    SourceError
        If a store cannot be asked.
    """
    shelves = _Shelves(catalogued, storage or open_source)
    found = [_recording(record, shelves) for record in catalogued.records]
    locked = sorted((one for one in found if isinstance(one, LockedRecording)), key=lambda one: one.raw)
    refused = [one for one in found if isinstance(one, RefusedRecording)]
    refused += [*_of_one_name(locked), *_of_one_data_file(locked)]
    without = {one.recording for one in refused}
    reasons = {one.recording: one for one in reversed(refused)}
    return (
        tuple(one for one in locked if one.recording not in without),
        tuple(reasons[name] for name in sorted(reasons)),
    )


def _recording(record: Mapping[str, Any], shelves: _Shelves) -> LockedRecording | RefusedRecording:
    named = relative(str(record["bids_relpath"]), shelves.catalogued.dataset)
    try:
        return _locked(safe_path(named), record, shelves)
    except (UnsafePath, Missing, Refused) as error:
        return RefusedRecording(recording=_speakable(recording_of(named)), reason=str(error))


def _locked(raw: str, record: Mapping[str, Any], shelves: _Shelves) -> LockedRecording:
    place = PurePosixPath(raw)
    pins, named = shelves.pins(record, raw)
    return LockedRecording(
        recording=recording_of(raw),
        folder=place.parent.parent.as_posix(),
        datatype=place.parent.name,
        raw=raw,
        entities=entities_of(place.name)[0],
        files=tuple(
            LockedFile(path=path, role=role_of(path, raw), **asdict(pin)) for path, pin in sorted(pins.items())
        ),
        missing=tuple(sorted(named - pins.keys())),
    )


def _speakable(name: str) -> str:
    """A name that comes from outside, without what could not stand in a table or a path."""
    return re.sub(r"[^\w.+-]", "_", name) or "unnamed"


def _of_one_name(locked: Iterable[LockedRecording]) -> Iterator[RefusedRecording]:
    by_name: dict[str, list[LockedRecording]] = defaultdict(list)
    for one in locked:
        by_name[one.recording].append(one)
    for name, alike in by_name.items():
        if len(alike) > 1:
            yield RefusedRecording(recording=name, reason=_why_alike(alike))


def _why_alike(alike: list[LockedRecording]) -> str:
    paths = " and ".join(f"'{one.raw}'" for one in alike)
    suffixes = sorted({PurePosixPath(one.raw).suffix for one in alike})
    if len({one.raw.rpartition("/")[0] for one in alike}) > 1:
        return (
            f"{paths} have one name in several folders: name the files with the session and subject of their folders."
        )
    return (
        f"{paths} are one recording in {len(alike)} forms: choose one by a filter such as "
        f"select.query: {{extension: {suffixes[-1]}}}."
    )


def _of_one_data_file(locked: Iterable[LockedRecording]) -> Iterator[RefusedRecording]:
    """Recordings whose headers name the same samples: one of them is wrong, and nothing tells which."""
    owners: dict[str, list[LockedRecording]] = defaultdict(list)
    for one in locked:
        data = [file.path for file in one.files if file.role == "companion" and not file.path.lower().endswith(".vmrk")]
        if one.raw.lower().endswith(".vhdr") and not any(is_companion(path, one.raw) for path in data):
            for path in data:
                owners[path].append(one)
    for path, alike in owners.items():
        if len(alike) > 1:
            names = " and ".join(f"'{one.raw}'" for one in alike)
            reason = f"The headers {names} name the same data file '{path}': name in each its own."
            yield from (RefusedRecording(recording=one.recording, reason=reason) for one in alike)


class _Shelves:
    """The stores that a dataset's records name; usually one."""

    def __init__(self, catalogued: Catalogued, storage: Callable[[str, str], Source]) -> None:
        self.catalogued = catalogued
        self.storage = storage
        self.shelves: dict[tuple[str, str], _Shelf] = {}

    def pins(self, record: Mapping[str, Any], raw: str) -> tuple[dict[str, Pin], set[str]]:
        """Pin all files of one recording that are there; also the paths that the catalogue names for it."""
        told = dict(record.get("storage") or {})
        backend, base = mend(str(told.get("backend") or "s3"), str(told.get("base") or ""), self.catalogued.dataset)
        if (backend, base) not in self.shelves:
            self.shelves[backend, base] = _Shelf(self.storage(backend, base))
        shelf = self.shelves[backend, base]
        # The document names the sidecars of every task: only those that speak about this recording count.
        common = needed(raw, _keys(self.catalogued.document.get("storage") or {}, self.catalogued))
        named = shelf.obeyed({raw, *_keys(told, self.catalogued), *common}, raw)
        safe = {path for path in named if is_safe(path)}
        pins = shelf.pins(raw, safe)
        if record.get("download_url"):
            pins |= _by_url(str(record["download_url"]), raw)
        keys = told.get("annex_keys") or {}
        paths = {relative(path, self.catalogued.dataset): str(keys[path]) for path in keys}
        by_path = {path: key for path, key in paths.items() if is_safe(path)}
        return (with_keys(pins, by_path, base=base) if by_path else pins), named


def _by_url(url: str, raw: str) -> dict[str, Pin]:
    """Pin a raw file that has an address of its own, as those of figshare, Zenodo and OSF do."""
    try:
        pin = retried(lambda: pin_url(url), Limits.from_environment())
    except Refused:
        return {}
    return {raw: pin} if pin else {}


def _keys(told: Mapping[str, Any], catalogued: Catalogued) -> list[str]:
    keys = [told.get("raw_key"), *(told.get("dep_keys") or [])]
    return [relative(str(key), catalogued.dataset) for key in keys if key]


class _Shelf:
    """One store: listed once, or asked file by file and no file twice."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.limits = Limits.from_environment()
        self.listed = retried(source.listing, self.limits)
        self.ignored = self._ignored()
        self.tree = Tree(self.listed or ())
        self.asked: dict[str, Pin | None] = {}

    def pins(self, raw: str, named: set[str]) -> dict[str, Pin]:
        self._refuse_unusable(raw)
        if self.listed is None:
            pins = self._ask({raw, *usual_companions(raw), *named, *DATASET_FILES})
        else:
            pins = self._look_up(self.obeyed({*self.tree.needed(raw), *named}, raw))
        pins |= self._by_header(raw, pins)
        for path in {*usual_companions(raw), *(path for path in pins if role_of(path, raw) == "companion")}:
            if not path.lower().endswith(MARKERS):  # without them the recording can be read
                self._refuse_unusable(path)
        return pins

    def obeyed(self, paths: set[str], raw: str) -> set[str]:
        """Paths without the sidecars that ``.bidsignore`` names; what a catalogue calls a recording stays one."""
        return {path for path in paths if role_of(path, raw) != "sidecar" or not self.ignored(path)}

    def _refuse_unusable(self, path: str) -> None:
        reason = self.source.why_not(path)
        if reason:
            raise Refused(reason)

    def _ignored(self) -> Callable[[str], bool]:
        """What ``.bidsignore`` takes out of the dataset, where the store lists one."""
        if IGNORE not in (self.listed or {}):
            return lambda _: False
        return ignored_by(retried(lambda: self.source.text(IGNORE), self.limits))

    def _look_up(self, paths: Iterable[str]) -> dict[str, Pin]:
        listed = self.listed or {}
        return {safe_path(path): listed[path] for path in paths if path in listed}

    def _by_header(self, raw: str, pins: Mapping[str, Pin]) -> dict[str, Pin]:
        """Find the data and marker files of a BrainVision header that have another name than it."""
        there = {PurePosixPath(path).suffix for path in pins if is_companion(path, raw)}
        if not raw.lower().endswith(".vhdr") or raw not in pins or len(there) > 1:
            return {}
        pointers = pointers_of(retried(lambda: self.source.text(raw), self.limits))
        found: dict[str, Pin] = {}
        for pointer in filter(None, (pointers.data, pointers.markers)):
            found |= self._meant(raw, pointer)
        return found

    def _meant(self, raw: str, pointer: str) -> dict[str, Pin]:
        paths = [path for path in candidates(raw, pointer) if is_safe(path)]
        held = self._ask(set(paths)) if self.listed is None else self._look_up(paths)
        there = held.keys() | (self.listed or {}).keys()
        path = companion(raw, pointer, there.__contains__).path
        return {path: held[path]} if path in held else {}

    def _ask(self, paths: set[str]) -> dict[str, Pin]:
        new = sorted(paths - self.asked.keys())
        with ThreadPoolExecutor(max_workers=ASKED_AT_ONCE) as pool:
            self.asked.update(zip(new, pool.map(self._pin, new), strict=True))
        return {path: pin for path in paths if (pin := self.asked[path])}

    def _pin(self, path: str) -> Pin | None:
        try:
            return retried(lambda: self.source.pin(path), self.limits)
        except Refused:
            return None  # S3 answers so, instead of 404, to those who may not list
