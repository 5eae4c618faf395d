from __future__ import annotations

import pytest

from eegmill.reading.raw_files import open_raw
from eegmill.recording import Recording
from eegmill.signal.reference.recorded import is_reference, zero_channels
from eegmill.steps.prepare import Import
from signals_signal import noise


def test_only_zeros_are_zero():
    raw = noise(4)
    raw._data[1], raw._data[2] = 3e-9, 5e-5
    assert zero_channels(raw, raw.ch_names) == ("Fp2",)


@pytest.mark.parametrize("name", ["F4", "C3", "P8", "O1", "T8"])
def test_around_the_reference_all_are_small_and_around_a_dead_channel_they_are_not(shared_data, name):
    raw = open_raw(shared_data / "eeglab-sample" / "eeglab_data.set", []).crop(0, 60)
    raw = Import().apply(Recording(raw), seed=1)[0].raw.pick("eeg")
    pick, others = raw.ch_names.index(name), [other for other in raw.ch_names if other != name]
    against = raw.copy()
    against._data -= raw._data[pick]
    dead = raw.copy()
    dead._data[pick] = 0
    assert is_reference(against, name, others)
    assert not is_reference(dead, name, others)


def test_without_positions_nothing_is_said():
    raw = noise(12)
    raw._data[3] = 0
    assert not is_reference(raw, "F4", [name for name in raw.ch_names if name != "F4"])
