"""Small derivatives with a planted effect, for tests of benchmarks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mne
import numpy as np

from eegmill.derivative.brainvision import write_brainvision
from eegmill.files.tables import write_tsv
from tiny_bids import put

NAMES = ("Fz", "Cz", "Pz", "Oz")
SFREQ = 100.0
SUBJECTS = ("01", "02", "03", "04")


def noise(seed: int, seconds: float = 24.0) -> np.ndarray:
    """White noise of 10 µV, (n_channels, n_times)."""
    return np.random.default_rng(seed).normal(scale=1e-5, size=(len(NAMES), round(seconds * SFREQ)))


def raw_of(data: np.ndarray, events: Sequence[tuple[float, str]] = ()) -> mne.io.RawArray:
    raw = mne.io.RawArray(data, mne.create_info(list(NAMES), SFREQ, "eeg"), verbose="error")
    for onset_s, name in events:
        raw.annotations.append(onset_s, 0.0, name)
    return raw


def put_recording(derivative: Path, recording: str, raw: mne.io.RawArray) -> None:
    """Write what a derivative holds of the signal of one recording."""
    folder = derivative / recording.partition("_")[0] / "eeg"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{recording}_desc-preproc"
    write_brainvision(raw, folder, f"{name}_eeg")
    channels = [{"name": one, "type": "EEG", "units": "µV", "status": "good"} for one in raw.ch_names]
    write_tsv(folder / f"{name}_channels.tsv", ["name", "type", "units", "status"], channels)
    rows = [
        {"onset": float(one["onset"]), "duration": 0.0, "trial_type": one["description"]} for one in raw.annotations
    ]
    write_tsv(folder / f"{name}_events.tsv", ["onset", "duration", "trial_type"], rows)


def put_dataset(derivative: Path, dataset: str, people: dict[str, dict[str, Any]]) -> None:
    """Write whose derivative it is, and who is in it."""
    put(derivative / "dataset_description.json", json.dumps({"Name": dataset, "GeneratedBy": [{"Name": "eegmill"}]}))
    put(derivative / "code" / "lock.json", json.dumps({"dataset": dataset}))
    columns = ["participant_id", *next(iter(people.values()), {})]
    rows = [{"participant_id": f"sub-{name}", **row} for name, row in people.items()]
    write_tsv(derivative / "participants.tsv", columns, rows)


def two_tasks(derivative: Path, dataset: str = "tiny", *, effect: float = 1.0, seed: int = 0) -> Path:
    """Four people who rest and work; at work, the signal at Oz is ``1 + effect`` times as large."""
    put_dataset(derivative, dataset, {name: {"age": 20 + 5 * k} for k, name in enumerate(SUBJECTS)})
    for number, subject in enumerate(SUBJECTS):
        for task in ("rest", "work"):
            data = noise(1000 * seed + 2 * number + (task == "work"))
            data[3] *= 1.0 + effect * (task == "work")
            put_recording(derivative, f"sub-{subject}_task-{task}", raw_of(data))
    return derivative


def two_events(derivative: Path) -> Path:
    """One person with two kinds of events, of which one is followed by a wave at Cz."""
    put_dataset(derivative, "events", {"01": {}})
    data = noise(7, 130.0)
    events = [(2.0 + 2.0 * k, "target/left" if k % 2 else "other") for k in range(60)]
    wave = 2e-5 * np.hanning(40)
    for onset_s, name in events:
        if name != "other":
            start = round((onset_s + 0.2) * SFREQ)
            data[1, start : start + 40] += wave
    put_recording(derivative, "sub-01_task-odd", raw_of(data, [*events, (9.9, "BAD_cough")]))
    return derivative
