"""A raw BIDS recording as the signal that the cleaning chain starts from.

mne-bids is not used here: it drops events without ``trial_type`` and the reasons of bad channels, refuses channel
names that differ in spelling, and takes declared electrode units at their word (published datasets need better).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..bids.names import entities_of_folders, parse_name
from ..errors import RecordingError
from ..files.tables import Row
from ..lock import LockedRecording
from ..recording import Recording
from ..signal.filters.channel_bands import known_bands
from . import brainvision
from .channels import apply_channels, doubt_units, units_for_reader
from .contradictions import line_frequency, missing_fraction, note_contradictions
from .electrodes import apply_electrodes
from .events import apply_events, drop_start
from .filters import source_bands
from .raw_files import Opened, open_file
from .references import named_references, own_references
from .sidecars import coordsystem, merged_json, missing_sidecars, note_json, table

if TYPE_CHECKING:
    import mne

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
        power line frequency in ``raw.info["line_freq"]``; what was mended, guessed or left out in ``notes``.

    Raises
    ------
    RecordingError
        If the file or one of its sidecars cannot be read; names the file and the cause.
    """
    notes: list[str] = []
    _note_missing(entry, notes)
    _note_names(entry, notes)
    channels = table(root, entry, "channels", notes)
    opened = _open(root / entry.raw, channels, notes)
    raw = opened.raw
    if raw.n_times == 0 or not raw.ch_names:
        msg = f"'{Path(entry.raw).name}' holds no samples; ask the dataset's authors."
        raise RecordingError(msg)
    sidecar = merged_json(root, entry, entry.datatype)
    note_json(root, entry, entry.datatype, notes)
    bad = apply_channels(raw, channels, notes)
    from_file = [name for name in raw.info["bads"] if name not in bad]
    apply_events(raw, table(root, entry, "events", notes), notes, clock=opened.clock)
    drop_start(raw)
    positions = table(root, entry, "electrodes", notes)
    apply_electrodes(raw, positions, coordsystem(root, entry), notes)
    line_frequency(raw, sidecar, notes)
    note_contradictions(raw, sidecar, channels, notes)
    bands = known_bands(raw, source_bands(raw.ch_names, channels, sidecar))
    missing = max(opened.missing_fraction, missing_fraction(raw, sidecar))
    recording = Recording(raw=raw, bands=bands, missing_fraction=missing).mark_bad(
        {**bad, **dict.fromkeys(from_file, "marked bad in the data file")}
    )
    doubt_units(raw, channels)
    reference = named_references(raw.ch_names, channels, sidecar)
    return replace(
        recording,
        online_reference=reference,
        own_references=own_references(raw, channels, sidecar, _header_references(root / entry.raw, raw)),
        notes=tuple(dict.fromkeys(notes)),
    )


def _header_references(path: Path, raw: mne.io.BaseRaw) -> dict[str, str]:
    """Channel to reference as the header says, by the present names of the channels, which are in its order."""
    found = brainvision.references_of(path) if path.suffix.lower() == ".vhdr" else []
    return dict(zip(raw.ch_names, found, strict=True)) if len(found) == len(raw.ch_names) else {}


def _note_missing(entry: LockedRecording, notes: list[str]) -> None:
    sidecars = missing_sidecars(entry)
    if sidecars:
        notes.append(f"named by the catalogue, and not at their source: {', '.join(sidecars)}")


def _note_names(entry: LockedRecording, notes: list[str]) -> None:
    """Note where the folders of a recording say another subject or session than its name."""
    own = parse_name(entry.raw).entities
    for entity, value in entities_of_folders(entry.raw).items():
        if own.get(entity) != value:
            named = f"'{entity}-{own[entity]}'" if entity in own else f"no '{entity}-'"
            notes.append(f"'{Path(entry.raw).name}' lies in a folder '{entity}-{value}', and its name says {named}")


def _open(path: Path, channels: list[dict[str, str]], notes: list[str]) -> Opened:
    opened = open_file(path, notes)
    rows: list[Row] = [row for row in channels if "name" in row]
    wanted = path.suffix.lower() in UNITS_CAN_BE_TOLD
    units = units_for_reader(rows, dict(opened.raw._orig_units)) if wanted else {}
    if not units:
        return opened
    try:
        told = open_file(path, [], units=units)
    except RecordingError:  # the header names a unit that MNE does not know, and it lets nobody overrule that
        notes.append(f"the header of '{path.name}' names units that are none of voltage: the amplitudes tell them")
        return opened
    notes.append(f"the header of '{path.name}' names no units for {len(units)} channels: taken from channels.tsv")
    return told
