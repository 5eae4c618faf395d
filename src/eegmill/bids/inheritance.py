"""Which of a dataset's files a recording needs.

A sidecar applies to a recording if it lies in the recording's folder or in one above it, and has no entity that the
recording lacks or has another value for (BIDS 1.11.1, inheritance principle). Positions of electrodes may carry
``space``, which the recording has not.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from .sidecars import entities_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..lock import LockedRecording

Role = Literal["raw", "companion", "sidecar", "dataset"]

COMPANIONS = {".set": (".fdt",), ".vhdr": (".eeg", ".vmrk", ".dat")}
"""Files of the same name that hold the rest of a recording, by the extension of its raw file."""
DATASET_FILES = frozenset(
    {
        "dataset_description.json",
        "participants.tsv",
        "participants.json",
        "README",
        "README.md",
        "README.rst",
        "README.txt",
        "CHANGES",
        "LICENSE",
        "CITATION.cff",
    }
)
SIDECARS = frozenset(
    {
        ("eeg", ".json"),
        ("channels", ".tsv"),
        ("channels", ".json"),
        ("events", ".tsv"),
        ("events", ".json"),
        ("electrodes", ".tsv"),
        ("electrodes", ".json"),
        ("coordsystem", ".json"),
        ("scans", ".tsv"),
        ("scans", ".json"),
        ("sessions", ".tsv"),
        ("sessions", ".json"),
    }
)
"""Suffix and extension of what speaks about an EEG recording."""
POSITIONS = frozenset({"electrodes", "coordsystem"})


def role_of(path: str, raw: str) -> Role:
    """Say what a file is to the recording that needs it.

    Examples
    --------
    >>> role_of("sub-01/eeg/sub-01_task-a_eeg.fdt", "sub-01/eeg/sub-01_task-a_eeg.set")
    'companion'
    """
    if path == raw:
        return "raw"
    if path in DATASET_FILES:
        return "dataset"
    return "companion" if path in companions(raw) or _is_split(path, raw) else "sidecar"


def missing_sidecars(entry: LockedRecording) -> tuple[str, ...]:
    """What a recording has to do without: not its companions, which catalogues name on suspicion."""
    return tuple(path for path in entry.missing if role_of(path, entry.raw) in {"sidecar", "dataset"})


def companions(raw: str) -> tuple[str, ...]:
    """Paths that may hold the rest of a recording."""
    place = PurePosixPath(raw)
    return tuple(str(place.with_suffix(extension)) for extension in COMPANIONS.get(place.suffix.lower(), ()))


def needed(raw: str, paths: Iterable[str]) -> list[str]:
    """Pick from a dataset's files what one recording needs, itself included if it is there; sorted."""
    return sorted(path for path in paths if _is_needed(path, raw))


class Tree:
    """A dataset's files by folder: a recording is only compared with the files in and above its own folder."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._folders: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._folders[path.rpartition("/")[0]].append(path)

    def needed(self, raw: str) -> list[str]:
        """Pick what one recording needs, itself included if it is there; sorted."""
        folders = ["" if folder == PurePosixPath() else str(folder) for folder in PurePosixPath(raw).parents]
        return needed(raw, (path for folder in folders for path in self._folders.get(folder, ())))


def _is_needed(path: str, raw: str) -> bool:
    return path == raw or path in DATASET_FILES or path in companions(raw) or _is_split(path, raw) or applies(path, raw)


def applies(path: str, raw: str) -> bool:
    """Whether a sidecar speaks about a recording."""
    sidecar, recording = PurePosixPath(path), PurePosixPath(raw)
    if not recording.parent.is_relative_to(sidecar.parent):
        return False
    entities, suffix, extension = entities_of(sidecar.name)
    if (suffix, extension.lower()) not in SIDECARS:
        return False
    own = entities_of(recording.name)[0]
    return all(
        own.get(entity) == value or (entity == "space" and suffix in POSITIONS) for entity, value in entities.items()
    )


def _is_split(path: str, raw: str) -> bool:
    """Whether a file is another part of a recording that its format split."""
    one, other = PurePosixPath(raw), PurePosixPath(path)
    if one.parent != other.parent or one.suffix != other.suffix or "_split-" not in raw:
        return False
    own, own_suffix, _ = entities_of(one.name)
    its, its_suffix, _ = entities_of(other.name)
    return own_suffix == its_suffix and {**own, "split": ""} == {**its, "split": ""} and "split" in its
