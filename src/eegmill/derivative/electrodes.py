"""``electrodes.tsv`` and ``coordsystem.json`` of a recording whose source has neither."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.atomic import write_json, write_text
from ..files.tables import format_tsv

if TYPE_CHECKING:
    import mne

SPACE = "CapTrak"
"""What BIDS calls axes through the ears and the nose (RAS), which are those of MNE's head frame."""
COORDSYSTEM = {
    "EEGCoordinateSystem": SPACE,
    "EEGCoordinateUnits": "m",
    "EEGCoordinateSystemDescription": (
        "RAS: x through both preauricular points to the right, y through the nasion. Positions as the recording had "
        "them when it was cleaned: those of its file, or of a template where the file has none (see the _qc.json)."
    ),
}


def write_electrodes(raw: mne.io.BaseRaw, folder: Path, recording: str) -> tuple[Path, ...]:
    """Write the positions of the channels that have one, in metres; nothing where none has."""
    montage = raw.get_montage()
    positions = montage.get_positions()["ch_pos"] if montage else {}
    known = {name: xyz for name, xyz in positions.items() if all(value == value for value in xyz)}
    if not known:
        return ()
    rows = [{"name": name, **_cells(xyz)} for name, xyz in known.items()]
    paths = tuple(folder / f"{recording}_space-{SPACE}_{end}" for end in ("electrodes.tsv", "coordsystem.json"))
    write_text(paths[0], format_tsv(("name", "x", "y", "z"), rows))
    write_json(paths[1], COORDSYSTEM)
    return paths


def _cells(xyz: Sequence[float]) -> dict[str, str]:
    return {axis: f"{value:.6g}" for axis, value in zip("xyz", xyz, strict=True)}
