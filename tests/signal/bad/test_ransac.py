from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.bad.correlations import broken_fraction
from eegmill.signal.bad.noise import low_pass
from eegmill.signal.bad.ransac import (
    draw_subset,
    predict,
    predictability,
    resemblance,
    round_half_up,
    subset_weights,
)
from eegmill.signal.filters.fir import zero_phase
from signals_bads import places, signals


def without_fast_parts(data):
    return np.stack([zero_phase(row, low_pass(1000.0)) for row in data])


@given(st.integers(1, 60), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_a_subset_has_different_channels(n_channels, fraction, seed):
    size = round_half_up(fraction * n_channels)
    chosen = draw_subset(np.random.RandomState(seed), n_channels, size)
    assert len(set(chosen)) == size
    assert set(chosen) <= set(range(n_channels))


def test_the_draw_is_the_one_of_eeglab():
    u = np.random.RandomState(5489).random_sample(2)
    first = round_half_up(31 * u[0])
    order = list(range(32))
    order[0], order[first] = order[first], order[0]
    second = order[1 + round_half_up(30 * u[1])]
    assert draw_subset(np.random.RandomState(5489), 32, 2) == [first, second]


def test_a_seed_gives_the_same_weights_again():
    first, second = (subset_weights(places(16), n_subsets=5, fraction=0.25, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_each_subset_has_its_share_of_channels():
    weights = subset_weights(places(30), n_subsets=4, fraction=0.25, seed=0)
    assert [len(np.flatnonzero(weights[..., k].any(axis=0))) for k in range(4)] == [8, 8, 8, 8]


@pytest.mark.parametrize("n_subsets", [1, 2, 49, 50])
def test_the_median_prediction_is_the_sorted_one_in_the_middle(n_subsets):
    data = signals(12, duration_s=0.5)
    weights = subset_weights(places(12), n_subsets=n_subsets, fraction=0.25, seed=1)
    guesses = np.sort(np.einsum("cdk,dt->kct", weights, data), axis=0)
    single = 2.0**-20 * np.abs(guesses).max()
    np.testing.assert_allclose(predict(data, weights), guesses[round_half_up(n_subsets / 2) - 1], atol=single)


def test_silence_resembles_nothing_and_no_silence():
    wave = np.ones(10)
    got = resemblance(np.stack([wave, 0 * wave, wave, 0 * wave]), np.stack([-wave, wave, 0 * wave, 0 * wave]))
    np.testing.assert_allclose(got, [-1, 0, 0, np.nan], rtol=1e-12)


def test_the_channel_that_nobody_predicts_is_found():
    data = signals(24)
    data[5] = np.random.default_rng(9).normal(scale=1e-5, size=data.shape[1])
    weights = subset_weights(places(24), n_subsets=50, fraction=0.25, seed=0)
    windows = predictability(list(data), [(0, data.shape[1])], 1000, weights)
    assert list(np.flatnonzero(broken_fraction(windows, 0.8) > 0.5)) == [5]


@given(st.floats(0.01, 1000))
def test_units_do_not_matter(factor):
    data = signals(12, duration_s=2)
    weights = subset_weights(places(12), n_subsets=5, fraction=0.25, seed=0)
    before = predictability(list(data), [(0, 400)], 200, weights).correlation
    after = predictability(list(data * factor), [(0, 400)], 200, weights).correlation
    np.testing.assert_allclose(after, before, atol=1e-9)


@pytest.mark.parametrize("near", [-0.2, 0.0, 0.3, 0.8, 0.99])
def test_a_first_look_leaves_every_correlation_on_its_side_of_the_limit(near):
    data = without_fast_parts(signals(24, sfreq_hz=1000.0))
    weights = subset_weights(places(24), n_subsets=20, fraction=0.25, seed=0)
    whole = predictability(list(data), [(0, data.shape[1])], 1000, weights).correlation
    quick = predictability(list(data), [(0, data.shape[1])], 1000, weights, near=near, factor=7).correlation
    assert not np.array_equal(quick, whole)
    np.testing.assert_array_equal(quick < near, whole < near)


def test_what_a_first_look_finds_near_the_limit_is_what_all_samples_say():
    data = without_fast_parts(signals(24, sfreq_hz=1000.0))
    weights = subset_weights(places(24), n_subsets=20, fraction=0.25, seed=0)
    whole = predictability(list(data), [(0, data.shape[1])], 1000, weights).correlation
    limit = float(whole[3, 5])
    quick = predictability(list(data), [(0, data.shape[1])], 1000, weights, near=limit, factor=7).correlation
    assert quick[3, 5] == limit
