from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.errors import RecordingError
from eegmill.reading.raw_files import open_raw


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fif")
    raw = mne.io.RawArray(np.zeros((4, 300_000)), mne.create_info(4, 1000.0, "eeg"), verbose="error")
    raw.save(folder / "a_raw.fif", split_size="2MB", buffer_size_sec=1.0, verbose="error")
    mne.make_fixed_length_epochs(raw, 100.0, verbose="error").save(folder / "a-epo.fif", verbose="error")
    return folder


def test_all_parts_are_read_by_the_first(folder):
    notes: list[str] = []
    assert open_raw(folder / "a_raw.fif", notes).n_times == 300_000
    assert notes == []


def test_a_later_part_alone_is_noted_whatever_it_is_called(folder):
    notes: list[str] = []
    (folder / "sub-1_eeg.fif").symlink_to(sorted(folder.glob("a_raw-*.fif"))[-1])
    assert open_raw(folder / "sub-1_eeg.fif", notes).n_times < 300_000
    assert "a later part of a split recording" in notes[0]


def test_a_missing_part_is_named_by_a_name_that_there_should_be(folder, tmp_path):
    (tmp_path / "a_raw.fif").symlink_to(folder / "a_raw.fif")
    with pytest.raises(
        RecordingError, match=r"the first part of a split recording, and 'a_raw-1\.fif' is not beside it"
    ):
        open_raw(tmp_path / "a_raw.fif", [])


def test_epochs_are_refused_in_our_words(folder):
    with pytest.raises(RecordingError, match=r"'a-epo\.fif' holds epochs, and eegmill cleans continuous"):
        open_raw(folder / "a-epo.fif", [])
