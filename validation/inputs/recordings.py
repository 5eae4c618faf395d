"""Small BIDS datasets of one recording, in which any field may be wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mne
import numpy as np

from eegmill.derivative.brainvision import write_brainvision
from validation.synthetic import Samples, spread_sources

TEN_TWENTY = [
    "Fp1",
    "Fp2",
    "F7",
    "F3",
    "Fz",
    "F4",
    "F8",
    "T7",
    "C3",
    "Cz",
    "C4",
    "T8",
    "P7",
    "P3",
    "Pz",
    "P4",
    "P8",
    "O1",
    "O2",
]
SFREQ_HZ, SECONDS = 125, 20
STEM = "sub-01/eeg/sub-01_task-rest"


@dataclass
class Input:
    """A recording and its sidecars, sound as long as nothing is changed."""

    names: list[str]
    data_v: Samples
    """Shape (n_channels, n_times)."""
    places_m: dict[str, np.ndarray] = field(default_factory=dict)
    """Goes into electrodes.tsv, if there is any."""
    coordsystem: dict[str, Any] = field(default_factory=lambda: {"EEGCoordinateSystem": "CapTrak"})
    columns: dict[str, Sequence[str]] = field(default_factory=dict)
    """Columns of channels.tsv beside ``name``; without any there is no table."""
    sidecar: dict[str, Any] = field(default_factory=dict)


def sound(
    names: Sequence[str] = TEN_TWENTY, *, seed: int = 0, places_m: Mapping[str, np.ndarray] | None = None
) -> Input:
    """A recording whose neighbours are alike, some 10 µV large; the names are those of electrodes or made up."""
    directions = _directions(names, places_m)
    data = spread_sources(directions, SFREQ_HZ * SECONDS, np.random.default_rng(seed))
    return Input(list(names), data * 1e-5 / float(np.median(np.abs(data))), dict(places_m or {}))


def _directions(names: Sequence[str], places_m: Mapping[str, np.ndarray] | None) -> Samples:
    known = places_m or template("colin27_1005")
    spare = iter(template("biosemi64").values())
    places = np.array([known[name] if name in known else next(spare) for name in names])
    return np.asarray(places / np.linalg.norm(places, axis=1, keepdims=True))


def template(montage: str) -> dict[str, np.ndarray]:
    """Positions of a template head in metres, by name."""
    return dict(mne.channels.make_standard_montage(montage).get_positions()["ch_pos"])


def write(given: Input, folder: Path, form: str = ".vhdr", **more: Any) -> Path:
    """Write the dataset; the path of the recording comes back."""
    stem = folder / STEM
    stem.parent.mkdir(parents=True)
    description = {"Name": "inputs", "BIDSVersion": "1.9.0", "DatasetType": "raw"}
    (folder / "dataset_description.json").write_text(json.dumps(description))
    sidecar = {"TaskName": "rest", "SamplingFrequency": SFREQ_HZ, "EEGReference": "n/a", **given.sidecar}
    stem.with_name(f"{stem.name}_eeg.json").write_text(json.dumps(sidecar))
    if given.columns:
        table(stem.with_name(f"{stem.name}_channels.tsv"), {"name": given.names, **given.columns})
    if given.places_m:
        places = np.array(list(given.places_m.values()))
        axes = {axis: [repr(float(value)) for value in column] for axis, column in zip("xyz", places.T, strict=True)}
        table(stem.with_name("sub-01_electrodes.tsv"), {"name": list(given.places_m), **axes})
        system = json.dumps({"EEGCoordinateUnits": "m", **given.coordsystem})
        stem.with_name("sub-01_coordsystem.json").write_text(system)
    path = stem.with_name(f"{stem.name}_eeg{form}")
    if form == ".vhdr":
        info = mne.create_info(given.names, SFREQ_HZ, "eeg")
        write_brainvision(mne.io.RawArray(given.data_v, info, verbose="error"), path.parent, path.stem)
    else:
        edf(given, path, **more)
    return path


def table(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    """Write a table of BIDS."""
    rows = ["\t".join(columns), *("\t".join(row) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def edf(
    given: Input, path: Path, *, unit: str = "uV", units: Mapping[str, str] | None = None, scale: float = 1e6
) -> None:
    """Write EDF or BDF in records of a second, by Kemp et al. 1992 (doi 10.1016/0013-4694(92)90009-7).

    ``scale`` brings volts to the unit; ``units`` of single channels are written and not brought.
    """
    n, width = len(given.names), 3 if path.suffix == ".bdf" else 2
    top = 2 ** (8 * width - 1) - 1
    limit = float(np.ceil(1.1 * scale * np.abs(given.data_v).max() * 1000) / 1000) or 1.0
    counts = np.round(scale * given.data_v / limit * top).astype("<i4").reshape(n, SECONDS, SFREQ_HZ)
    version = b"\xffBIOSEMI" if width == 3 else b"0".ljust(8)
    head = version + b"X X X X".ljust(80) + b"Startdate X X X X".ljust(80) + b"01.01.2000.00.00"
    head += _cells([256 * (n + 1)], 8) + b" " * 44 + _cells([SECONDS, 1], 8) + _cells([n], 4)
    head += _cells(given.names, 16) + b" " * 80 * n + _cells([(units or {}).get(name, unit) for name in given.names], 8)
    for value in (f"{-limit:.6g}", f"{limit:.6g}", -top, top):
        head += _cells([value] * n, 8)
    head += b" " * 80 * n + _cells([SFREQ_HZ] * n, 8) + b" " * 32 * n
    samples = np.ascontiguousarray(counts.transpose(1, 0, 2)).view("u1").reshape(-1, 4)[:, :width]
    path.write_bytes(head + samples.tobytes())


def _cells(values: Sequence[object], width: int) -> bytes:
    return b"".join(str(value).encode("latin-1").ljust(width)[:width] for value in values)
