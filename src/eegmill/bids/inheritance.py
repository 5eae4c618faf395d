"""Which of a dataset's files a recording needs.

A sidecar applies to a recording if it lies in the recording's folder or in one above it, and has no entity that the
recording lacks or has another value for (BIDS 1.11.1, inheritance principle). Positions of electrodes may carry
``space``, which the recording has not. Of tables the nearest alone counts; JSON is merged, the nearest wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from .companions import has_kind_of_companion, is_companion, orphans, rivals
from .names import BidsName, parse_name, same_value

Role = Literal["raw", "companion", "sidecar", "dataset"]

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
POSITIONS = frozenset({"electrodes", "coordsystem", "optodes"})
"""Suffixes of sidecars that may name a ``space`` of their own."""


def role_of(path: str, raw: str) -> Role:
    """Say what a file is to the recording that needs it.

    Examples
    --------
    >>> role_of("sub-01/eeg/old_name.fdt", "sub-01/eeg/sub-01_task-a_eeg.set")
    'companion'
    """
    if path == raw:
        return "raw"
    if path in DATASET_FILES:
        return "dataset"
    return "companion" if has_kind_of_companion(path, raw) or _is_split(path, raw) else "sidecar"


def needed(raw: str, paths: Iterable[str]) -> list[str]:
    """Pick from a dataset's files what one recording needs, itself included if it is there; sorted."""
    given = list(paths)
    folder = PurePosixPath(raw).parent
    beside = [path for path in given if PurePosixPath(path).parent == folder]
    return sorted({*(path for path in given if _is_needed(path, raw)), *orphans(raw, beside), *rivals(raw, beside)})


class Tree:
    """A dataset's files by folder: a recording is only compared with the files in and above its own folder."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._folders: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._folders[path.rpartition("/")[0]].append(path)

    def needed(self, raw: str) -> list[str]:
        """Pick what one recording needs, itself included if it is there; sorted."""
        folders = ["" if folder == PurePosixPath() else str(folder) for folder in PurePosixPath(raw).parents]
        return needed(raw, [path for folder in folders for path in self._folders.get(folder, ())])


def _is_needed(path: str, raw: str) -> bool:
    return path == raw or path in DATASET_FILES or is_companion(path, raw) or _is_split(path, raw) or applies(path, raw)


def applies(path: str, raw: str) -> bool:
    """Whether a file is a sidecar that speaks about an EEG recording."""
    sidecar = parse_name(path)
    return (sidecar.suffix, sidecar.extension.lower()) in SIDECARS and speaks_about(sidecar, parse_name(raw))


def speaks_about(sidecar: BidsName, recording: BidsName) -> bool:
    """Whether the inheritance principle lays a file over a recording; its suffix is not looked at."""
    if not PurePosixPath(recording.path).parent.is_relative_to(PurePosixPath(sidecar.path).parent):
        return False
    return all(
        same_value(entity, value, recording.entities.get(entity))
        or (entity == "space" and sidecar.suffix in POSITIONS and entity not in recording.entities)
        for entity, value in sidecar.entities.items()
    )


def applicable(paths: Iterable[str], raw: str, suffix: str, extension: str) -> list[str]:
    """Sidecars of one kind that speak about a recording, the nearest last.

    Of two whose index is written in two ways (``run-1``, ``run-01``), the one written like the recording's is nearer.
    """
    recording = parse_name(raw)
    parsed = [parse_name(path) for path in paths]
    alike = [name for name in parsed if (name.suffix, name.extension.lower()) == (suffix, extension)]
    return by_nearness((name.path for name in alike if speaks_about(name, recording)), raw)


def by_nearness(paths: Iterable[str], raw: str) -> list[str]:
    """Sidecars of a recording, the nearest last: by folder, then by the number of entities."""
    recording = parse_name(raw)
    return [name.path for name in sorted(map(parse_name, paths), key=lambda name: _nearness(name, recording))]


def _nearness(sidecar: BidsName, recording: BidsName) -> tuple[int, int, bool, str]:
    exact = not index_written_otherwise(sidecar.path, recording.path)
    return sidecar.path.count("/"), len(sidecar.entities), exact, sidecar.path


def index_written_otherwise(path: str, raw: str) -> str | None:
    """The entity of a sidecar whose index is the recording's in other digits; None if there is none.

    >>> index_written_otherwise("sub-1/eeg/sub-1_run-1_events.tsv", "sub-1/eeg/sub-1_run-01_eeg.edf")
    'run-1'
    """
    own = parse_name(raw).entities
    for entity, value in parse_name(path).entities.items():
        if own.get(entity) != value and same_value(entity, value, own.get(entity)):
            return f"{entity}-{value}"
    return None


def _is_split(path: str, raw: str) -> bool:
    """Whether a file is another part of a recording that its format split."""
    one, other = PurePosixPath(raw), PurePosixPath(path)
    if one.parent != other.parent or one.suffix != other.suffix or "_split-" not in raw:
        return False
    own, its = parse_name(raw), parse_name(path)
    return own.suffix == its.suffix and {**own.entities, "split": ""} == {**its.entities, "split": ""}
