"""The inheritance principle: which sidecar files speak about a recording.

A sidecar applies if it lies in the folder of the raw file or in one above it, and none of its entities contradicts
those of the recording (BIDS 1.11, common principles). JSON keys are merged, the nearest file wins; of tables the
nearest alone counts.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import RecordingError
from ..lock import LockedRecording

SPATIAL = ("space",)
"""Entities that a sidecar may have and the recording has not."""


def entities_of(name: str) -> tuple[dict[str, str], str, str]:
    """Entities, suffix and extension of a BIDS file name.

    Examples
    --------
    >>> entities_of("sub-01_task-rest_eeg.json")
    ({'sub': '01', 'task': 'rest'}, 'eeg', '.json')
    """
    stem, dot, extension = name.partition(".")
    *pairs, suffix = stem.split("_")
    split = [pair.partition("-") for pair in pairs]
    return {key: value for key, _, value in split}, suffix, dot + extension


def applicable(entry: LockedRecording, suffix: str, extension: str) -> list[str]:
    """Paths (relative to the dataset root) of the sidecars of a recording, the nearest last."""
    found = [file.path for file in entry.files if _applies(file.path, entry, suffix, extension)]
    return sorted(found, key=lambda path: (path.count("/"), len(entities_of(PurePosixPath(path).name)[0]), path))


def _applies(path: str, entry: LockedRecording, suffix: str, extension: str) -> bool:
    place = PurePosixPath(path)
    if not PurePosixPath(entry.raw).parent.is_relative_to(place.parent):
        return False
    entities, its_suffix, its_extension = entities_of(place.name)
    own = entities_of(PurePosixPath(entry.raw).name)[0]
    agrees = all(own.get(key) == value for key, value in entities.items() if key not in SPATIAL)
    return agrees and (its_suffix, its_extension.lower()) == (suffix, extension)


def nearest(root: Path, entry: LockedRecording, suffix: str, extension: str = ".tsv") -> Path | None:
    """The nearest sidecar that is there, or None."""
    present = [root / path for path in applicable(entry, suffix, extension) if (root / path).is_file()]
    return present[-1] if present else None


def merged_json(root: Path, entry: LockedRecording, suffix: str) -> dict[str, Any]:
    """JSON sidecars of a recording, merged from the root of the dataset down.

    Raises
    ------
    RecordingError
        If one of them is not a JSON object.
    """
    merged: dict[str, Any] = {}
    for path in applicable(entry, suffix, ".json"):
        if (root / path).is_file():
            merged.update(read_json_object(root / path))
    return merged


def read_json_object(path: Path) -> dict[str, Any]:
    """A JSON file that must hold an object; a byte-order mark is accepted.

    Raises
    ------
    RecordingError
        If it does not.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        msg = f"Sidecar '{path.name}' is not valid JSON ({error}); correct or remove it."
        raise RecordingError(msg) from error
    if not isinstance(value, dict):
        msg = f"Sidecar '{path.name}' holds no JSON object; correct or remove it."
        raise RecordingError(msg)
    return value
