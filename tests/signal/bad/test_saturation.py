from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.bad.saturation import at_rails, find_rails, held, saturation
from signals_signal import NAMES

N = 12_000


def smooth(n_channels=1, *, seed=0, n_samples=N):
    """Low-passed noise with a standard deviation of 10 µV, shape (n_channels, n_samples)."""
    white = np.random.default_rng(seed).standard_normal((n_channels, n_samples + 7))
    x = np.stack([np.convolve(row, np.hanning(10)[1:-1], "valid") for row in white])
    return 1e-5 * x / x.std(axis=1, keepdims=True)


@pytest.mark.parametrize("limit_sd", [2.0, 1.0, 0.5, 0.1])
def test_a_clipped_channel_ends_in_two_rails(limit_sd):
    limit = limit_sd * 1e-5
    assert find_rails(smooth()[0].clip(-limit, limit)) == (-limit, limit)


def test_one_rail_is_enough_and_an_offset_does_not_matter():
    x = smooth()[0].clip(None, 1.5e-5) + 0.04
    assert find_rails(x) == (None, x.max())


@pytest.mark.parametrize("step", [1e-9, 1e-7, 2e-6, 1e-5, 3e-5])
def test_coarse_quantisation_is_no_rail(step):
    assert find_rails(step * np.round(smooth()[0] / step)) == (None, None)


@pytest.mark.parametrize("step", [1e-9, 1e-7, 1e-6, 1e-5])
def test_the_crests_of_a_sine_are_no_rail(step):
    sine = 5e-5 * np.sin(2 * np.pi * 1.37 * np.arange(N) / 500)
    assert find_rails(step * np.round(sine / step)) == (None, None)


def test_samples_that_were_held_are_no_rail():
    assert find_rails(np.repeat(smooth(n_samples=60)[0], 256)) == (None, None)


@pytest.mark.parametrize("values", [np.zeros(500), np.full(500, np.nan), np.arange(3.0), np.zeros(0)])
def test_a_channel_that_says_nothing_has_no_rail(values):
    assert find_rails(values) == (None, None)


@given(st.lists(st.booleans(), max_size=40))
def test_what_is_held_has_an_equal_neighbour(values):
    at = np.array(values, dtype=bool)
    expected = [
        here and ((i > 0 and values[i - 1]) or (i + 1 < len(values) and values[i + 1])) for i, here in enumerate(values)
    ]
    assert held(at).tolist() == expected


@given(st.integers(0, 20), st.floats(0.2, 2.0))
def test_the_fraction_is_what_was_clipped_for_two_samples_or_more(seed, limit_sd):
    x = smooth(4, seed=seed)
    beyond = held(x[1] > limit_sd * 1e-5) | held(x[1] < -limit_sd * 1e-5)
    x[1] = x[1].clip(-limit_sd * 1e-5, limit_sd * 1e-5)
    assert saturation(x).fractions == pytest.approx([0, beyond.mean(), 0, 0], abs=1e-12)


def test_what_clips_most_channels_at_once_is_held_against_none():
    x = smooth(len(NAMES))
    for start in range(1000, 11_000, 1000):
        x[:, start : start + 100] = 3e-4
    found = saturation(x)
    assert found.common.sum() == 1000
    assert not found.fractions.any()


def test_the_negative_is_clipped_alike():
    x = smooth()[0].clip(-1e-5, 2e-5)
    np.testing.assert_array_equal(at_rails(x, *find_rails(x)), at_rails(-x, *find_rails(-x)))
