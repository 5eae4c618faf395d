from __future__ import annotations

from dataclasses import replace

import mne
import numpy as np
import pytest

from eegmill.derivative.read import cleaned_recordings, read_cleaned, read_epochs
from eegmill.derivative.write import write_derivative
from eegmill.errors import DerivativeError
from eegmill.reading.recording import read_recording
from eegmill.records import RECORD_VERSION
from step_records import recorded
from tiny_bids import clean, make_raw_dataset, record_of

NAME = "sub-01_task-odd"


@pytest.fixture
def world(tmp_path):
    root, out = tmp_path / "tiny", tmp_path / "out"
    entry = make_raw_dataset(root, ("01",)).recordings[0]
    cleaned = clean(read_recording(root, entry))
    epochs = mne.make_fixed_length_epochs(cleaned.raw, 0.5, preload=True, verbose="error")
    cleaned = replace(cleaned, epochs=epochs)

    def write(**changes):
        record = record_of(cleaned, NAME).model_copy(update=changes)
        write_derivative(cleaned, record, entry=entry, raw_root=root, derivative=out)
        return out

    return cleaned, write


def test_a_cleaned_recording_comes_back_as_it_was_meant(world):
    cleaned, write = world
    again = read_cleaned(write(), NAME).raw
    np.testing.assert_allclose(again.get_data(), cleaned.raw.get_data(), rtol=1e-6)
    assert again.info["bads"] == cleaned.raw.info["bads"]
    assert list(again.annotations.description) == list(cleaned.raw.annotations.description)
    assert list(again.annotations.duration) == list(cleaned.raw.annotations.duration)


def test_epochs_are_cut_again_by_their_table(world):
    cleaned, write = world
    again = read_epochs(write(), NAME)
    np.testing.assert_allclose(again.get_data(), cleaned.epochs.get_data(), rtol=1e-6)


def test_epochs_come_back_with_their_baseline(world):
    cleaned, write = world
    cleaned.epochs.apply_baseline((None, 0.2), verbose="error")
    cut = recorded("epochs", {"events": ["standard"], "baseline": [None, 0.2]})
    again = read_epochs(write(steps=(cut,)), NAME)
    np.testing.assert_allclose(again.get_data(), cleaned.epochs.get_data(), rtol=1e-5, atol=1e-11)


def test_stored_epochs_are_read_with_their_samples(world):
    cleaned, write = world
    cleaned.epochs._data[1] *= 0.5
    repaired = recorded("autoreject")
    again = read_epochs(write(steps=(repaired,)), NAME)
    np.testing.assert_allclose(again.get_data(), cleaned.epochs.get_data(), rtol=1e-6)
    assert list(again.events[:, 0]) == list(cleaned.epochs.events[:, 0])


def test_the_recordings_that_are_there_are_named(world):
    _, write = world
    out = write()
    assert cleaned_recordings(out) == (NAME,)
    with pytest.raises(DerivativeError, match=f"it has: {NAME}"):
        read_cleaned(out, "sub-09")


def test_a_recording_without_epochs_says_so(world):
    _, write = world
    out = write()
    next(out.rglob("*_epochs.tsv")).unlink()
    with pytest.raises(DerivativeError, match="has no epochs"):
        read_epochs(out, NAME)


def test_epochs_of_a_derivative_of_another_version_are_refused_in_one_sentence(world):
    _, write = world
    (qc,) = write().rglob("*_qc.json")
    qc.write_text(
        qc.read_text(encoding="utf-8").replace(f'"schema_version": "{RECORD_VERSION}"', '"schema_version": "1.0"')
    )
    with pytest.raises(DerivativeError, match=r"_qc\.json' was made by another version of eegmill"):
        read_epochs(qc.parents[2], NAME)
