"""A cleaned recording, read back from its derivative: signal, types, bad channels, events, positions, epochs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..bids.names import entities_of, folder_of
from ..errors import DerivativeError
from ..files.tables import number, read_tsv
from ..lock import LockedFile, LockedRecording
from ..reading.recording import read_recording
from ..recording import Recording
from ..records import parse_record

if TYPE_CHECKING:
    import mne

SIGNAL = "_desc-preproc_eeg.vhdr"


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
    header = derivative / folder_of(recording) / "eeg" / f"{recording}{SIGNAL}"
    if not header.is_file():
        known = cleaned_recordings(derivative)
        names = ", ".join(known[:10]) if known else "none at all"
        msg = f"The derivative has no cleaned recording '{recording}'; it has: {names}."
        raise DerivativeError(msg)
    return read_recording(derivative, _entry(derivative, header))


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


def read_epochs(derivative: Path, recording: str) -> mne.BaseEpochs:
    """Epochs of a cleaned recording: stored samples if there are any, else cut from the signal by the table.

    Raises
    ------
    DerivativeError
        If the recording has no epochs.
    """
    tables = sorted(derivative.glob(f"sub-*/**/{recording}_desc-epochs_epochs.tsv"))
    rows = read_tsv(tables[0]) if tables else []
    if not rows:
        msg = f"'{recording}' has no epochs; set 'epochs' in the configuration and run again."
        raise DerivativeError(msg)
    raw = read_cleaned(derivative, recording).raw
    stored = tables[0].with_name(f"{recording}_desc-epochs_eeg.vhdr")
    if stored.is_file():
        return _stored(stored, rows, raw)
    return _cut(rows, raw, _baseline(tables[0].with_name(f"{recording}_desc-preproc_qc.json")))


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
    rows: list[dict[str, str]], raw: mne.io.BaseRaw, baseline: tuple[float | None, float | None] | None
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
        reject_by_annotation=False,  # the table holds only epochs that were kept
        preload=True,
        verbose="error",
    )


def _stored(header: Path, rows: list[dict[str, str]], raw: mne.io.BaseRaw) -> mne.BaseEpochs:
    import mne
    import numpy as np

    joined = mne.io.read_raw_brainvision(header, preload=True, verbose="error").get_data()
    kinds = _kinds(rows)
    events = np.array([[int(row["sample"]), 0, kinds[row["trial_type"]]] for row in rows])
    data = np.stack(np.split(joined, len(rows), axis=1))
    info = mne.pick_info(raw.info, range(joined.shape[0])) if joined.shape[0] < len(raw.ch_names) else raw.info
    return mne.EpochsArray(data, info, events, number(rows[0]["tmin"]) or 0.0, kinds, baseline=None, verbose="error")
