"""A cut turns the phase of the mains, in all channels at once."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.signal.faults.mains_phase import turns
from eegmill.testing.recordings import raw_eeg, scalp_eeg

SFREQ_HZ, AT = 200.0, 3000
EEG = scalp_eeg(12, duration_s=40.0, sfreq_hz=SFREQ_HZ)


def hum(frequency_hz=50.0, n_times=EEG.shape[1]):
    gains = 5e-5 * np.linspace(0.5, 1.5, len(EEG))
    return np.outer(gains, np.sin(2 * np.pi * frequency_hz * np.arange(n_times) / SFREQ_HZ))


def turned(data):
    raw = raw_eeg(data)
    return turns(raw, range(len(data)))


def cut(data, n_lost):
    return np.delete(data, np.s_[AT : AT + n_lost], axis=1)


@pytest.mark.parametrize("n_lost", [1, 3, 74, 333])
def test_the_mains_turn_at_a_cut_and_nowhere_else(n_lost):
    seen = turned(cut(EEG + hum(), n_lost))
    assert abs(int(np.argmax(seen)) - AT) <= 6
    assert seen.max() > 10
    assert seen[: AT - 60].max() < 3
    assert seen[AT + 60 :].max() < 3


@pytest.mark.parametrize("description", ["boundary", "EDGE boundary"])
def test_a_cut_that_is_known_turns_nothing(description):
    raw = raw_eeg(cut(EEG + hum(), 74))
    raw.set_annotations(mne.Annotations(AT / SFREQ_HZ, 0.0, description))
    assert turns(raw, range(len(EEG)))[AT - 60 : AT + 60].max() == 0


def test_a_cut_of_whole_periods_is_not_seen():
    assert turned(cut(EEG + hum(), 400)).max() < 3


def test_a_line_that_grows_or_moves_to_other_channels_does_not_turn():
    line = hum()
    line[:6, AT:] *= 3.0
    line[8, AT:] *= -1.0
    assert turned(EEG + line).max() < 3


def test_a_clock_that_is_fast_does_not_turn_the_mains_at_once():
    assert turned(EEG + hum(50.4)).max() < 3


def test_without_mains_nothing_turns():
    assert not turned(cut(EEG, 74)).any()
