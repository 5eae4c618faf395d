"""The files of a BIDS folder: recordings by name, sidecars by inheritance, git-annex keys behind links."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from ...bids.companions import base_name, companion, is_companion, orphans, pointers_of
from ...bids.ignore import ignored_by
from ...bids.inheritance import by_nearness, speaks_about
from ...bids.names import BidsName, parse_name
from ...bids.text import decoded

RAW_EXTENSIONS = {
    "eeg": (".edf", ".bdf", ".set", ".vhdr", ".cnt"),
    "ieeg": (".edf", ".bdf", ".set", ".vhdr", ".nwb", ".mefd"),
    "meg": (".fif", ".ds", ".con", ".sqd", ".kdf"),
    "nirs": (".snirf",),
    "emg": (".edf", ".bdf", ".set", ".vhdr"),
}
NO_BIDS_FORMATS = (".gdf", ".fif", ".fif.gz", ".mff", ".edf.gz", ".bdf.gz")
"""What EEG is also saved as, and BIDS does not take."""
OTHER_DATATYPES = frozenset(
    {"anat", "beh", "dwi", "emg", "fmap", "func", "ieeg", "meg", "micr", "motion", "mrs", "nirs", "perf", "pet"}
)
FOLDERS = (".ds", ".mefd")
"""Recordings that are folders."""
SIDECARS = ("channels.tsv", "events.tsv", "events.json", "electrodes.tsv", "coordsystem.json", "optodes.tsv")


class BidsFolder:
    """A dataset on disk. Broken links (git-annex without the content) count as files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: dict[str, str] = {}
        """Files read so far that make no sense, and why."""
        self.ignored: list[str] = []
        """Recordings that ``.bidsignore`` names, once the folder was walked."""

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Files of subjects and of the dataset's own folder, relative and sorted; hidden ones left out."""
        every = sorted(self._walk())
        found = [path for path in every if _is_unicode(path)]
        self.faults |= {repr(path): "has a name that is no UTF-8: left out." for path in every if not _is_unicode(path)}
        ignored = ignored_by(self.text(".bidsignore") or "")
        self.ignored = [path for path in found if ignored(path) and _is_raw(path)]
        return tuple(path for path in found if not ignored(path))

    @cached_property
    def held(self) -> frozenset[str]:
        """The same, to look up."""
        return frozenset(self.paths)

    @cached_property
    def by_folder(self) -> Mapping[str, list[BidsName]]:
        """Files by the folder they lie in."""
        folders: dict[str, list[BidsName]] = {}
        for path in self.paths:
            file = parse_name(path)
            folders.setdefault(file.folder, []).append(file)
        return folders

    def recordings(self) -> list[BidsName]:
        """Raw files of every datatype, sorted by path."""
        return [parse_name(path) for path in self.paths if _is_raw(path)]

    def unnamed(self) -> list[str]:
        """Files in the folders of subjects that look like EEG and have no BIDS name, or a format that BIDS has not."""
        looks = (*RAW_EXTENSIONS["eeg"], *NO_BIDS_FORMATS)
        alike = (path for path in self.paths if path.startswith("sub-") and path.lower().endswith(looks))
        return [path for path in alike if not _is_raw(path) and OTHER_DATATYPES.isdisjoint(path.split("/"))]

    def sidecars(self, recording: BidsName, *endings: str) -> list[BidsName]:
        """Sidecars that apply to a recording (BIDS inheritance), the dataset's own first, the nearest last."""
        found = []
        for folder in reversed([str(parent) for parent in PurePosixPath(recording.path).parents]):
            near = [file for file in self.by_folder.get(folder, ()) if file.ending in endings]
            found += [file for file in near if speaks_about(file, recording)]
        by_path = {file.path: file for file in found}
        return [by_path[path] for path in by_nearness(by_path, recording.path)]

    def companions(self, recording: BidsName) -> list[str]:
        """Files without which the recording cannot be read, whether they are there or not."""
        kind = recording.extension.lower()
        if kind == ".vhdr":
            pointers = pointers_of(self.text(recording.path) or "")
            named = [pointers.data or "$b.eeg", pointers.markers or ("$b.vmrk" if pointers.data is None else "")]
            return [self._companion(recording.path, pointer) for pointer in named if pointer]
        beside = [file.path for file in self.by_folder.get(recording.folder, ())]
        own = [path for path in beside if is_companion(path, recording.path)]
        return own or orphans(recording.path, beside)

    def _companion(self, raw: str, pointer: str) -> str:
        """The file that a header means; if none is there, the one of the name that it writes, beside it."""
        chosen = companion(raw, pointer, self.held.__contains__)
        return chosen.path or str(PurePosixPath(raw).with_name(base_name(pointer, raw)))

    def unreadable(self, path: str) -> str | None:
        """Why a file cannot be read as one, without opening it: a pipe would wait for ever."""
        place = self.root / path
        if place.is_symlink() and not place.exists():
            return None if self.annex_key(path) else f"is a link to nothing ('{place.readlink()}')."
        if place.is_dir():
            return None if path.endswith(FOLDERS) else "is a folder, not a file."
        if not place.is_file():
            return "is a pipe or a device, not a file."
        return None if os.access(place, os.R_OK) else "may not be read by this user."

    def size(self, path: str) -> int:
        """Bytes of a file; behind a broken link those that its git-annex key tells."""
        file = self.root / path
        if file.exists():
            return file.stat().st_size
        match = re.search(r"-s(\d+)", self.annex_key(path) or "")
        return int(match[1]) if match else 0

    def annex_key(self, path: str) -> str | None:
        """The git-annex key behind a link."""
        file = self.root / path
        if not file.is_symlink():
            return None
        target = file.readlink()
        return target.name if "annex" in target.parts and "objects" in target.parts else None

    def text(self, path: str) -> str | None:
        """A text file, or None if it is not there; what is no UTF-8 is read as Latin-1."""
        place = self.root / path
        try:
            return decoded(place.read_bytes())[0] if place.is_file() else None
        except OSError:
            return None

    def json(self, path: str) -> dict[str, Any]:
        """A JSON object; empty if it is absent or, noted in ``faults``, none. NaN and infinities are read as null."""
        reason = ""
        try:
            value = json.loads(self.text(path) or "{}", parse_constant=lambda _: None)
            if isinstance(value, dict):
                return value
        except (ValueError, RecursionError) as error:
            reason = f" ({error})"
        self.faults[path] = f"is no JSON object, so what it tells is missing{reason}."
        return {}

    def table(self, path: str, key: str) -> list[dict[str, str]]:
        """Rows of a TSV file; ``n/a`` becomes an empty cell. Empty and noted in ``faults`` without a column ``key``."""
        lines = (self.text(path) or "").splitlines()
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
        try:
            rows = [{name.strip(): _cell(cell) for name, cell in row.items() if name is not None} for row in reader]
        except csv.Error as error:
            self.faults[path] = f"is no table, so what it tells is missing ({error})."
            return []
        if lines and key not in [name.strip() for name in reader.fieldnames or ()]:
            self.faults[path] = f"has no column '{key}', so what it tells is missing."
            return []
        return rows

    def _walk(self) -> Iterator[str]:
        top = str(self.root)
        for folder, folders, names in os.walk(top):
            here = folder[len(top) :].strip(os.sep).replace(os.sep, "/")
            before = f"{here}/" if here else ""
            yield from (before + name for name in folders if _stands_for_a_file(before + name))
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".")
                and not _stands_for_a_file(before + name)
                and (here or name.startswith("sub-"))
            )
            yield from (before + name for name in names if not name.startswith("."))


def _is_unicode(path: str) -> bool:
    """Whether a name can be written: bytes of another encoding stand in it as lone surrogates."""
    return path.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in path)


def _cell(cell: str | list[str] | None) -> str:
    text = cell.strip() if isinstance(cell, str) else ""
    return "" if text == "n/a" else text


def _is_raw(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    extensions = RAW_EXTENSIONS.get(folder.rpartition("/")[2], ())
    if not name.lower().endswith(extensions):  # most files of a dataset: told without taking their names apart
        return False
    file = parse_name(path)
    return file.suffix == file.datatype and file.extension.lower() in extensions and "sub" in file.entities


def _stands_for_a_file(folder: str) -> bool:
    """Whether a folder is a recording of its format, or lies where a recording or a sidecar should be."""
    if folder.endswith(FOLDERS) or _is_raw(folder):
        return True
    return folder.endswith((".tsv", ".json")) and "sub" in parse_name(folder).entities
