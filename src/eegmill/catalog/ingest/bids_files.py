"""The files of a BIDS folder: recordings by name, sidecars by inheritance, git-annex keys behind links."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

RAW_EXTENSIONS = {
    "eeg": (".edf", ".bdf", ".set", ".vhdr", ".cnt"),
    "ieeg": (".edf", ".bdf", ".set", ".vhdr", ".nwb", ".mefd"),
    "meg": (".fif", ".ds", ".con", ".sqd", ".kdf"),
    "nirs": (".snirf",),
    "emg": (".edf", ".bdf", ".set", ".vhdr"),
}
FOLDERS = (".ds", ".mefd")
"""Recordings that are folders."""
SIDECARS = ("channels.tsv", "events.tsv", "events.json", "electrodes.tsv", "coordsystem.json", "optodes.tsv")
LOCATED = ("electrodes.tsv", "coordsystem.json", "optodes.tsv")
"""Sidecars that may name a ``space`` of their own."""
_ENTITY = re.compile(r"([a-z]+)-([A-Za-z0-9+]+)")


@dataclass(frozen=True)
class BidsFile:
    """A file by its BIDS name; ``path`` is relative to the dataset."""

    path: str
    entities: Mapping[str, str]
    suffix: str
    extension: str

    @property
    def folder(self) -> str:
        """The folder it lies in, ``.`` for the dataset's own."""
        return str(PurePosixPath(self.path).parent)

    @property
    def datatype(self) -> str:
        """``eeg`` for files below a folder of that name."""
        return PurePosixPath(self.path).parent.name

    @property
    def ending(self) -> str:
        """``channels.tsv``: suffix and extension."""
        return f"{self.suffix}{self.extension}"


def parse_name(path: str) -> BidsFile:
    """Take a BIDS file name apart."""
    stem, dot, extension = PurePosixPath(path).name.partition(".")
    *labels, suffix = stem.split("_")
    entities = {match[1]: match[2] for label in labels if (match := _ENTITY.fullmatch(label))}
    return BidsFile(path, entities, suffix, f"{dot}{extension}")


class BidsFolder:
    """A dataset on disk. Broken links (git-annex without the content) count as files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: dict[str, str] = {}
        """Sidecars read so far that make no sense, and why."""

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Files of subjects and of the dataset's own folder, relative and sorted; hidden ones left out."""
        return tuple(sorted(path.relative_to(self.root).as_posix() for path in self._walk()))

    @cached_property
    def by_folder(self) -> Mapping[str, list[BidsFile]]:
        """Files by the folder they lie in."""
        folders: dict[str, list[BidsFile]] = {}
        for path in self.paths:
            file = parse_name(path)
            folders.setdefault(file.folder, []).append(file)
        return folders

    def recordings(self) -> list[BidsFile]:
        """Raw files of every datatype, sorted by path."""
        return [file for path in self.paths if _is_raw(file := parse_name(path))]

    def sidecars(self, recording: BidsFile, *endings: str) -> list[BidsFile]:
        """Sidecars that apply to a recording (BIDS inheritance), the dataset's own first, the nearest last."""
        found = []
        for folder in reversed([str(parent) for parent in PurePosixPath(recording.path).parents]):
            near = [file for file in self.by_folder.get(folder, ()) if _applies(file, recording, endings)]
            found += sorted(near, key=lambda file: (len(file.entities), file.path))
        return found

    def companions(self, recording: BidsFile) -> list[str]:
        """Files without which the recording cannot be read, whether they are there or not."""
        path = PurePosixPath(recording.path)
        if recording.extension == ".vhdr":
            told = re.findall(r"^(?:DataFile|MarkerFile)\s*=\s*(\S+)", self.text(recording.path) or "", re.M)
            names = [name.replace("$b", path.stem) for name in told] or [f"{path.stem}.eeg", f"{path.stem}.vmrk"]
            return [str(path.with_name(PurePosixPath(name).name)) for name in names]
        beside = str(path.with_suffix(".fdt"))
        return [beside] if recording.extension == ".set" and beside in self.paths else []

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
        try:
            content = (self.root / path).read_bytes()
        except OSError:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("latin-1")

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

    def _walk(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.root):
            here = Path(folder)
            yield from (here / name for name in folders if name.endswith(FOLDERS))
            top = here == self.root
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".") and not name.endswith(FOLDERS) and (not top or name.startswith("sub-"))
            )
            yield from (here / name for name in names if not name.startswith("."))


def _cell(cell: str | list[str] | None) -> str:
    text = cell.strip() if isinstance(cell, str) else ""
    return "" if text == "n/a" else text


def _is_raw(file: BidsFile) -> bool:
    extensions = RAW_EXTENSIONS.get(file.datatype, ())
    return file.suffix == file.datatype and file.extension.lower() in extensions and "sub" in file.entities


def _applies(file: BidsFile, recording: BidsFile, endings: tuple[str, ...]) -> bool:
    own = {name: label for name, label in file.entities.items() if name != "space" or file.ending not in LOCATED}
    return file.ending in endings and own.items() <= recording.entities.items()
