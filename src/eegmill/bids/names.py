"""Names of BIDS files and folders, taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

INDICES = frozenset({"run", "split", "echo", "flip", "inv"})
"""Entities whose value is an index: ``run-1`` and ``run-01`` are one run (BIDS 1.11.1, common principles)."""
MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})
"""Cells of a table, in small letters, that say that there is no value: BIDS has ``n/a``."""


@dataclass(frozen=True)
class BidsName:
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


def parse_name(path: str) -> BidsName:
    """Take the name of a file apart."""
    return BidsName(path, *entities_of(PurePosixPath(path).name))


def entities_of(name: str) -> tuple[dict[str, str], str, str]:
    """Entities, suffix and extension of a BIDS file name; a label may hold hyphens.

    Examples
    --------
    >>> entities_of("sub-01_task-eyes-closed_eeg.json")
    ({'sub': '01', 'task': 'eyes-closed'}, 'eeg', '.json')
    """
    stem, dot, extension = name.partition(".")
    *pairs, suffix = stem.split("_")
    split = [pair.partition("-") for pair in pairs]
    return {key: value for key, _, value in split}, suffix, dot + extension


def recording_of(path: str) -> str:
    """The name of a recording: that of its file without suffix and extension.

    >>> recording_of("sub-01/eeg/sub-01_task-rest_eeg.edf")
    'sub-01_task-rest'
    """
    stem = PurePosixPath(path).name.split(".", 1)[0]
    return stem.rsplit("_", 1)[0] if "_" in stem else stem


def folder_of(recording: str) -> str:
    """The folder of a recording below the dataset: ``sub-01`` or ``sub-01/ses-02``.

    >>> folder_of("sub-01_ses-02_task-rest")
    'sub-01/ses-02'
    """
    return "/".join(part for part in recording.split("_")[:2] if part.startswith(("sub-", "ses-")))


def entities_of_folders(path: str) -> dict[str, str]:
    """Subject and session as the folders above a file say them.

    >>> entities_of_folders("sub-01/ses-02/eeg/sub-01_task-rest_eeg.edf")
    {'sub': '01', 'ses': '02'}
    """
    pairs = [part.partition("-") for part in PurePosixPath(path).parts[:-1]]
    return {key: value for key, _, value in pairs if key in ("sub", "ses") and value}


def same_value(entity: str, one: str | None, other: str | None) -> bool:
    """Whether two values of an entity are the same: indices are compared as numbers.

    >>> same_value("run", "1", "01"), same_value("task", "1", "01"), same_value("run", "1", None)
    (True, False, False)
    """
    if one == other:
        return True
    if one is None or other is None or entity not in INDICES:
        return False
    return one.isdecimal() and other.isdecimal() and int(one) == int(other)
