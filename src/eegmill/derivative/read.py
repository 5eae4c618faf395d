"""A cleaned recording, read back from its derivative: signal, types, bad channels, events, positions, epochs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..bids.names import entities_of
from ..bids.paths import DerivativePaths
from ..errors import DerivativeError
from ..files.tables import number, read_tsv
from ..lock import LockedFile, LockedRecording
from ..reading.recording import read_recording
from ..recording import Band, Recording
from ..records import parse_record
from .eeglab import PER_UNIT

if TYPE_CHECKING:
    import mne
    import numpy as np
    from numpy.typing import NDArray

SIGNAL = DerivativePaths("").signal.name
"""What the name of every cleaned signal ends with."""


def cleaned_recordings(derivative: Path) -> tuple[str, ...]:
    """Names of the recordings that have a cleaned signal, sorted."""
    return tuple(sorted(path.name.removesuffix(SIGNAL) for path in derivative.glob(f"sub-*/**/*{SIGNAL}")))


def read_cleaned(derivative: Path, recording: str) -> Recording:
    """Read a cleaned recording; reasons of bad channels are in its ``_qc.json``.

    Raises
    ------
    DerivativeError
        If the derivative has no such recording.
    RecordingError
        If its files cannot be read.
    """
    header = derivative / DerivativePaths(recording).signal
    if not header.is_file():
        known = cleaned_recordings(derivative)
        names = ", ".join(known[:10]) if known else "none at all"
        msg = f"The derivative has no cleaned recording '{recording}'; it has: {names}."
        raise DerivativeError(msg)
    recorded = read_recording(derivative, _entry(derivative, header))
    _band_of_eeg(recorded)
    return recorded


def _band_of_eeg(recording: Recording) -> None:
    """Give ``info`` the weakest filters of the EEG channels: the header's are the weakest of all channels."""
    raw = recording.raw
    bands = [
        recording.bands.get(name, Band())
        for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True)
        if kind == "eeg"
    ]
    with raw.info._unlock():
        raw.info["highpass"] = min((band.highpass_hz or 0.0 for band in bands), default=0.0)
        nyquist_hz = float(raw.info["sfreq"]) / 2
        raw.info["lowpass"] = max((band.lowpass_hz or nyquist_hz for band in bands), default=nyquist_hz)


def _entry(derivative: Path, header: Path) -> LockedRecording:
    """The derivative's own files in the form that reading raw recordings wants."""
    raw = header.relative_to(derivative).as_posix()
    here = [*header.parent.iterdir(), *derivative.glob("*.json")]
    paths = sorted(path.relative_to(derivative).as_posix() for path in here if path.is_file())
    name = header.name.removesuffix("_eeg.vhdr")
    return LockedRecording(
        recording=name,
        folder=header.parent.parent.relative_to(derivative).as_posix(),
        datatype="eeg",
        raw=raw,
        entities=entities_of(f"{name}_eeg")[0],
        files=tuple(LockedFile(path=path, url=f"local:{path}", role="sidecar") for path in paths),
    )


def read_epochs(
    derivative: Path, recording: str, *, raw: mne.io.BaseRaw | None = None, picks: Sequence[str] | None = None
) -> mne.BaseEpochs:
    """Epochs of a cleaned recording: stored samples if there are any, else cut from the signal by the table.

    Parameters
    ----------
    raw
        The cleaned recording, where it was read already.
    picks
        Names of channels; all by default.

    Raises
    ------
    DerivativeError
        If the recording has no epochs.
    """
    paths = DerivativePaths(recording)
    table = derivative / paths.epochs_table
    rows = read_tsv(table) if table.is_file() else []
    if not rows:
        msg = f"'{recording}' has no epochs; set 'epochs' in the configuration and run again."
        raise DerivativeError(msg)
    raw = raw or read_cleaned(derivative, recording).raw
    stored = derivative / paths.epochs
    if stored.is_file():
        epochs = _stored(stored, rows, raw)
        return epochs if picks is None else epochs.pick(list(picks))
    return _cut(rows, raw, _baseline(derivative / paths.record), picks)


def _baseline(qc: Path) -> tuple[float | None, float | None] | None:
    """The baseline that the epochs were cut with: the continuous signal does not have it subtracted."""
    if not qc.is_file():
        msg = f"'{qc.name}' is missing: the derivative is incomplete."
        raise DerivativeError(msg)
    steps = [step.read_back().step for step in parse_record(qc.name, json.loads(qc.read_bytes())).steps]
    return next((step.epochs_baseline_s() for step in reversed(steps) if step.makes_epochs), None)


def _kinds(rows: list[dict[str, str]]) -> dict[str, int]:
    return {name: code for code, name in enumerate(sorted({row["trial_type"] for row in rows}), start=1)}


def _cut(
    rows: list[dict[str, str]],
    raw: mne.io.BaseRaw,
    baseline: tuple[float | None, float | None] | None,
    picks: Sequence[str] | None,
) -> mne.BaseEpochs:
    import mne

    kinds = _kinds(rows)
    events = [[int(row["sample"]), 0, kinds[row["trial_type"]]] for row in rows]
    tmin, tmax = (number(rows[0][column]) or 0.0 for column in ("tmin", "tmax"))
    return mne.Epochs(
        raw,
        events,
        kinds,
        tmin,
        tmax,
        baseline=baseline,
        picks=None if picks is None else list(picks),
        reject_by_annotation=False,  # the table holds only epochs that were kept
        preload=True,
        verbose="error",
    )


def _stored(header: Path, rows: list[dict[str, str]], raw: mne.io.BaseRaw) -> mne.BaseEpochs:
    import mne
    import numpy as np

    data = _stored_samples(header.with_suffix(".fdt"), n_channels=len(raw.ch_names), n_epochs=len(rows))
    kinds = _kinds(rows)
    events = np.array([[int(row["sample"]), 0, kinds[row["trial_type"]]] for row in rows])
    return mne.EpochsArray(data, raw.info, events, number(rows[0]["tmin"]) or 0.0, kinds, verbose="error")


def _stored_samples(path: Path, *, n_channels: int, n_epochs: int) -> NDArray[np.float64]:
    """Samples of stored epochs in MNE's units, shape (n_epochs, n_channels, n_times); MNE's own reader refuses one."""
    import numpy as np

    samples = np.fromfile(path, dtype="<f4")
    if samples.size % (n_channels * n_epochs):
        msg = f"'{path.name}' does not hold {n_epochs} epochs of {n_channels} channels: the derivative was altered."
        raise DerivativeError(msg)
    return samples.reshape(n_epochs, -1, n_channels).transpose(0, 2, 1) / PER_UNIT
