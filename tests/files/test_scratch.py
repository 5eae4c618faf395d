from __future__ import annotations

import tracemalloc

import mne
import numpy as np
import pytest

from eegmill.errors import RecordingError
from eegmill.files.scratch import load, save
from eegmill.recording import Recording
from tiny_bids import make_raw


@pytest.fixture
def recording():
    return Recording(raw=make_raw(0, 1.0)).mark_bad({"C3": "noisy"})


def test_a_recording_comes_back_bit_for_bit(tmp_path, recording):
    save(recording, tmp_path / "work" / "a.pkl")
    again = load(tmp_path / "work" / "a.pkl", Recording)
    assert np.array_equal(again.raw.get_data(), recording.raw.get_data())
    assert again.bad_channels == recording.bad_channels
    assert again.raw.info["bads"] == ["C3"]


def test_the_samples_can_be_changed_again(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    again = load(tmp_path / "a.pkl", Recording)
    again.raw._data[0] = 0.0
    assert not again.raw.get_data()[0].any()


def test_saving_copies_no_samples(tmp_path, recording):
    raw = mne.io.RawArray(np.zeros((8, 500_000)), recording.raw.info, copy=None, verbose="error")
    tracemalloc.start()
    save(Recording(raw=raw), tmp_path / "a.pkl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < raw._data.nbytes / 8


def test_nothing_but_the_file_is_left(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pkl"]


def test_a_failure_leaves_the_old_file(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    with pytest.raises((AttributeError, TypeError)):
        save(lambda: None, tmp_path / "a.pkl")
    assert load(tmp_path / "a.pkl", Recording).raw.info["bads"] == ["C3"]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("cut", [100, -1])
def test_a_file_that_is_cut_off_is_named(tmp_path, recording, cut):
    save(recording, tmp_path / "a.pkl")
    (tmp_path / "a.pkl").write_bytes((tmp_path / "a.pkl").read_bytes()[:cut])
    with pytest.raises(RecordingError, match=r"'a\.pkl' cannot be read"):
        load(tmp_path / "a.pkl", Recording)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"'b\.pkl' is missing"):
        load(tmp_path / "b.pkl", Recording)


def test_a_file_of_another_kind_is_refused(tmp_path):
    save({"not": "a recording"}, tmp_path / "a.pkl")
    with pytest.raises(RecordingError, match="does not hold a Recording"):
        load(tmp_path / "a.pkl", Recording)
