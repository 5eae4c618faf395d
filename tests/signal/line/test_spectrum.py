from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.line.spectrum import harmonics_hz, prominence_db, spectrum, stands_out, strongest_hz
from signals_signal import noise, with_line


def of(raw, spans=None):
    return spectrum(raw, list(range(len(raw.ch_names))), spans or [(0, raw.n_times)])


@pytest.mark.parametrize("amplitude_uv", [2.0, 20.0])
@pytest.mark.parametrize("frequency_hz", [50.0, 49.7, 60.0])
def test_a_line_stands_out_by_its_power(amplitude_uv, frequency_hz):
    raw = with_line(noise(4, sfreq=250.0), frequency_hz, amplitude_uv)
    density = 2 * 100 / 250  # µV² per Hz of the noise, one-sided
    expected = 10 * np.log10(1 + amplitude_uv**2 / 2 / (3 * 0.5 * density))
    assert np.median(prominence_db(of(raw), frequency_hz)) == pytest.approx(expected, abs=3)


def test_noise_does_not_stand_out():
    seen = [stands_out(of(noise(8, seconds=s, seed=i)), 30.0, 3.0) for s in (2, 4, 20, 60) for i in range(50)]
    assert sum(seen) <= 2


def test_the_stronger_of_two_lines_is_named():
    raw = with_line(with_line(noise(4, sfreq=250.0), 50.0, 2.0), 60.0, 10.0)
    assert strongest_hz(of(raw), (50.0, 60.0), 3.0) == 60.0
    assert strongest_hz(of(noise(4, sfreq=250.0)), (50.0, 60.0), 3.0) is None


@pytest.mark.parametrize(("sfreq", "expected"), [(100.0, ()), (128.0, (50.0,)), (500.0, (50.0, 100.0, 150.0, 200.0))])
def test_harmonics_stay_below_the_nyquist_frequency(sfreq, expected):
    assert harmonics_hz(50.0, sfreq) == expected


def test_short_spans_give_a_shorter_window_or_none():
    raw = noise(2, seconds=10)
    assert of(raw, [(0, 100), (100, 180)]).freqs_hz[1] == pytest.approx(1.0)
    assert of(raw, [(0, 40)]) is None


def test_channels_without_signal_are_left_out():
    raw = noise(3)
    raw._data[0], raw._data[1, 5] = 0.0, np.nan
    assert len(of(raw).power) == 1
    raw._data[2] = 1e-5
    assert of(raw) is None
