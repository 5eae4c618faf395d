from __future__ import annotations

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.filters.fir import (
    filter_channels,
    odd_extension,
    set_band,
    transform_length,
    zero_phase,
    zero_phase_between,
)
from signals_signal import cut, noise

KERNEL = np.hanning(23)[1:-1] / np.hanning(23).sum()


def kernel(n_taps):
    half = np.random.default_rng(n_taps).standard_normal(n_taps // 2 + 1)
    return np.concatenate([half, half[-2::-1]])


@pytest.mark.parametrize("n_samples", [2, 3, 10, 25])
@pytest.mark.parametrize("pad", [0, 1, 9, 30])
def test_the_extension_is_numpys_repeated_odd_reflection(n_samples, pad):
    x = np.random.default_rng(0).standard_normal(n_samples)
    expected = np.pad(x, pad, mode="reflect", reflect_type="odd")
    np.testing.assert_allclose(odd_extension(x, pad), expected, atol=1e-12)


def test_a_single_sample_is_repeated():
    np.testing.assert_array_equal(odd_extension(np.array([3.0]), 2), [3.0] * 5)


@given(st.integers(1, 400), st.integers(0, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_overlap_save_is_the_plain_convolution(n_samples, half, seed):
    x = np.random.default_rng(seed).standard_normal(n_samples)
    taps = kernel(2 * half + 1)
    expected = np.convolve(odd_extension(x, half), taps, mode="valid")
    np.testing.assert_allclose(zero_phase(x, taps), expected, atol=1e-12 * np.abs(taps).sum() * np.abs(x).max())


@given(st.integers(1, 10_000), st.integers(1, 10**8))
def test_the_transform_is_longer_than_the_kernel(n_taps, n_samples):
    assert transform_length(n_taps, n_samples) >= 2 * n_taps


def test_a_long_signal_is_filtered_in_many_blocks_as_in_one():
    x = np.random.default_rng(3).standard_normal(100_000)
    np.testing.assert_allclose(zero_phase(x, KERNEL), np.convolve(odd_extension(x, 10), KERNEL, "valid"), atol=1e-12)


@given(st.integers(1, 300), st.integers(0, 30), st.data())
@settings(max_examples=40, deadline=None)
def test_a_piece_is_filtered_as_in_the_whole(n_samples, half, data):
    start, stop = sorted(data.draw(st.lists(st.integers(0, n_samples), min_size=2, max_size=2, unique=True)))
    x = np.random.default_rng(n_samples).standard_normal(n_samples)
    taps = kernel(2 * half + 1)
    got = zero_phase_between(x, taps, start, stop)
    np.testing.assert_allclose(got, zero_phase(x, taps)[start:stop], atol=1e-12 * np.abs(taps).sum() * np.abs(x).max())


@given(st.floats(-1, 1), st.floats(-1, 1))
@settings(max_examples=20, deadline=None)
def test_filtering_is_linear(a, b):
    x, y = np.random.default_rng(0).standard_normal((2, 300))
    together = zero_phase(a * x + b * y, KERNEL)
    np.testing.assert_allclose(together, a * zero_phase(x, KERNEL) + b * zero_phase(y, KERNEL), atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.04, -3.7e-5])
def test_a_constant_stays_exactly_constant(value):
    assert np.ptp(zero_phase(np.full(1000, value), KERNEL)) == 0


def test_no_filter_reaches_across_a_discontinuity():
    raw = cut(noise(1), 10.0)
    raw._data[0, 1000:] += 1.0
    alone = raw._data[0, :1000].copy()
    filter_channels(raw, KERNEL)
    np.testing.assert_array_equal(raw._data[0, :1000], zero_phase(alone, KERNEL))


def test_trigger_and_miscellaneous_channels_are_not_filtered():
    raw = noise(4)
    raw.set_channel_types({"Fp1": "stim", "Fp2": "misc", "F3": "eog"}, on_unit_change="ignore")
    before = raw.get_data()
    filter_channels(raw, KERNEL)
    assert [bool(np.any(a != b)) for a, b in zip(before, raw.get_data(), strict=True)] == [False, False, True, True]


def test_a_channel_with_nan_is_left_alone_and_named():
    raw = noise(2)
    raw._data[1, 5] = np.nan
    done = filter_channels(raw, KERNEL)
    assert done.skipped == ("Fp2",)
    assert np.isfinite(raw._data[0]).all()


def test_short_spans_are_counted():
    raw = cut(noise(1), 0.05, 10.0)
    assert filter_channels(raw, KERNEL).short_spans == 1


def test_the_band_only_becomes_narrower():
    raw = noise(1)
    set_band(raw, highpass_hz=1.0, lowpass_hz=30.0)
    set_band(raw, highpass_hz=0.5, lowpass_hz=40.0)
    assert (raw.info["highpass"], raw.info["lowpass"]) == (1.0, 30.0)


def test_the_same_samples_as_mne():
    raw = noise(2, seconds=30)
    taps = mne.filter.create_filter(None, 100.0, 1.0, None, verbose="error")
    expected = raw.copy().filter(1.0, None, verbose="error").get_data()
    filter_channels(raw, taps)
    np.testing.assert_allclose(raw.get_data(), expected, atol=1e-18)
