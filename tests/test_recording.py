"""A recording starts at its first sample."""

from __future__ import annotations

import datetime

import mne
import numpy as np
import pytest

from eegmill.recording import Recording, from_first_sample

DATE = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def cropped(date: datetime.datetime | None = None) -> mne.io.BaseRaw:
    raw = mne.io.RawArray(np.zeros((2, 1000)), mne.create_info(["Fz", "Cz"], 100.0, "eeg"), verbose="error")
    raw.set_meas_date(date)
    raw.set_annotations(mne.Annotations([6.0], [0.5], ["go"], DATE if date else None, [["Cz"]], extras=[{"a": "b"}]))
    return raw.crop(5.0)


def test_a_recording_that_starts_later_is_refused() -> None:
    with pytest.raises(ValueError, match="starts at sample 500"):
        Recording(cropped())


@pytest.mark.parametrize("date", [None, DATE])
def test_annotations_stay_at_their_samples(date: datetime.datetime | None) -> None:
    (mark,) = from_first_sample(cropped(date)).annotations
    assert (mark["onset"], mark["duration"], mark["ch_names"], dict(mark["extras"])) == (1.0, 0.5, ("Cz",), {"a": "b"})


def test_the_date_becomes_that_of_the_first_sample() -> None:
    assert from_first_sample(cropped(DATE)).info["meas_date"] == DATE + datetime.timedelta(seconds=5)


def test_the_recording_given_stays_as_it_is_and_shares_its_samples() -> None:
    raw = cropped(DATE)
    fresh = from_first_sample(raw)
    assert (raw.first_samp, raw.info["meas_date"]) == (500, DATE)
    assert np.shares_memory(fresh._data, raw._data)
