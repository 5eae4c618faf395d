"""A derivative of two short recordings, indexed in windows of half a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mne
import pytest

from eegmill.derivative.index import write_index
from eegmill.derivative.read import cleaned_recordings
from eegmill.derivative.window_table import Asked
from eegmill.derivative.write import write_derivative
from eegmill.files.atomic import write_json
from eegmill.reading.recording import read_recording
from eegmill.recording import Recording
from step_records import recorded
from tiny_bids import clean, make_raw_dataset, put, record_of

NAMES = ("sub-01_task-odd", "sub-02_task-odd")
PEOPLE = "participant_id\tage\tsite\tsex\nsub-01\t31\t01\tF\nsub-02\tn/a\t02\tn/a\n"


def cleaned_dataset(root: Path, change: Callable[[Recording], Recording] = lambda recording: recording) -> Path:
    """Two cleaned recordings below ``root``, changed before they are written; not indexed."""
    raw, out = root / "tiny", root / "out"
    for entry in make_raw_dataset(raw, ("01", "02")).recordings:
        cleaned = change(clean(read_recording(raw, entry)))
        write_derivative(cleaned, record_of(cleaned, entry.recording), entry=entry, raw_root=raw, derivative=out)
    description = {"Name": "tiny", "GeneratedBy": [{"Name": "eegmill"}], "License": "CC0", "Authors": ["A. Author"]}
    write_json(out / "dataset_description.json", description)
    put(out / "participants.tsv", PEOPLE)
    return out


def epoched_dataset(root: Path, *, repaired: bool) -> Path:
    """The same with two epochs each, which a later step changed or not."""

    def cut(recording: Recording) -> Recording:
        events, kinds = [[50, 0, 1], [250, 0, 2]], {"go": 1, "stop": 2}
        epochs = mne.Epochs(recording.raw, events, kinds, -0.2, 0.3, baseline=None, preload=True, verbose="error")
        return replace(recording, epochs=epochs)

    raw, out = root / "tiny", root / "out"
    steps = [recorded("epochs", {"events": ["go", "stop"], "baseline": None})]
    steps += [recorded("autoreject", {})] if repaired else []
    for entry in make_raw_dataset(raw, ("01", "02")).recordings:
        cleaned = cut(clean(read_recording(raw, entry)))
        record = record_of(cleaned, entry.recording)
        record = record.model_copy(update={"steps": (*record.steps, *steps)})
        write_derivative(cleaned, record, entry=entry, raw_root=raw, derivative=out)
    write_json(out / "dataset_description.json", {"Name": "tiny", "GeneratedBy": [{"Name": "eegmill"}]})
    return out


def index(derivative: Path, **asked: object) -> Path:
    """Index all that is cleaned, in half seconds unless other windows are asked for."""
    given = Asked(**{"window_s": 0.5, **asked})  # type: ignore[arg-type]  # the caller knows the fields
    write_index(derivative, cleaned_recordings(derivative), given)
    return derivative


@pytest.fixture
def indexed(tmp_path: Path) -> Path:
    return index(cleaned_dataset(tmp_path))
