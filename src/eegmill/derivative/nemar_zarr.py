"""Cleaned recordings in the layout that NEMAR serves raw ones in: Zarr 3, 16 bits, 250 Hz at most, for viewing.

A store a recording (format ``biosigio-zarr``, version 2): channel groups named after kind and rate, each with the
signal as array ``0`` and, for drawing, extremes at coarser and coarser scales; events; positions. ``index.json``
(format ``nemar-zarr-index``, version 3) lists the stores, and the recordings that have none. Both say
``derived: true``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bids.paths import DerivativePaths
from ..errors import DerivativeError
from ..files.atomic import write_json
from ..provenance.digests import sha256_file
from ..provenance.origin import read_origin
from ..records import parse_record
from ..signal.channels import in_volts
from ..signal.filters.polyphase import Ratio, hold_extremes, rational, resample_span, resampling
from ..signal.timeline import continuous_spans
from .channels import bids_type
from .read import read_cleaned

if TYPE_CHECKING:
    import mne
    import zarr
    from numpy.typing import NDArray

    from ..recording import Recording

RATES_HZ = {"EEG": 250, "MEG": 250, "IEEG": 1000, "EMG": 1000}
"""NEMAR's limits."""
CHUNK_S, SHARD_S = 4, 300
VIEW_FACTOR, VIEW_COLUMNS, MIN_VIEW = 4, 1024, 512
N_STEPS = 65535
LOWEST = -32768
DISCRETE = frozenset({"stim"})
NOTE = "Made from a cleaned derivative: 16 bits a sample and a limited rate. The signal of record is the derivative's."


def write_stores(derivative: Path, recordings: Sequence[str], folder: Path) -> list[Path]:
    """Write a store for each recording, and the index of all; a recording without a clean signal is a failure in it.

    Raises
    ------
    DerivativeError
        If zarr is not installed, or eegmill did not make the derivative.
    """
    origin = read_origin(derivative)
    stores, failures, written = [], [], []
    for name in recordings:
        path = DerivativePaths(name).signal.as_posix()
        store = path.removesuffix(".vhdr") + ".zarr"
        reason = _why_not(derivative, name)
        if reason:
            failures.append({"path": path, "zarr": store, "code": "file_read_error", "reason": reason, "derived": True})
            continue
        groups = write_store(derivative, name, folder / store)
        stores.append(
            {"path": path, "zarr": store, **_about(derivative, name), "modalities": ["eeg"], "groups": groups}
        )
        written.append(folder / store)
    index = {
        "dataset_id": origin.lock.dataset,
        "format": "nemar-zarr-index",
        "format_version": 3,
        "source_tree": f"derivatives/{derivative.resolve().name}",
        "derived": True,
        "store_count": len(stores),
        "stores": sorted(stores, key=_zarr_of),
        "failure_count": len(failures),
        "failures": sorted(failures, key=_zarr_of),
    }
    write_json(folder / "index.json", index)
    return [*written, folder / "index.json"]


def _zarr_of(entry: Mapping[str, Any]) -> str:
    return str(entry["zarr"])


def _why_not(derivative: Path, recording: str) -> str:
    """Why a recording has no store; empty if it can have one."""
    paths = DerivativePaths(recording)
    if (derivative / paths.signal).is_file():
        return ""
    record = derivative / paths.record
    if not record.is_file():
        return "The recording was not cleaned."
    reason = parse_record(record.name, json.loads(record.read_bytes())).reason
    return f"The recording was rejected: {reason}"


def _about(derivative: Path, recording: str) -> dict[str, Any]:
    """Where a store comes from: the name that git-annex would give the signal, and its tree."""
    data = derivative / DerivativePaths(recording).signal_data
    key = f"SHA256E-s{data.stat().st_size}--{sha256_file(data)}.eeg"
    return {"source_key": key, "source_tree": "derivatives", "derived": True}


def write_store(derivative: Path, recording: str, path: Path) -> list[dict[str, Any]]:
    """Write the store of one recording; what the index says of its groups."""
    zarr = zarr_library()
    cleaned = read_cleaned(derivative, recording)
    raw = cleaned.raw
    root = zarr.create_group(store=zarr.storage.LocalStore(path), overwrite=True)
    sfreq_hz = float(raw.info["sfreq"])
    rate_hz = min(sfreq_hz, float(RATES_HZ["EEG"]))
    name = f"eeg_{round(rate_hz)}hz"
    n_times = write_group(root.create_group(name), cleaned, rate_hz)
    _write_events(root.create_group("events"), raw)
    sidecar = json.loads((derivative / DerivativePaths(recording).signal.with_suffix(".json")).read_bytes())
    root.attrs.update(
        {
            "format": "biosigio-zarr",
            "format_version": 2,
            "dtype": "int16",
            "source_format": "brainvision",
            "modality_rates": RATES_HZ,
            "view_downsample": VIEW_FACTOR,
            "view_chunk_columns": VIEW_COLUMNS,
            "channel_groups": [name],
            "power_line_frequency": sidecar.get("PowerLineFrequency"),
            "recording_metadata": {"recording": recording, "reference": sidecar.get("EEGReference", "")},
            "derived": True,
            "source_tree": "derivatives",
            "note": NOTE,
            **_positions(raw),
        }
    )
    about = {"name": name, "modality": "EEG", "rate": rate_hz, "n_channels": len(raw.ch_names)}
    return [{**about, "n_samples": n_times, "duration_s": n_times / rate_hz}]


def zarr_library() -> Any:
    """Zarr, which is an extra.

    Raises
    ------
    DerivativeError
        If it is not installed.
    """
    try:
        import zarr
        import zarr.storage
    except ImportError:
        msg = "Writing Zarr needs more software: pip install 'eegmill[zarr]'."
        raise DerivativeError(msg) from None
    return zarr


def write_group(group: zarr.Group, cleaned: Recording, rate_hz: float) -> int:
    """Signal, extremes and attributes of all channels; how many samples each has."""
    raw = cleaned.raw
    sfreq_hz = float(raw.info["sfreq"])
    rows = list(_rows(raw, rate_hz))
    n_times = len(rows[0])
    samples = np.empty((len(rows), n_times), np.int16)
    scales, offsets = np.ones(len(rows)), np.zeros(len(rows))
    for index, row in enumerate(rows):
        samples[index], scales[index], offsets[index] = quantised(row)
    usable = [kind not in DISCRETE for kind in raw.get_channel_types()]
    views = list(extremes(samples))
    common = {"rate": rate_hz, "original_rate": sfreq_hz}
    group.attrs.update(
        {
            **common,
            "modality": "EEG",
            "n_channels": len(rows),
            "n_samples": n_times,
            "channels": _channels(cleaned, rate_hz, scales, offsets, usable),
            "n_view_levels": len(views),
            "view_levels": list(range(1, len(views) + 1)),
            "view_downsample": VIEW_FACTOR,
            "view_chunk_columns": VIEW_COLUMNS,
            "chunk_seconds": float(CHUNK_S),
            "shard_seconds": float(SHARD_S),
        }
    )
    chunk = max(1, min(n_times, round(CHUNK_S * rate_hz)))
    shard = chunk * min(SHARD_S // CHUNK_S, -(-n_times // chunk))
    array = _array(group, "0", samples, (len(rows), chunk), (len(rows), shard))
    array.attrs.update(
        {
            **common,
            "level": 0,
            "kind": "signal",
            "downsample_factor": 1,
            "anti_aliased": rate_hz < sfreq_hz,
            "usable_for_inference": any(usable),
            "scale": scales.tolist(),
            "offset": offsets.tolist(),
            "physical_formula": "physical = digital * scale + offset",
        }
    )
    _write_views(group.create_group("view"), views, rate_hz)
    return n_times


def _write_views(group: zarr.Group, views: Sequence[NDArray[np.int16]], rate_hz: float) -> None:
    for level, view in enumerate(views, start=1):
        columns = min(view.shape[2], VIEW_COLUMNS)
        factor = VIEW_FACTOR**level
        _array(group, str(level), view, (2, view.shape[1], columns)).attrs.update(
            {
                "level": level,
                "kind": "minmax_envelope",
                "axis0": ["min", "max"],
                "downsample_factor": factor,
                "rate_effective": rate_hz / factor,
                "usable_for_inference": False,
            }
        )


def _array(
    group: zarr.Group,
    name: str,
    values: NDArray[Any],
    chunks: tuple[int, ...],
    shards: tuple[int, ...] | None = None,
) -> Any:
    from zarr.codecs import BloscCodec

    array = group.create_array(
        name,
        shape=values.shape,
        dtype=values.dtype,
        chunks=chunks,
        shards=shards,
        compressors=[BloscCodec(cname="zstd", clevel=5)],
    )
    array[...] = values
    return array


def _rows(raw: mne.io.BaseRaw, rate_hz: float) -> Iterator[NDArray[np.float64]]:
    """The channels in their own units (µV), at the new rate: no filter reaches across a discontinuity."""
    ratio = resampling(rational(rate_hz, float(raw.info["sfreq"]))) if rate_hz < raw.info["sfreq"] else None
    spans = continuous_spans(raw)
    for index, (kind, volts) in enumerate(zip(raw.get_channel_types(), in_volts(raw), strict=True)):
        row = raw.get_data(picks=[index])[0] * (1e6 if volts else 1.0)
        yield row if ratio is None else _resampled(row, spans, ratio, discrete=kind in DISCRETE)


def _resampled(
    row: NDArray[np.float64], spans: Sequence[tuple[int, int]], ratio: Ratio, *, discrete: bool
) -> NDArray[np.float64]:
    if discrete:
        return hold_extremes(row, ratio.place(row.size), ratio)
    return np.concatenate([resample_span(row, start, stop, ratio) for start, stop in spans])


def quantised(row: NDArray[np.float64]) -> tuple[NDArray[np.int16], float, float]:
    """A channel in 16 bits over its own range, with scale and offset: value = stored × scale + offset.

    Examples
    --------
    >>> stored, scale, offset = quantised(np.array([-1.0, 0.0, 1.0]))
    >>> stored.tolist(), np.round(stored * scale + offset, 4).tolist()
    ([-32768, 0, 32767], [-1.0, 0.0, 1.0])
    """
    low, high = float(row.min(initial=np.inf)), float(row.max(initial=-np.inf))
    if not low < high:
        return np.zeros(row.shape, np.int16), 1.0, low if row.size else 0.0
    scale = (high - low) / N_STEPS
    offset = low - LOWEST * scale
    stored = np.clip(np.round((row - offset) / scale), LOWEST, LOWEST + N_STEPS)
    return stored.astype(np.int16), scale, offset


def extremes(samples: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    """Least and greatest of four, of sixteen, … samples, (2, n_channels, n_columns), as long as there are many."""
    low = high = samples
    while low.shape[1] > MIN_VIEW:
        n_columns = low.shape[1] // VIEW_FACTOR
        parts = [side[:, : n_columns * VIEW_FACTOR].reshape(len(side), n_columns, VIEW_FACTOR) for side in (low, high)]
        low, high = parts[0].min(axis=2), parts[1].max(axis=2)
        yield np.stack([low, high])


def _channels(
    cleaned: Recording,
    rate_hz: float,
    scales: NDArray[np.float64],
    offsets: NDArray[np.float64],
    usable: Sequence[bool],
) -> list[dict[str, Any]]:
    raw = cleaned.raw
    sfreq_hz = float(raw.info["sfreq"])
    kinds = zip(raw.ch_names, raw.get_channel_types(), in_volts(raw), usable, strict=True)
    return [
        {
            "label": name,
            "channel_type": bids_type(kind),
            "modality": "EEG",
            "unit": "uV" if volts else "n/a",
            "original_rate": sfreq_hz,
            "target_rate": rate_hz,
            "anti_aliased": use and rate_hz < sfreq_hz,
            "usable_for_inference": use and name not in raw.info["bads"],
            "scale": float(scales[index]),
            "offset": float(offsets[index]),
            "row_index": index,
        }
        for index, (name, kind, volts, use) in enumerate(kinds)
    ]


def _write_events(group: zarr.Group, raw: mne.io.BaseRaw) -> None:
    names = [str(name) for name in raw.annotations.description]
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    group.attrs.update({"n_events": len(names), "label_map": {str(code): name for name, code in codes.items()}})
    if not names:
        return
    columns: dict[str, NDArray[Any]] = {
        "onset": np.asarray(raw.annotations.onset, np.float64),
        "duration": np.asarray(raw.annotations.duration, np.float64),
        "code": np.array([codes[name] for name in names], np.int32),
    }
    for name, values in columns.items():
        _array(group, name, values, values.shape)


def _positions(raw: mne.io.BaseRaw) -> dict[str, Any]:
    """Positions of the electrodes in the frame of the derivative, metres; nothing where there is none."""
    found = {channel["ch_name"]: channel["loc"][:3].tolist() for channel in raw.info["chs"]}
    known = {name: xyz for name, xyz in found.items() if np.isfinite(xyz).all() and any(xyz)}
    if not known:
        return {}
    system = {"electrode_coordinate_system": "CapTrak", "electrode_coordinate_units": "m"}
    return {"electrode_positions": known, **system}
