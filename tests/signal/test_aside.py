from __future__ import annotations

import tempfile
import weakref

import mne
import numpy as np
import pytest

from eegmill.signal.aside import aside


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
