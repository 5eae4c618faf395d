"""Whether anything is left above 50 Hz, asked of the spectrum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from eegmill.signal.bad.emptied_band import MAX_FALL_DB, fall_db, filled_up_to_hz

RATE_HZ = 250.0
WHOLE = [(0, 5000)]


def channels(exponent: float, n: int = 4) -> list[np.ndarray]:
    """Noise whose power falls with this power of frequency."""
    rng = np.random.default_rng(5)
    frequencies = np.fft.rfftfreq(5000, 1 / RATE_HZ)
    scale = np.concatenate([[0.0], frequencies[1:] ** (-exponent / 2)])
    return [np.fft.irfft(scale * np.fft.rfft(rng.standard_normal(5000)), 5000) for _ in range(n)]


@pytest.mark.parametrize(("exponent", "decibels"), [(0.0, 0.0), (1.0, 3.5), (2.0, 7.0), (4.0, 14.0)])
def test_the_fall_is_that_of_the_spectrum(exponent: float, decibels: float) -> None:
    assert fall_db(channels(exponent), RATE_HZ, WHOLE) == pytest.approx(decibels, abs=1.5)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 4.0])
def test_a_low_pass_is_found(exponent: float) -> None:
    low = butter(6, 45, fs=RATE_HZ, output="sos")
    fall = fall_db([sosfiltfilt(low, channel) for channel in channels(exponent)], RATE_HZ, WHOLE)
    assert fall is not None
    assert fall > MAX_FALL_DB


def test_lines_do_not_fill_an_empty_band() -> None:
    low = butter(6, 45, fs=RATE_HZ, output="sos")
    line = np.sin(2 * np.pi * 75 * np.arange(5000) / RATE_HZ)
    fall = fall_db([sosfiltfilt(low, channel) + line for channel in channels(1.0)], RATE_HZ, WHOLE)
    assert fall is not None
    assert fall > MAX_FALL_DB


def test_one_noisy_channel_says_nothing_of_the_recording() -> None:
    low = butter(6, 45, fs=RATE_HZ, output="sos")
    found = [sosfiltfilt(low, channel) for channel in channels(1.0)]
    found[0] = found[0] + 10 * np.random.default_rng(1).standard_normal(5000)
    fall = fall_db(found, RATE_HZ, WHOLE)
    assert fall is not None
    assert fall > MAX_FALL_DB


@pytest.mark.parametrize("rate_hz", [100.0, 128.0])
def test_low_rates_cannot_be_asked(rate_hz: float) -> None:
    assert fall_db(channels(1.0), rate_hz, WHOLE) is None


def test_silence_has_no_spectrum() -> None:
    assert fall_db([np.zeros(5000)] * 3, RATE_HZ, WHOLE) is None


@pytest.mark.parametrize("edge_hz", [45.0, 50.0])
def test_behind_a_steep_low_pass_the_spectrum_is_filled_up_to_its_edge(edge_hz: float) -> None:
    low = butter(20, edge_hz, fs=RATE_HZ, output="sos")
    found = filled_up_to_hz([sosfiltfilt(low, channel) for channel in channels(1.0)], RATE_HZ, WHOLE)
    assert found == pytest.approx(edge_hz, abs=5)


def test_without_a_low_pass_the_spectrum_is_nowhere_emptied() -> None:
    assert filled_up_to_hz(channels(2.0), RATE_HZ, WHOLE) is None


def test_a_hundredth_of_noise_hardly_moves_the_edge() -> None:
    low = butter(20, 45, fs=RATE_HZ, output="sos")
    before = [sosfiltfilt(low, channel) for channel in channels(1.0)]
    rng = np.random.default_rng(1)
    after = [channel + 0.01 * channel.std() * rng.standard_normal(channel.size) for channel in before]
    edges = [filled_up_to_hz(each, RATE_HZ, WHOLE) for each in (before, after)]
    assert edges[0] is not None
    assert edges[1] is None or abs(edges[0] - edges[1]) <= 2
