"""What the mains tell of rate and clock."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.signal.faults.line import line
from eegmill.testing.recordings import raw_eeg, scalp_eeg, with_line
from validation.faults import FAULTS

SFREQ_HZ = 200.0


def recorded(duration_s=60.0, *, notch=False, sfreq_hz=SFREQ_HZ):
    data = scalp_eeg(12, duration_s=duration_s, sfreq_hz=sfreq_hz)
    if notch:
        data = mne.filter.notch_filter(data, sfreq_hz, 50.0, notch_widths=4.0, verbose="error")
    return with_line(raw_eeg(data, sfreq_hz=sfreq_hz), 50.0, 2.0)


def declared(raw, ratio):
    return raw_eeg(raw.get_data(), sfreq_hz=ratio * raw.info["sfreq"])


def seen(raw):
    return line(raw, range(len(raw.ch_names)))


@pytest.mark.parametrize("ratio", [1000 / 1024, 1024 / 1000])
def test_a_rate_that_is_a_little_wrong_is_seen_beside_what_a_notch_left(ratio):
    assert seen(declared(recorded(notch=True), ratio)).wrong_rate.ratio == pytest.approx(ratio)


def test_a_harmonic_that_a_notch_left_is_no_wrong_rate():
    raw = mne.io.RawArray(
        scalp_eeg(12, duration_s=60.0, sfreq_hz=400.0), mne.create_info(12, 400.0, "eeg"), verbose="error"
    )
    with_line(raw, 100.0, 5.0)
    raw.notch_filter(50.0, picks="all", notch_widths=4.0, verbose="error")
    assert seen(raw).wrong_rate is None


def test_a_line_just_below_half_of_the_rate_is_seen():
    raw = declared(with_line(raw_eeg(scalp_eeg(12, duration_s=60.0, sfreq_hz=128.0), sfreq_hz=128.0), 60.0), 0.5)
    assert seen(raw).wrong_rate.mains_hz == 60.0


def test_a_recording_of_twenty_seconds_tells_its_rate():
    assert seen(declared(recorded(40.0), 2.0)).wrong_rate.ratio == 2.0


@pytest.mark.parametrize("dose", [0.003, 0.01, 0.03])
def test_a_clock_that_wanders_is_followed_even_where_it_smears_the_line(dose):
    raw, _ = FAULTS["clock"].inject(recorded(80.0), seed=1, dose=dose)
    assert seen(raw).wander.range_hz == pytest.approx(2 * 50 * dose * np.cos(np.pi / 10), rel=0.15)


def noisy(duration_s=60.0):
    """Mains of 2 µV, far below what all channels share in varying strength: clear in differences of channels alone."""
    data = scalp_eeg(12, duration_s=duration_s, sfreq_hz=SFREQ_HZ)
    rng = np.random.default_rng(3)
    data += 6e-5 * np.outer(rng.uniform(0.5, 1.5, 12), rng.standard_normal(data.shape[1]))
    return with_line(raw_eeg(data, sfreq_hz=SFREQ_HZ), 50.0, 2.0)


@pytest.mark.parametrize("ratio", [0.5, 1000 / 1024, 1024 / 1000])
def test_a_wrong_rate_is_told_by_a_line_that_no_channel_shows(ratio):
    assert seen(declared(noisy(), ratio)).wrong_rate.ratio == pytest.approx(ratio)


def test_a_right_rate_is_told_by_a_line_that_no_channel_shows():
    assert seen(noisy()).wrong_rate is None


@pytest.mark.parametrize("dose", [0.003, 0.03])
def test_a_clock_that_wanders_is_followed_in_a_line_that_no_channel_shows(dose):
    raw, _ = FAULTS["clock"].inject(noisy(80.0), seed=1, dose=dose)
    assert seen(raw).wander.range_hz == pytest.approx(2 * 50 * dose * np.cos(np.pi / 10), rel=0.15)
    assert seen(raw).is_unsteady


def test_what_a_notch_left_at_its_edges_is_no_clock_that_wanders():
    """First below the hole, then above: the line that is followed there would move by 2.5 Hz, and slowly."""
    n_times = round(60 * SFREQ_HZ)
    frequencies = np.fft.rfftfreq(n_times, 1 / SFREQ_HZ)
    rng = np.random.default_rng(2)
    beside = [
        np.fft.irfft(np.fft.rfft(rng.standard_normal((12, n_times))) * edge, n_times)
        for edge in ((frequencies < 48.75), (frequencies > 51.25))
    ]
    later = np.linspace(0, 1, n_times) > 0.5
    data = 1e-6 * np.where(later, 0.1 * beside[0] + beside[1], beside[0] + 0.1 * beside[1])
    data += scalp_eeg(12, duration_s=60.0) * 1e-3 + 1e-9 * rng.standard_normal(data.shape)
    found = seen(raw_eeg(data, sfreq_hz=SFREQ_HZ))
    assert found is None or not found.is_unsteady


def test_the_foot_of_a_strong_line_is_no_line_at_the_mains():
    data = scalp_eeg(12, duration_s=60.0, sfreq_hz=SFREQ_HZ)
    strong = with_line(raw_eeg(data, sfreq_hz=SFREQ_HZ), 50.0, 20_000.0)
    assert seen(declared(strong, 1024 / 1000)).wrong_rate.mains_hz == 50.0


def test_without_a_line_nothing_is_said():
    assert seen(raw_eeg(scalp_eeg(12, duration_s=60.0))) is None
