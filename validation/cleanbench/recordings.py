"""The recordings that questions are made of: real ones, where they are, and simulated ones."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from validation.cleanbench.exchange import Question, Samples
from validation.cleanbench.simulate import Simulated, simulate
from validation.comparisons.faults import SECONDS, clean_recordings

if TYPE_CHECKING:
    import mne

EVERY_S, FIRST_S = 1.5, 2.25
"""Where real recordings are cut into trials: no stimuli, but what pipelines of epochs need."""
STABLE = ("sample-01", "sample-02", "sample-03", "simulated-32-101")


def question_of(raw: mne.io.BaseRaw, *, only_channels: bool = False) -> Question:
    """A real recording as a question, with moments of equal distance in place of stimuli."""
    raw = raw.copy().pick("eeg")
    sfreq_hz = float(raw.info["sfreq"])
    onsets = np.arange(FIRST_S, raw.times[-1] - EVERY_S, EVERY_S)
    return Question(
        raw.get_data(),
        sfreq_hz,
        tuple(raw.ch_names),
        positions(raw),
        float(raw.info["line_freq"] or 50.0),
        np.round(onsets * sfreq_hz).astype(np.int64),
        np.arange(len(onsets)) % 2 == 0,
        only_channels=only_channels,
    )


def simulated_question(simulated: Simulated) -> Question:
    """A simulated recording as a question, with the brain and its responses to go through the filters."""
    raw = simulated.raw
    through = np.array([simulated.brain, simulated.erp])
    return Question(
        raw.get_data(),
        float(raw.info["sfreq"]),
        tuple(raw.ch_names),
        positions(raw),
        50.0,
        simulated.onsets,
        simulated.targets,
        through,
    )


def positions(raw: mne.io.BaseRaw) -> Samples:
    """Positions of the electrodes in m, in the head's frame, shape (n_channels, 3)."""
    return np.array([channel["loc"][:3] for channel in raw.info["chs"]])


def to_perturb(name: str) -> Question:
    """One of the recordings that stability is measured on, such as ``sample-02`` or ``simulated-32-101``."""
    kind, *rest = name.split("-")
    if kind == "sample":
        return question_of(shipped(rest[0]))
    question = simulated_question(simulate(rest[0], seed=int(rest[1])))
    return replace(question, through=np.empty((0, 0, 0)))


def shipped(subject: str) -> mne.io.BaseRaw:
    """The scalp channels of a recording that ships with eegmill: 30 channels at 128 Hz (01), or 19 at 500 Hz (02 to 04)."""
    import mne

    folder = Path(str(files("eegmill"))) / f"sample/eegmill-sample/sub-{subject}/eeg"
    path = next(path for path in sorted(folder.iterdir()) if path.suffix in {".set", ".edf"})
    raw = mne.io.read_raw(path, preload=True, verbose="error")
    raw.rename_channels({name: name.removeprefix("EEG ").strip() for name in raw.ch_names})
    scalp = [name for name in raw.ch_names if not name.startswith(("EOG", "ECG", "A2"))]
    raw.pick(scalp).set_channel_types(dict.fromkeys(scalp, "eeg"))
    if subject != "01":
        raw.set_montage("standard_1020", verbose="error")
    raw.info["line_freq"] = 60.0 if subject == "01" else 50.0
    return raw


def sound() -> dict[str, mne.io.BaseRaw]:
    """Real recordings into which faults are put, 120 s at the most: those of ``comparisons.bads``, or the shipped ones."""
    if os.environ.get("EEGMILL_DATA"):
        return clean_recordings()
    found = {f"sample {subject}": shipped(subject) for subject in ("01", "02", "03")}
    return {name: raw.crop(0, min(SECONDS, float(raw.times[-1]))) for name, raw in found.items()}
