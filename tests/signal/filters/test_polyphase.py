from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.signal.filters.polyphase import _between_samples, hold_extremes, rational, resample_span, resampling


def sine(n_samples, sfreq, frequency_hz=7.3):
    return np.sin(2 * np.pi * frequency_hz * np.arange(n_samples) / sfreq + 0.3)


@pytest.mark.parametrize(("old_hz", "new_hz"), [(128, 100), (500, 250), (512, 100), (100, 256), (256, 99.7)])
@pytest.mark.parametrize("cut", [0, 1, 1001])
def test_a_sine_stays_a_sine_at_the_right_time(old_hz, new_hz, cut):
    x = sine(40 * old_hz, old_hz)
    ratio = resampling(rational(new_hz, old_hz))
    first = ratio.place(cut)
    y = resample_span(x, cut, x.size, ratio)
    expected = sine(first + y.size, new_hz)[first:]
    inside = slice(100, -100)
    assert np.abs(y[inside] - expected[inside]).max() < 1e-4


def test_spans_tile_the_new_grid():
    ratio = resampling(rational(100.0, 128.0))
    edges = [0, 1, 2, 500, 501, 1280]
    parts = [resample_span(np.ones(1280), a, b, ratio).size for a, b in pairwise(edges)]
    assert sum(parts) == 1000


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 1001])
def test_whole_ratios_take_a_faster_way_to_the_same_samples(cut):
    x = np.random.default_rng(0).standard_normal(4003)
    ratio = resampling(Fraction(1, 4))
    first, last = ratio.place(cut), ratio.place(4003)
    slow = _between_samples(x[cut:] - x[cut], cut, first, last, ratio) + x[cut]
    np.testing.assert_allclose(resample_span(x, cut, 4003, ratio), slow, atol=1e-12)


def test_what_the_new_rate_cannot_hold_is_removed():
    x = sine(12800, 128.0, frequency_hz=55.0)
    y = resample_span(x, 0, x.size, resampling(rational(100.0, 128.0)))
    assert np.abs(y[200:-200]).max() < 2e-4


@given(st.integers(1, 40), st.integers(1, 40), st.floats(-1e3, 1e3))
@settings(max_examples=30, deadline=None)
def test_a_constant_stays_flat(up, down, value):
    y = resample_span(np.full(300, value), 0, 300, resampling(Fraction(up, down)))
    assert np.ptp(y) <= 1e-14 * abs(value)


def test_a_flat_stretch_stays_flat():
    x = np.random.default_rng(0).standard_normal(3000)
    x[1000:2000] = 0.7
    y = resample_span(x, 0, 3000, resampling(rational(100.0, 128.0)))
    assert np.abs(np.diff(y[850:1500])).max() < 1e-15


@pytest.mark.parametrize(("new_hz", "old_hz", "expected"), [(250.0, 1000.0, (1, 4)), (100.0, 128.0, (25, 32))])
def test_common_ratios_are_exact(new_hz, old_hz, expected):
    assert rational(new_hz, old_hz).as_integer_ratio() == expected


@pytest.mark.parametrize(("up", "down"), [(1, 4), (25, 32), (3, 1)])
def test_no_trigger_pulse_is_lost(up, down):
    x = np.zeros(1000)
    x[[3, 501, 998]] = [1.0, 7.0, 255.0]
    ratio = resampling(Fraction(up, down))
    held = hold_extremes(x, ratio.place(1000), ratio)
    assert sorted(set(held)) == [0.0, 1.0, 7.0, 255.0]
    assert np.flatnonzero(held == 7.0)[0] == pytest.approx(501 * up / down, abs=1)
