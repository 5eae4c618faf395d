"""A raw BIDS recording as the signal that the cleaning chain starts from.

mne-bids is not used here: it drops events without ``trial_type`` and the reasons of bad channels, refuses channel
names that differ in spelling, and takes declared electrode units at their word (published datasets need better).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bids.inheritance import missing_sidecars
from ..bids.sidecars import merged_json, nearest
from ..errors import RecordingError
from ..files.tables import Row, number, read_tsv
from ..lock import LockedRecording
from ..recording import Recording
from ..signal.filters.channel_bands import known_bands
from .channels import apply_channels, units_for_reader
from .electrodes import apply_electrodes
from .events import apply_events, drop_start
from .filters import source_bands
from .notes import noted
from .raw_files import open_raw

if TYPE_CHECKING:
    import mne

log = logging.getLogger(__name__)

UNITS_CAN_BE_TOLD = (".edf", ".bdf")


def read_recording(root: Path, entry: LockedRecording) -> Recording:
    """Read a recording and lay its sidecars over it.

    Parameters
    ----------
    root
        The raw BIDS dataset.
    entry
        The recording's entry in the lock; sidecars are those that it lists, by the inheritance principle.

    Returns
    -------
    Recording
        Preloaded, float64, volts; bad channels marked with their reasons, events as annotations, measured positions,
        power line frequency in ``raw.info["line_freq"]``.

    Raises
    ------
    RecordingError
        If the file or one of its sidecars cannot be read; names the file and the cause.
    """
    with noted() as notes:
        recording = _read(root, entry)
    return replace(recording, notes=tuple(notes))


def _read(root: Path, entry: LockedRecording) -> Recording:
    _note_missing(entry)
    channels = _table(root, entry, "channels")
    raw = _open(root / entry.raw, channels)
    if raw.n_times == 0 or not raw.ch_names:
        msg = f"'{Path(entry.raw).name}' holds no samples; ask the dataset's authors."
        raise RecordingError(msg)
    bad = apply_channels(raw, channels)
    from_file = [name for name in raw.info["bads"] if name not in bad]
    apply_events(raw, _table(root, entry, "events"))
    drop_start(raw)
    apply_electrodes(raw, _table(root, entry, "electrodes"), merged_json(root, entry, "coordsystem"))
    sidecar = merged_json(root, entry, entry.datatype)
    _line_frequency(raw, sidecar)
    bands = source_bands(raw.ch_names, channels, sidecar)
    return Recording(raw=raw, bands=known_bands(raw, bands)).mark_bad(
        {**bad, **dict.fromkeys(from_file, "marked bad in the data file")}
    )


def _note_missing(entry: LockedRecording) -> None:
    sidecars = missing_sidecars(entry)
    if sidecars:
        log.info("named by the catalogue, and not at their source: %s", ", ".join(sidecars))


def _table(root: Path, entry: LockedRecording, suffix: str) -> list[dict[str, str]]:
    path = nearest(root, entry, suffix)
    return read_tsv(path) if path else []


def _open(path: Path, channels: list[dict[str, str]]) -> mne.io.BaseRaw:
    raw = open_raw(path)
    if path.suffix.lower() not in UNITS_CAN_BE_TOLD:
        return raw
    rows: list[Row] = [row for row in channels if "name" in row]
    units = units_for_reader(rows, dict(raw._orig_units))
    if not units:
        return raw
    log.warning("the header of '%s' names no units for %d channels: taken from channels.tsv", path.name, len(units))
    return open_raw(path, units=units)


def _line_frequency(raw: mne.io.BaseRaw, sidecar: dict[str, Any]) -> None:
    given = sidecar.get("PowerLineFrequency")
    line_hz = number(str(given)) if given is not None else None
    if line_hz is not None and line_hz > 0:
        with raw.info._unlock():
            raw.info["line_freq"] = line_hz
