from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.signal.bad.signals import signals_of
from signals_bads import raw_of, signals


def test_channels_without_gaps_are_views():
    raw = raw_of(signals(6))
    assert all(np.shares_memory(channel, raw._data) for channel in signals_of(raw, range(6)).channels)


def test_gaps_are_cut_out():
    data = signals(6)
    data[:, 1000:2000] = 0
    found = signals_of(raw_of(data), range(6))
    assert found.spans == ((0, 1000), (1000, 3000))
    assert found.gaps_s == pytest.approx(5)
    np.testing.assert_array_equal(found.channels[2], np.delete(data[2], slice(1000, 2000)))


def test_discontinuities_stay_between_the_spans():
    raw = raw_of(signals(6))
    raw.set_annotations(mne.Annotations([5.0], [0.0], ["boundary"]))
    assert signals_of(raw, range(6)).spans == ((0, 1000), (1000, 4000))


def test_a_recording_of_zeros_is_left_whole():
    assert signals_of(raw_of(np.zeros((6, 4000))), range(6)).spans == ((0, 4000),)


def test_channels_can_be_left_out():
    raw = raw_of(signals(6))
    raw.info["chs"][4]["loc"][:3] = np.nan
    rest = signals_of(raw, range(6)).without(["E1", "E3"])
    assert rest.names == ("E2", "E4", "E5", "E6")
    assert rest.located == [0, 1, 3]
