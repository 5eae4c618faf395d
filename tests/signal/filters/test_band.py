from __future__ import annotations

import numpy as np

from eegmill.signal.filters.band import band_of
from signals_signal import cut, noise


def test_a_recording_that_is_as_narrow_is_only_copied():
    raw = noise(1)
    with raw.info._unlock():
        raw.info.update(highpass=2.0, lowpass=30.0)
    band = band_of(raw, 1.0, 40.0)
    assert band.kernel is None
    copy = band.of(raw._data[0])
    np.testing.assert_array_equal(copy, raw._data[0])
    assert not np.shares_memory(copy, raw._data)


def test_each_stretch_is_filtered_by_itself():
    raw = cut(noise(1), 10.0)
    before = band_of(raw, 1.0, None).of(raw._data[0])[:1000]
    raw._data[0, 1000:] += 1.0
    np.testing.assert_array_equal(band_of(raw, 1.0, None).of(raw._data[0])[:1000], before)
