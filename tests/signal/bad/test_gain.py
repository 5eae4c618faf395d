"""Channels of another gain are found; sound ones of real recordings are not."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.reading.raw_files import open_raw
from eegmill.recording import Recording
from eegmill.signal.bad.gain import odd_gains, predicted
from eegmill.signal.channels import positions_m
from eegmill.signal.sphere import directions
from eegmill.steps.prepare import Import
from signals_signal import noise

EEGMAT = ["Subject00_1", "Subject00_2", "Subject11_1", "Subject11_2", "Subject31_1", "Subject31_2"]


def eeg_of(raw):
    raw = Import(min_duration_s=0).apply(Recording(raw), seed=1)[0].raw
    return raw, [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg" and np.ptp(raw._data[i])]


@pytest.fixture(scope="module")
def real(shared_data):
    return eeg_of(open_raw(shared_data / "eeglab-sample" / "eeglab_data.set", []))


@pytest.mark.parametrize("name", EEGMAT)
def test_no_channel_of_a_sound_recording_is_odd(shared_data, name):
    raw, picks = eeg_of(open_raw(shared_data / "eegmat" / f"{name}.edf", []))
    assert odd_gains(raw, picks) == ()


@pytest.mark.parametrize("file", ["mne_test.bdf", "test_raw_chanloc.set", "antio/test_CA_208.cnt"])
def test_no_channel_of_other_devices_is_odd(shared_data, file):
    raw, picks = eeg_of(open_raw(shared_data / "format-zoo" / file, []))
    assert odd_gains(raw, picks) == ()


@pytest.mark.parametrize("gain", [10.0, 0.1, 100.0, 0.01, 1e3, 1e-3, 1e6, 1e-6, -10.0])
@pytest.mark.parametrize("channel", [5, 14, 27])
def test_a_gain_is_found_in_one_channel_of_a_real_recording(real, gain, channel):
    raw, picks = real
    x = raw._data[picks[channel]].copy()
    raw._data[picks[channel]] *= gain
    found = odd_gains(raw, picks)
    raw._data[picks[channel]] = x
    assert [odd.pick for odd in found] == [picks[channel]]
    assert abs(np.log10(found[0].ratio / abs(gain))) < 0.5


def test_several_gains_are_found_together(real):
    raw, picks = real
    gains = {picks[3]: 10.0, picks[12]: 1e3, picks[20]: 0.1}
    kept = raw._data.copy()
    for pick, gain in gains.items():
        raw._data[pick] *= gain
    found = [odd.pick for odd in odd_gains(raw, picks)]
    raw._data[:] = kept
    assert found == list(gains)


def test_without_positions_the_bare_amplitude_counts():
    raw = noise(12)
    raw._data[4] *= 10
    raw._data[7] *= 1e-3
    assert [odd.pick for odd in odd_gains(raw, range(12))] == [4, 7]
    assert not any(odd.by_neighbours for odd in odd_gains(raw, range(12)))


def test_most_channels_in_another_unit_do_not_make_the_sound_ones_odd():
    raw = noise(12)
    raw._data[:7] *= 1e6
    assert [odd.pick for odd in odd_gains(raw, range(12))] == list(range(7))


def test_a_prediction_that_leaves_a_channel_out_is_that_of_the_others():
    from eegmill.signal.sphere import interpolation_matrix

    raw = noise(16).set_montage("colin27_1005")
    places = directions(np.array(positions_m(raw, list(range(16)))))
    x = mne.filter.filter_data(raw._data, 100.0, 1, 30, verbose="error")
    gain, correlation = predicted(np.cov(x), places)
    others = [i for i in range(16) if i != 6]
    y = interpolation_matrix(places[others], places[[6]], regularization=1e-3, stiffness=2)[0] @ x[others]
    assert correlation[6] == pytest.approx(np.corrcoef(x[6], y)[0, 1], abs=1e-9)
    assert gain[6] == pytest.approx(np.polyfit(y, x[6], 1)[0], abs=1e-9)


@pytest.mark.parametrize(("name", "channel"), [("Subject11_1", "Fp1"), ("Subject31_2", "T6"), ("Subject00_1", "O2")])
@pytest.mark.parametrize("gain", [0.1, 0.05])
def test_a_small_gain_is_found_at_the_edge_of_the_cap_too(shared_data, name, channel, gain):
    raw, picks = eeg_of(open_raw(shared_data / "eegmat" / f"{name}.edf", []))
    raw._data[raw.ch_names.index(channel)] *= gain
    assert [raw.ch_names[odd.pick] for odd in odd_gains(raw, picks)] == [channel]
