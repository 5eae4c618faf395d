from __future__ import annotations

import mmap
import os
import re
import tempfile
import weakref
from pathlib import Path

import mne
import numpy as np
import pytest

from eegmill.files.scratch import load, save
from eegmill.machine import leave_memory
from eegmill.signal.aside import LARGE_BYTES, aside, zeros_aside


@pytest.fixture
def raw():
    data = np.random.default_rng(0).normal(size=(3, 200))
    return mne.io.RawArray(data, mne.create_info(3, 100.0, "eeg"), copy=None, verbose="error")


def test_samples_come_back_as_they_were(raw):
    before = raw.get_data()
    with aside(raw, wanted=True) as rows:
        assert raw._data.size == 0
        np.testing.assert_array_equal(rows[2], before[2])
    assert raw._data.tobytes() == before.tobytes()


def test_nobody_holds_the_samples_meanwhile(raw):
    held = weakref.ref(raw._data)
    with aside(raw, wanted=True):
        assert held() is None


def test_samples_come_back_when_the_work_on_them_fails(raw):
    before = raw.get_data()
    with pytest.raises(ZeroDivisionError), aside(raw, wanted=True):
        raise ZeroDivisionError
    assert raw._data.tobytes() == before.tobytes()


def test_samples_stay_in_memory_where_nobody_wants_them_aside(raw):
    with aside(raw, wanted=False) as rows:
        assert rows[1] is not None
        assert np.shares_memory(rows[1], raw._data)


def test_samples_stay_in_memory_where_the_disk_has_no_room(raw, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "wb"))  # noqa: PTH123, SIM115
    with aside(raw, wanted=True) as rows:
        assert np.shares_memory(rows[1], raw._data)


def in_memory_mb() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024


def lies_in_a_file(samples):
    return isinstance(samples.base.base.obj, mmap.mmap)


def large():
    return zeros_aside(2, LARGE_BYTES // 8)


def test_many_zeros_lie_in_a_file_and_few_in_memory():
    assert lies_in_a_file(large())
    assert zeros_aside(2, 100).flags.owndata


def test_what_was_written_comes_back_when_it_has_left_the_memory():
    samples = large()
    samples[1, -3:] = [1.0, 2.0, 3.0]
    leave_memory(samples)
    np.testing.assert_array_equal(samples[1, -4:], [0.0, 1.0, 2.0, 3.0])


def test_samples_in_a_file_leave_the_memory():
    samples = large()
    samples += 1.0
    filled_mb = in_memory_mb()
    leave_memory(samples)
    assert filled_mb - in_memory_mb() > 0.9 * LARGE_BYTES / 2**20


def test_a_window_of_all_channels_brings_no_more_into_memory():
    samples = zeros_aside(128, LARGE_BYTES // 512)
    for channel in samples:
        channel += 1.0
        leave_memory(samples)
    before_mb = in_memory_mb()
    samples[:, 1000:1250] *= 2.0
    assert in_memory_mb() - before_mb < 0.2 * LARGE_BYTES / 2**20


def test_samples_in_a_file_are_saved_without_filling_the_memory(tmp_path):
    samples = large()
    samples[0] = 3.0
    leave_memory(samples)
    before_mb = in_memory_mb()
    save(samples, tmp_path / "samples")
    assert in_memory_mb() - before_mb < 0.5 * LARGE_BYTES / 2**20
    np.testing.assert_array_equal(load(tmp_path / "samples", np.ndarray)[:, 0], [3.0, 0.0])


def test_zeros_lie_in_memory_where_the_disk_has_no_room(monkeypatch):
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not large().any()


def test_an_array_of_its_own_is_left_alone():
    leave_memory(None)
    leave_memory(np.ones((2, 3))[1:])
