"""The files of each recording, found in the store and pinned."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from ...bids.companions import named_in_header
from ...bids.inheritance import DATASET_FILES, Tree, companions, needed, role_of
from ...bids.sidecars import entities_of
from ...errors import ConfigurationError
from ...files.paths import is_safe, safe_path
from ...lock import LockedFile, LockedRecording
from ..limits import Limits
from ..retries import retried
from ..storage import open_source
from ..storage.address import mend, relative
from ..storage.contract import Pin, Source
from ..storage.faults import Refused
from ..storage.https import pin_url
from ..storage.nemar import with_keys

ASKED_AT_ONCE = 16
"""Heads asked for in parallel where a store cannot list."""


@dataclass(frozen=True)
class Catalogued:
    """A dataset as the API knows it."""

    dataset: str
    document: Mapping[str, Any]
    records: list[Mapping[str, Any]]


def locked_files(
    catalogued: Catalogued, *, storage: Callable[[str, str], Source] | None = None
) -> tuple[LockedRecording, ...]:
    """Pin everything that each recording needs; sorted by recording.

    A file that the catalogue names and the store does not have is noted as missing; without its raw file a recording
    fails when it is fetched.

    Raises
    ------
    ConfigurationError
        If two records are the same recording in two formats.
    SourceError
        If a store cannot be asked, or a record names a path outside its dataset.
    """
    shelves = _Shelves(catalogued, storage or open_source)
    recordings = sorted((_recording(record, shelves) for record in catalogued.records), key=lambda entry: entry.raw)
    for one, other in itertools.pairwise(sorted(recordings, key=lambda entry: entry.recording)):
        if one.recording == other.recording:
            msg = (
                f"'{one.raw}' and '{other.raw}' are one recording in two forms: choose one by a filter such as "
                f"select.query: {{extension: {PurePosixPath(other.raw).suffix}}}."
            )
            raise ConfigurationError(msg)
    return tuple(recordings)


def _recording(record: Mapping[str, Any], shelves: _Shelves) -> LockedRecording:
    raw = safe_path(relative(str(record["bids_relpath"]), shelves.catalogued.dataset))
    place = PurePosixPath(raw)
    pins, named = shelves.pins(record, raw)
    return LockedRecording(
        recording=_stem(place.name),
        folder=place.parent.parent.as_posix(),
        datatype=place.parent.name,
        raw=raw,
        entities=entities_of(place.name)[0],
        files=tuple(
            LockedFile(path=path, role=role_of(path, raw), **asdict(pin)) for path, pin in sorted(pins.items())
        ),
        missing=tuple(sorted(named - pins.keys())),
    )


def _stem(name: str) -> str:
    stem = name.split(".", 1)[0]
    return stem.rsplit("_", 1)[0] if "_" in stem else stem


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
        # The document names the sidecars of every task: only those that speak about this recording count.
        common = needed(raw, _keys(self.catalogued.document.get("storage") or {}, self.catalogued))
        named = {raw, *_keys(told, self.catalogued), *common}
        pins = self.shelves[backend, base].pins(raw, named)
        if record.get("download_url"):
            pins |= _by_url(str(record["download_url"]), raw)
        keys = told.get("annex_keys") or {}
        by_path = {safe_path(relative(path, self.catalogued.dataset)): str(keys[path]) for path in keys}
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
    return [safe_path(relative(str(key), catalogued.dataset)) for key in keys if key]


class _Shelf:
    """One store: listed once, or asked file by file and no file twice."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.limits = Limits.from_environment()
        self.listed = retried(source.listing, self.limits)
        self.tree = Tree(self.listed or ())
        self.asked: dict[str, Pin | None] = {}

    def pins(self, raw: str, named: set[str]) -> dict[str, Pin]:
        if self.listed is None:
            pins = self._ask({raw, *companions(raw), *named, *DATASET_FILES})
        else:
            pins = self._look_up({*self.tree.needed(raw), *named})
        return {**pins, **self._by_header(raw, pins)}

    def _look_up(self, paths: Iterable[str]) -> dict[str, Pin]:
        listed = self.listed or {}
        return {safe_path(path): listed[path] for path in paths if path in listed}

    def _by_header(self, raw: str, pins: Mapping[str, Pin]) -> dict[str, Pin]:
        """Find the data and marker files of a BrainVision header that have another name than it."""
        there = {PurePosixPath(path).suffix for path in companions(raw) if path in pins}
        if not raw.lower().endswith(".vhdr") or raw not in pins or len(there) > 1:
            return {}
        header = retried(lambda: self.source.text(raw), self.limits)
        names = [path for path in named_in_header(header, raw) if is_safe(path)]
        return self._ask(set(names)) if self.listed is None else self._look_up(names)

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
