"""Sidecar files of a recording, as they lie in the raw dataset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..bids.inheritance import applicable, index_written_otherwise, role_of
from ..bids.names import parse_name
from ..bids.text import decoded
from ..errors import RecordingError
from ..files.tables import read_tsv
from ..lock import LockedRecording

KEYS = {"channels": ("name",), "events": ("onset", "sample"), "electrodes": ("name",)}
"""Columns that a table cannot do without: one of them, by suffix."""
COLUMNS = {
    "channels": ("name", "type", "units", "status", "status_description", "sampling_frequency", "reference"),
    "events": ("onset", "duration", "trial_type", "sample", "value", "channel", "event_type", "stim_file"),
    "electrodes": ("name", "x", "y", "z", "type"),
}
"""Columns that are known by their names, written in lower case."""


def sidecars(entry: LockedRecording, suffix: str, extension: str) -> list[str]:
    """Paths (relative to the dataset root) of the sidecars of a recording, the nearest last."""
    return applicable([file.path for file in entry.files], entry.raw, suffix, extension)


def missing_sidecars(entry: LockedRecording) -> tuple[str, ...]:
    """What a recording has to do without: not its companions, which catalogues name on suspicion."""
    return tuple(path for path in entry.missing if role_of(path, entry.raw) in {"sidecar", "dataset"})


def nearest(root: Path, entry: LockedRecording, suffix: str, extension: str = ".tsv") -> Path | None:
    """The nearest sidecar that is there, or None."""
    present = [root / path for path in sidecars(entry, suffix, extension) if (root / path).is_file()]
    return present[-1] if present else None


def merged_json(root: Path, entry: LockedRecording, suffix: str) -> dict[str, Any]:
    """JSON sidecars of a recording, merged from the root of the dataset down.

    Raises
    ------
    RecordingError
        If one of them is not a JSON object.
    """
    merged: dict[str, Any] = {}
    for path in sidecars(entry, suffix, ".json"):
        if (root / path).is_file():
            merged.update(read_json_object(root / path))
    return merged


def coordsystem(root: Path, entry: LockedRecording) -> dict[str, Any]:
    """What describes the electrodes that are used: the JSON sidecars of the space of their table, merged.

    A table without a space goes with sidecars without one or, where there are none, with those of the only space.
    """
    electrodes = nearest(root, entry, "electrodes")
    if electrodes is None:
        return {}
    paths = [root / path for path in sidecars(entry, "coordsystem", ".json") if (root / path).is_file()]
    space = _space(electrodes)
    own = [path for path in paths if _space(path) in (None, space)]
    spaces = {_space(path) for path in paths}
    if not own and space is None and len(spaces) == 1:
        own = paths
    merged: dict[str, Any] = {}
    for path in own:
        merged.update(read_json_object(path))
    return merged


def _space(path: Path) -> str | None:
    return parse_name(path.name).entities.get("space")


def read_json_object(path: Path) -> dict[str, Any]:
    """A JSON file that must hold an object; a byte-order mark and Latin-1 are accepted.

    Raises
    ------
    RecordingError
        If it does not.
    """
    try:
        value = json.loads(decoded(path.read_bytes())[0])
    except (ValueError, RecursionError) as error:
        msg = f"Sidecar '{path.name}' is not valid JSON ({error}); correct or remove it."
        raise RecordingError(msg) from error
    if not isinstance(value, dict):
        msg = f"Sidecar '{path.name}' holds no JSON object; correct or remove it."
        raise RecordingError(msg)
    return value


def table(root: Path, entry: LockedRecording, suffix: str, notes: list[str]) -> list[dict[str, str]]:
    """Rows of the nearest table of one kind; none, and a note, where it lacks the column that gives it a sense."""
    path = nearest(root, entry, suffix)
    if path is None:
        return []
    note_guesses(path, entry.raw, notes)
    rows, keys = _lower_case(read_tsv(path), COLUMNS.get(suffix, ()), path, notes), KEYS.get(suffix, ())
    if rows and keys and not any(key in rows[0] for key in keys):
        first = " ".join(list(rows[0])[:4])
        wanted = " or ".join(f"'{key}'" for key in keys)
        notes.append(f"'{path.name}' has no column {wanted} (its first line is '{first}'): it is not used")
        return []
    return rows


def note_guesses(path: Path, raw: str, notes: list[str]) -> None:
    """Note what had to be guessed to use a sidecar: its encoding, and that it speaks about this recording."""
    encoding = decoded(path.read_bytes())[1]
    if encoding != "UTF-8":
        notes.append(f"'{path.name}' is no UTF-8: read as {encoding}")
    index = index_written_otherwise(f"{Path(raw).parent.as_posix()}/{path.name}", raw)
    if index:
        notes.append(f"'{path.name}' is used: its {index} is the index of '{Path(raw).name}'")


def _lower_case(
    rows: list[dict[str, str]], columns: Sequence[str], path: Path, notes: list[str]
) -> list[dict[str, str]]:
    """Rows whose columns are named as BIDS has them, where only capitals differ."""
    first = rows[0] if rows else {}
    changed = {name: name.lower() for name in first if name.lower() in columns and name.lower() not in first}
    if not changed:
        return rows
    notes.append(f"'{path.name}' has columns in capitals: {', '.join(changed)}; read as if they had none")
    return [{changed.get(name, name): cell for name, cell in row.items()} for row in rows]


def note_json(root: Path, entry: LockedRecording, suffix: str, notes: list[str]) -> None:
    """Note what had to be guessed of the JSON sidecars of one kind."""
    for path in sidecars(entry, suffix, ".json"):
        if (root / path).is_file():
            note_guesses(root / path, entry.raw, notes)
