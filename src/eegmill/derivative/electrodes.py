"""``electrodes.tsv`` of a derivative: positions under the names that the cleaned signal has, and where they come from.

BIDS knows no ``desc-`` for electrodes. The source's own tables are not repeated: they have the source's names, and
often units or axes that its numbers do not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..bids.paths import SPACE

if TYPE_CHECKING:
    from ..recording import Recording
    from ..records import RecordingRecord

COLUMNS = ("name", "x", "y", "z", "position_source")
DIGITS = 6
"""Micrometres: finer than any electrode is placed."""

DESCRIPTIONS: Mapping[str, object] = {
    "Description": "Electrode positions under the channel names of the cleaned signal",
    "position_source": {
        "Description": "Where the position comes from",
        "Levels": {
            "recording": "the sidecars or the data file of the source",
            "template": "a template montage, by the name of the channel: not measured on this head",
        },
    },
}

COORDSYSTEM: Mapping[str, object] = {
    "EEGCoordinateSystem": SPACE,
    "EEGCoordinateUnits": "m",
    "EEGCoordinateSystemDescription": (
        "The head frame of MNE: x to the right, y to the front, z up, in metres. Positions of the source were brought "
        "into it; the column 'position_source' of electrodes.tsv says which ones are a template's: not measured."
    ),
}


def electrode_rows(recording: Recording, record: RecordingRecord) -> list[dict[str, object]]:
    """One row an EEG channel, or none at all where no channel has a position."""
    template = {name for step in record.steps for name in step.read_back().template_positions}
    raw = recording.raw
    rows: list[dict[str, object]] = []
    for channel, kind in zip(raw.info["chs"], raw.get_channel_types(), strict=True):
        name, position = str(channel["ch_name"]), np.asarray(channel["loc"][:3], dtype=float)
        located = bool(np.isfinite(position).all() and position.any())
        if kind == "eeg" or located:
            x, y, z = (round(float(value), DIGITS) if located else None for value in position)
            source = ("template" if name in template else "recording") if located else None
            rows.append({"name": name, "x": x, "y": y, "z": z, "position_source": source})
    return rows if any(row["position_source"] for row in rows) else []
