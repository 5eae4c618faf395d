"""The files of each recording, found in the store and pinned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from ..lock import LockedFile, LockedRecording
from .inheritance import DATASET_FILES, companions, needed, role_of
from .paths import safe_path
from .sidecars import entities_of
from .storage import open_source
from .storage.address import mend, relative
from .storage.contract import Pin, Source

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

    A file that the store does not have is left out, also a raw file: its recording then fails when it is fetched.
    """
    shelves = _Shelves(catalogued, storage or open_source)
    recordings = [_recording(record, shelves) for record in catalogued.records]
    return tuple(sorted(recordings, key=lambda entry: entry.raw))


def _recording(record: Mapping[str, Any], shelves: _Shelves) -> LockedRecording:
    raw = safe_path(relative(str(record["bids_relpath"]), shelves.catalogued.dataset))
    place = PurePosixPath(raw)
    pins = shelves.pins(record, raw)
    return LockedRecording(
        recording=_stem(place.name),
        folder=place.parent.parent.as_posix(),
        datatype=place.parent.name,
        raw=raw,
        entities=entities_of(place.name)[0],
        files=tuple(
            LockedFile(path=path, role=role_of(path, raw), **asdict(pin)) for path, pin in sorted(pins.items())
        ),
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

    def pins(self, record: Mapping[str, Any], raw: str) -> dict[str, Pin]:
        """Pin all files of one recording that are there."""
        told = dict(record.get("storage") or {})
        backend = str(told.get("backend") or "s3")
        base = mend(backend, str(told.get("base") or ""), self.catalogued.dataset)
        if (backend, base) not in self.shelves:
            self.shelves[backend, base] = _Shelf(self.storage(backend, base))
        # The document names the sidecars of every task: only those that speak about this recording count.
        common = needed(raw, _keys(self.catalogued.document.get("storage") or {}, self.catalogued))
        named = [*_keys(told, self.catalogued), *common]
        return self.shelves[backend, base].pins(raw, named)


def _keys(told: Mapping[str, Any], catalogued: Catalogued) -> list[str]:
    keys = [told.get("raw_key"), *(told.get("dep_keys") or [])]
    return [safe_path(relative(str(key), catalogued.dataset)) for key in keys if key]


class _Shelf:
    """One store: listed once, or asked file by file and no file twice."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.listed = source.listing()
        self.asked: dict[str, Pin | None] = {}

    def pins(self, raw: str, named: list[str]) -> dict[str, Pin]:
        if self.listed is not None:
            paths = {*needed(raw, self.listed), *(path for path in named if path in self.listed)}
            return {safe_path(path): self.listed[path] for path in paths}
        return self._ask({raw, *companions(raw), *named, *DATASET_FILES})

    def _ask(self, paths: set[str]) -> dict[str, Pin]:
        new = sorted(paths - self.asked.keys())
        with ThreadPoolExecutor(max_workers=ASKED_AT_ONCE) as pool:
            self.asked.update(zip(new, pool.map(self.source.pin, new), strict=True))
        return {path: pin for path in paths if (pin := self.asked[path])}
