"""Cleaned recordings in the layout that braindecode reads from the Hugging Face Hub: one Zarr 3 group a recording.

The windows are those of the derivative's index; each recording holds its whole signal in volts (float32), MNE's
description of it, and a table of windows with targets. The folder is what ``push_to_hub`` would upload.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bids.paths import PREPROC, DerivativePaths
from ..errors import DerivativeError
from ..files.atomic import write_json, write_text
from ..files.tables import format_tsv
from ..stream import Windows
from .nemar_zarr import zarr_library
from .read import read_cleaned
from .window_table import PARTICIPANT

if TYPE_CHECKING:
    import mne
    import zarr

PIPELINE = "eegmill"
CHUNK_VALUES = 5_000_000
TARGETS = ("i_window_in_trial", "i_start_in_trial", "i_stop_in_trial", "target")
COMPRESSION: Any = {"name": "zstd", "configuration": {"level": 5}}


def write_hub(derivative: Path, recordings: Sequence[str], folder: Path) -> list[Path]:
    """Write the folder of a data set on the Hub.

    Raises
    ------
    DerivativeError
        If zarr is not installed; if the derivative has no index of windows, or one of epochs; if recordings differ in
        channels or rate, which braindecode refuses.
    """
    zarr = zarr_library()
    windows = Windows(derivative, where={"recording": list(recordings)})
    if windows.about["kind"] != "windows":
        msg = f"The index of '{derivative.name}' is one of epochs, and braindecode wants windows: export 'fif'."
        raise DerivativeError(msg)
    rows = _by_recording(windows.table.to_pylist())
    _refuse_unlike(windows, rows)
    base = folder / "sourcedata" / PIPELINE
    root = zarr.open_group(str(base / "dataset.zarr"), mode="w")
    root.attrs.update({"n_datasets": len(rows), "dataset_type": "EEGWindowsDataset", "zarr_version": zarr.__version__})
    codes = _codes(rows)
    for index, (name, mine) in enumerate(rows.items()):
        group = root.create_group(f"recording_{index}")
        _write_recording(group, base / "dataset.zarr" / f"recording_{index}", derivative, name, mine, codes)
        _copy_sidecars(derivative, name, base)
    for name in ("participants.tsv", "dataset_description.json"):
        shutil.copyfile(derivative / name, base / name)
    about = {"format": "zarr", "pipeline_name": PIPELINE, "compression": "zstd", "compression_level": 5}
    about |= {"chunk_size": CHUNK_VALUES, "total_samples": len(windows), "targets": codes}
    write_json(folder / "format_info.json", about)
    write_text(folder / "README.md", _card(derivative, len(windows)))
    return [base / "dataset.zarr", folder / "format_info.json"]


def _by_recording(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["recording"], []).append(row)
    return found


def _refuse_unlike(windows: Windows, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Refuse recordings that braindecode would not take together."""
    kinds: dict[tuple[Any, ...], str] = {}
    for name, (first, *_) in rows.items():
        kinds.setdefault((first["sfreq_hz"], *windows.channels(first["file"])["names"]), name)
    if len(kinds) > 1:
        one, other = list(kinds.values())[:2]
        msg = f"'{one}' and '{other}' differ in channels or rate, which braindecode refuses: choose by --recording."
        raise DerivativeError(msg)


def _codes(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """Numbers of the labels, as targets; a window without one is -1."""
    labels = {row["label"] for mine in rows.values() for row in mine if row["label"] is not None}
    return {label: code for code, label in enumerate(sorted(labels))}


def _write_recording(
    group: zarr.Group,
    path: Path,
    derivative: Path,
    recording: str,
    rows: Sequence[Mapping[str, Any]],
    codes: Mapping[str, int],
) -> None:
    raw = read_cleaned(derivative, recording).raw
    samples = raw.get_data().astype(np.float32)
    n_times = min(samples.shape[1], max(1, CHUNK_VALUES // len(samples)))
    group.create_array("data", data=samples, chunks=(len(samples), n_times), compressors=[COMPRESSION])
    known = {key: value for key, value in rows[0].items() if _of_recording(key) and value is not None}
    group.attrs.update(
        {
            "description": known,
            "info": _info(raw),
            "targets_from": "metadata",
            "last_target_only": True,
        }
    )
    write_text(path / "metadata.tsv", format_tsv(("", *TARGETS, "good_fraction"), _metadata(rows, codes)))


def _of_recording(column: str) -> bool:
    """Whether a column describes a recording; 'recording' and 'split' mean other things in names of BIDS."""
    return column in {"subject", "session", "task", "acquisition", "run", "licence"} or column.startswith(PARTICIPANT)


def _metadata(rows: Sequence[Mapping[str, Any]], codes: Mapping[str, int]) -> list[dict[str, object]]:
    """The table of windows, with samples counted from the first of the recording."""
    found = []
    for index, row in enumerate(rows):
        start = round(row["onset_s"] * row["sfreq_hz"])
        window = (index, start, start + row["n_times"], codes.get(row["label"], -1))
        found.append({"": index, **dict(zip(TARGETS, window, strict=True)), "good_fraction": row["good_fraction"]})
    return found


def _info(raw: mne.io.BaseRaw) -> Any:
    """MNE's description as JSON; NaN, such as positions that are not known, is null there."""
    return _null_for_nan(raw.info.to_json_dict())


def _null_for_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _null_for_nan(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_null_for_nan(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def _copy_sidecars(derivative: Path, recording: str, base: Path) -> None:
    """Events, channels and sidecar, which have here the names that braindecode looks for."""
    paths = DerivativePaths(recording)
    (base / paths.folder).mkdir(parents=True, exist_ok=True)
    for ending in ("events.tsv", "channels.tsv", "eeg.json"):
        shutil.copyfile(derivative / paths.file(PREPROC, ending), base / paths.file(PREPROC, ending))


def _card(derivative: Path, n_windows: int) -> str:
    description = json.loads((derivative / "dataset_description.json").read_bytes())
    return (
        f"---\nlicense: other\ntags: [braindecode, eeg, zarr]\n---\n\n# {description['Name']}\n\n"
        f"{n_windows} windows of clean EEG, made by eegmill. Licence of the source: "
        f"{description.get('License', 'not given')}. {description.get('HowToAcknowledge', '')}\n"
    )
