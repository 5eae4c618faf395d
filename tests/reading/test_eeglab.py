from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from eegmill.errors import RecordingError
from eegmill.reading.raw_files import open_raw

TIMES = 200


def make(folder, stem="sub-1_run-2_eeg", *, names="old.fdt", data=None, gain=1.0, suffix=".set", **fields):
    """A .set whose samples lie in ``data`` and which says that they lie in ``names``."""
    samples = gain * np.arange(3 * TIMES, dtype="<f4").reshape(TIMES, 3)
    if data:
        (folder / data).write_bytes(samples.tobytes())
    chanlocs = np.array([(name,) for name in ("Fz", "Cz", "Pz")], dtype=[("labels", "O")])
    eeg = {"nbchan": 3, "pnts": TIMES, "trials": 1, "srate": 100.0, "xmin": 0.0, "xmax": 1.99, "chanlocs": chanlocs}
    eeg |= {"data": names, "setname": "x", "event": np.zeros((0,)), "icawinv": [], "icaweights": [], "icasphere": []}
    savemat(folder / f"{stem}{suffix}", {"EEG": {**eeg, **fields}}, appendmat=False)
    return folder / f"{stem}{suffix}"


def first(raw):
    return np.round(raw.get_data()[0] * 1e6)


@pytest.mark.parametrize("names", ["old.fdt", "C:\\data\\old 1.fdt", "/home/me/old.fdt", "sub-1_run-2_eeg.fdt"])
@pytest.mark.parametrize("data", ["sub-1_run-2_eeg.fdt", "sub-1_run-2_eeg.FDT"])
def test_the_samples_of_the_recordings_own_name_are_read(tmp_path, names, data):
    notes: list[str] = []
    raw = open_raw(make(tmp_path, names=names, data=data), notes)
    np.testing.assert_array_equal(first(raw), 3 * np.arange(TIMES))
    assert bool(notes) == (names != data)


def test_samples_of_an_old_name_are_read_and_noted(tmp_path):
    notes: list[str] = []
    raw = open_raw(make(tmp_path, data="old.fdt"), notes)
    np.testing.assert_array_equal(first(raw), 3 * np.arange(TIMES))
    assert notes == ["'sub-1_run-2_eeg.set' names 'old.fdt': 'old.fdt' beside it was read"]


def test_a_suffix_in_capitals_is_read(tmp_path):
    raw = open_raw(make(tmp_path, data="sub-1_run-2_eeg.FDT", suffix=".SET"), [])
    np.testing.assert_array_equal(first(raw), 3 * np.arange(TIMES))


def test_the_samples_of_another_run_are_not_read_for_its_own(tmp_path):
    make(tmp_path, "sub-1_run-1_eeg", data="sub-1_run-1_eeg.fdt")
    path = make(tmp_path, names="sub-1_run-1_eeg.fdt", data="sub-1_run-2_eeg.fdt", gain=2)
    np.testing.assert_array_equal(first(open_raw(path, [])), 6 * np.arange(TIMES))


def test_the_samples_of_another_run_are_refused_where_its_own_are_missing(tmp_path):
    make(tmp_path, "sub-1_run-1_eeg", data="sub-1_run-1_eeg.fdt")
    with pytest.raises(RecordingError, match=r"another recording, and its own 'sub-1_run-2_eeg\.fdt' is missing"):
        open_raw(make(tmp_path, names="sub-1_run-1_eeg.fdt"), [])


def test_samples_that_are_cut_short_are_refused_with_their_sizes(tmp_path):
    path = make(tmp_path, data="old.fdt")
    (tmp_path / "old.fdt").write_bytes((tmp_path / "old.fdt").read_bytes()[:1200])
    with pytest.raises(RecordingError, match=r"it has 1200 bytes, and '.*\.set' promises 2400 .* 50 % are there"):
        open_raw(path, [])


def test_an_array_of_datasets_is_refused_in_our_words(tmp_path):
    savemat(tmp_path / "a.set", {"ALLEEG": np.array([{"data": 1}, {"data": 2}], dtype=object)}, appendmat=False)
    with pytest.raises(RecordingError, match=r"holds an array ALLEEG of several datasets \(1 x 2\)"):
        open_raw(tmp_path / "a.set", [])


def test_epochs_are_refused_in_our_words(tmp_path):
    path = make(tmp_path, names=np.zeros((3, 20, 10), "f4"), trials=10, pnts=20)
    with pytest.raises(RecordingError, match=r"it holds .*epochs, and eegmill cleans continuous recordings"):
        open_raw(path, [])


def test_samples_that_two_recordings_name_are_refused_with_both_names(tmp_path):
    path = make(tmp_path, data="old.fdt")
    make(tmp_path, "sub-1_run-1_eeg")
    with pytest.raises(
        RecordingError, match=r"run-2_eeg\.set' and 'sub-1_run-1_eeg\.set' name the same samples 'old\.fdt'"
    ):
        open_raw(path, [])


def test_a_recording_that_holds_its_samples_leaves_an_old_file_to_the_other(tmp_path):
    path = make(tmp_path, data="old.fdt")
    make(tmp_path, "sub-1_run-1_eeg", names=np.zeros((3, TIMES)))
    np.testing.assert_array_equal(first(open_raw(path, [])), 3 * np.arange(TIMES))


def test_an_event_without_a_time_is_noted(tmp_path):
    events = np.array([("go", 11.0), ("lost", np.nan)], dtype=[("type", object), ("latency", object)])
    notes: list[str] = []
    raw = open_raw(make(tmp_path, data="old.fdt", event=events), notes)
    assert list(raw.annotations.description) == ["go"]
    assert any("1 events have no time (NaN)" in note for note in notes)
