"""A signal or epochs as EEGLAB keeps them: ``.set`` (what they are) and ``.fdt`` (float32 samples).

Of the formats that BIDS allows for EEG, this alone holds the time zero of epochs: MNE-BIDS, MNE and EEGLAB read them
with their ``tmin``. The same input gives the same bytes. MNE's reader takes every channel for microvolts, so every
channel is written in millionths of MNE's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .brainvision import refuse_unwritable, write_samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import mne
    from numpy.typing import NDArray

PER_UNIT = 1e6
MATLAB_TEXT_BYTES = 116
"""Length of the free text that starts a MATLAB 5 file; scipy writes the time into it."""
MATLAB_TEXT = b"MATLAB 5.0 MAT-file, written by eegmill"


@dataclass(frozen=True)
class _Event:
    """Something at a sample (from 0, may lie between two), in an epoch (from 1; 0 where there are none)."""

    kind: str
    sample: float
    n_samples: float = 0.0
    epoch: int = 0


def write_raw_set(raw: mne.io.BaseRaw, path: Path, *, reference: str = "") -> tuple[Path, Path]:
    """Write a continuous signal with its annotations as events, durations included; ``.set`` and ``.fdt``.

    Raises
    ------
    DerivativeError
        If a sample is not finite.
    """
    sfreq = float(raw.info["sfreq"])
    events = [
        _Event(str(note["description"]), note["onset"] * sfreq, note["duration"] * sfreq) for note in raw.annotations
    ]
    data: NDArray[np.float64] = raw._data  # the public way to the samples copies them
    content = {
        **_content(raw.info, path, reference),
        "trials": 1.0,
        "pnts": float(raw.n_times),
        "xmin": 0.0,
        "xmax": (raw.n_times - 1) / sfreq,
        "event": _structs(_event_rows(events, epoched=False)),
        "epoch": [],
    }
    return _write(content, [data], path, raw.ch_names)


def write_epochs_set(epochs: mne.BaseEpochs, path: Path, *, reference: str = "") -> tuple[Path, Path]:
    """Write epochs, each with its event at time zero; ``.set`` and ``.fdt``.

    Raises
    ------
    DerivativeError
        If a sample is not finite.
    """
    names = {code: name for name, code in epochs.event_id.items()}
    n_times, zero = len(epochs.times), -float(epochs.tmin) * float(epochs.info["sfreq"])
    kinds = [names.get(int(code), str(code)) for code in epochs.events[:, 2]]
    events = [_Event(kind, i * n_times + round(zero, 6), epoch=i + 1) for i, kind in enumerate(kinds)]
    content = {
        **_content(epochs.info, path, reference),
        "trials": float(len(epochs)),
        "pnts": float(n_times),
        "xmin": round(float(epochs.tmin), 9),
        "xmax": round(float(epochs.tmax), 9),
        "event": _structs(_event_rows(events, epoched=True)),
        "epoch": _structs([_epoch_row(number, kind) for number, kind in enumerate(kinds, start=1)]),
    }
    return _write(content, list(epochs.get_data(copy=False)), path, epochs.ch_names)


def _content(info: mne.Info, path: Path, reference: str) -> dict[str, Any]:
    """What signals and epochs have in common."""
    empty: list[float] = []
    return {
        "setname": path.stem,
        "filename": path.name,
        "filepath": "",
        "nbchan": float(len(info["ch_names"])),
        "srate": float(info["sfreq"]),
        "times": empty,
        "data": path.with_suffix(".fdt").name,
        "datfile": path.with_suffix(".fdt").name,
        "ref": "average" if reference.startswith("average") else "common",
        "chanlocs": _structs([_chanloc(channel, kind, reference) for channel, kind in _channels(info)]),
        "urchanlocs": empty,
        "chaninfo": {"nosedir": "+X"},
        **dict.fromkeys(("icaact", "icawinv", "icasphere", "icaweights", "icachansind", "urevent"), empty),
        "comments": f"Reference: {reference}" if reference else "",
        "saved": "yes",
        "etc": {},
    }


def _channels(info: mne.Info) -> Iterable[tuple[Mapping[str, Any], str]]:
    return zip(info["chs"], info.get_channel_types(), strict=True)


def _chanloc(channel: Mapping[str, Any], kind: str, reference: str) -> dict[str, Any]:
    """A channel as EEGLAB describes it: x to the nose, y to the left, in mm; empty where there is no position."""
    right, front, up = (float(value) * 1e3 for value in channel["loc"][:3])
    row: dict[str, Any] = {
        "labels": channel["ch_name"],
        "type": kind.upper(),
        "ref": reference if kind == "eeg" else "",
    }
    places = ("X", "Y", "Z", "theta", "radius", "sph_theta", "sph_phi", "sph_radius")
    if not np.isfinite([right, front, up]).all() or not any((right, front, up)):
        return {**row, **dict.fromkeys(places, np.zeros((0, 0)))}
    x, y, z = front, -right, up
    azimuth = float(np.degrees(np.arctan2(y, x)))
    elevation = float(np.degrees(np.arctan2(z, np.hypot(x, y))))
    spherical = (-azimuth, 0.5 - elevation / 180, azimuth, elevation, float(np.linalg.norm([x, y, z])))
    return {**row, **dict(zip(places, (x, y, z, *spherical), strict=True))}


def _event_rows(events: Sequence[_Event], *, epoched: bool) -> list[dict[str, Any]]:
    """EEGLAB counts samples from 1."""
    rows = [{"type": e.kind, "latency": e.sample + 1, "duration": e.n_samples, "epoch": e.epoch} for e in events]
    return rows if epoched else [{key: value for key, value in row.items() if key != "epoch"} for row in rows]


def _epoch_row(number: int, kind: str) -> dict[str, Any]:
    return {"event": float(number), "eventlatency": 0.0, "eventduration": 0.0, "eventtype": kind}


def _structs(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as a MATLAB struct array."""
    if not rows:
        return []
    array = np.empty(len(rows), dtype=[(key, object) for key in rows[0]])
    for i, row in enumerate(rows):
        array[i] = tuple(row.values())
    return array


def _write(
    content: Mapping[str, Any], pieces: Sequence[NDArray[np.float64]], path: Path, names: Sequence[str]
) -> tuple[Path, Path]:
    from scipy.io import savemat

    scales = np.full(len(names), PER_UNIT)
    for piece in pieces:
        refuse_unwritable(piece, scales, names)
    fdt = path.with_suffix(".fdt")
    with fdt.open("wb") as stream:
        for piece in pieces:
            write_samples(piece, scales, stream)
    savemat(path, {"EEG": content}, appendmat=False)
    with path.open("r+b") as stream:
        stream.write(MATLAB_TEXT.ljust(MATLAB_TEXT_BYTES))
    return path, fdt
