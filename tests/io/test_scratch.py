from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import RecordingError
from eegmill.io.scratch import load, save
from eegmill.steps.contract import Recording
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


def test_nothing_but_the_file_is_left(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pkl"]


def test_a_failure_leaves_the_old_file(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    with pytest.raises((AttributeError, TypeError)):
        save(lambda: None, tmp_path / "a.pkl")
    assert load(tmp_path / "a.pkl", Recording).raw.info["bads"] == ["C3"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_cut_off_is_named(tmp_path, recording):
    save(recording, tmp_path / "a.pkl")
    (tmp_path / "a.pkl").write_bytes((tmp_path / "a.pkl").read_bytes()[:100])
    with pytest.raises(RecordingError, match=r"'a\.pkl' cannot be read"):
        load(tmp_path / "a.pkl", Recording)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"'b\.pkl' is missing"):
        load(tmp_path / "b.pkl", Recording)


def test_a_file_of_another_kind_is_refused(tmp_path):
    save({"not": "a recording"}, tmp_path / "a.pkl")
    with pytest.raises(RecordingError, match="does not hold a Recording"):
        load(tmp_path / "a.pkl", Recording)
