"""Other software reads a derivative and gets what was meant."""

from __future__ import annotations

import numpy as np
import pytest
from mne_bids import BIDSPath, read_raw_bids

from eegmill.reading.recording import read_recording
from tiny_bids import clean


@pytest.fixture(scope="module")
def read(pristine):
    path = BIDSPath(
        root=pristine.derivative, subject="01", task="odd", description="preproc", datatype="eeg", suffix="eeg",
        extension=".vhdr",
    )  # fmt: skip
    return read_raw_bids(path, verbose="error")


@pytest.fixture(scope="module")
def meant(pristine):
    return clean(read_recording(pristine.root, pristine.lock.recordings[0]))


def test_mne_bids_gets_the_signal(read, meant):
    assert read.n_times == meant.raw.n_times
    assert read.info["sfreq"] == meant.raw.info["sfreq"]
    np.testing.assert_allclose(read.get_data(), meant.raw.get_data(), rtol=1e-6)


def test_mne_bids_gets_annotations_with_their_durations(read, meant):
    told = [(a["onset"], a["duration"], a["description"]) for a in read.annotations]
    expected = [(a["onset"], a["duration"], a["description"]) for a in meant.raw.annotations]
    assert [name for *_, name in told] == [name for *_, name in expected]
    np.testing.assert_allclose([item[:2] for item in told], [item[:2] for item in expected])


def test_mne_bids_gets_types_bads_and_line_frequency(read, meant):
    assert read.get_channel_types() == meant.raw.get_channel_types()
    assert read.info["bads"] == meant.raw.info["bads"]
    assert read.info["line_freq"] == 50
