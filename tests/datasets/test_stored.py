"""Windows of cleaned recordings are read one by one, and are those of the whole signal."""

from __future__ import annotations

import os
import pickle
from functools import partial
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pytest

import eegmill.derivative.read
from eegmill import Dataset
from eegmill.datasets.cut import cut_raw
from eegmill.datasets.stored import raw_without_samples, stored_samples
from eegmill.derivative.read import read_cleaned
from eegmill.errors import DerivativeError
from eegmill.files.atomic import write_json
from eegmill.recording import Recording
from eegmill.stream.sources import Folder
from indexed import cleaned_dataset

SIGNAL = Path("sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg")


def marked(recording: Recording) -> Recording:
    """The recording with a bad channel, events, a bad segment, one of a single channel, and a break."""
    names = recording.raw.ch_names
    marks = mne.Annotations(
        [0.4, 1.3, 2.1, 2.6, 3.3],
        [0.0, 0.2, 0.1, 0.0, 0.0],
        ["go", "BAD_blink", "BAD_loose", "BAD boundary", "stop"],
        ch_names=[[], [], [names[1]], [], []],
    )
    recording.raw.set_annotations(marks, verbose="error")
    return recording.mark_bad({names[0]: "flat"})


@pytest.fixture
def derivative(tmp_path: Path) -> Path:
    folder = cleaned_dataset(tmp_path, marked)
    write_json(folder / "dataset_description.json", {"Name": "tiny", "DatasetType": "derivative"})
    return folder


@pytest.mark.parametrize(
    "choices",
    [
        {"length_s": 0.5, "step_s": None, "events": (), "start_s": 0.0},
        {"length_s": 0.3, "step_s": 0.07, "events": (), "start_s": 0.0},
        {"length_s": 0.4, "step_s": None, "events": ("go", "stop"), "start_s": -0.1},
    ],
    ids=["side by side", "overlapping", "events"],
)
def test_they_have_the_bits_of_the_whole_signal(derivative: Path, choices: dict[str, Any]) -> None:
    for recording in Dataset(derivative):
        files = recording.cleaned_files()
        wanted = cut_raw(read_cleaned(derivative, recording.name).raw, **choices)
        samples_of = partial(stored_samples, files, Folder(str(derivative)))
        found = cut_raw(raw_without_samples(files), samples_of=samples_of, **choices)
        assert found.ch_names == wanted.ch_names
        assert found.onsets_s.tolist() == wanted.onsets_s.tolist()
        assert (found.events, found.known_events, found.left_out) == (
            wanted.events,
            wanted.known_events,
            wanted.left_out,
        )
        assert len(wanted.starts)
        assert all(np.array_equal(found.window(index), wanted.window(index)) for index in range(len(wanted.starts)))


def test_no_signal_is_read_as_a_whole(derivative: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(eegmill.derivative.read, "read_cleaned", refuse)
    windows = Dataset(derivative).windows(0.5, target="subject")
    assert windows[0][0].shape == windows.shape[1:]
    assert np.array_equal(pickle.loads(pickle.dumps(windows))[-1][0], windows[-1][0])


def test_a_file_that_was_cut_short_is_told(derivative: Path) -> None:
    windows = Dataset(derivative).windows(0.5)
    os.truncate(derivative / SIGNAL, 1000)
    with pytest.raises(DerivativeError, match="ends before sample"):
        windows[4]
    with pytest.raises(DerivativeError, match="it was altered"):
        Dataset(derivative).windows(0.5)
