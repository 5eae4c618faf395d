from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eegmill.signal.robust import fit_amplitudes, geometric_median, median_and_mad, truncated_shapes, usual_by

CLOUDS = arrays(np.float64, st.tuples(st.integers(3, 12), st.integers(1, 4)), elements=st.floats(-100, 100, width=32))
AMPLITUDES = arrays(np.float64, st.integers(1, 200), elements=st.floats(0, 1e4))


def clean(n=2000, seed=0):
    return 10 + 2 * np.random.default_rng(seed).standard_normal(n)


def test_mean_and_spread_of_a_normal_distribution_are_found():
    assert fit_amplitudes(clean()) == pytest.approx((10, 2), rel=0.1)


def test_a_fifth_of_artefacts_does_not_matter():
    mu, sigma = fit_amplitudes(np.concatenate([clean(), np.linspace(20, 1000, 500)]))
    assert (mu, sigma) == pytest.approx((10, 2), rel=0.25)


def test_drop_outs_do_not_matter():
    mu, sigma = fit_amplitudes(np.concatenate([clean(), np.linspace(0, 0.1, 100)]))
    assert (mu, sigma) == pytest.approx((10, 2), rel=0.25)


@pytest.mark.parametrize("n", [30, 86, 175])
def test_few_values_do_not_look_narrow_by_chance(n):
    assert min(fit_amplitudes(clean(n, seed))[1] for seed in range(30)) > 0.7


@settings(deadline=None)
@given(AMPLITUDES)
def test_the_fit_is_finite_and_the_spread_not_negative(amplitudes):
    mu, sigma = fit_amplitudes(amplitudes)
    assert np.isfinite(mu)
    assert np.isfinite(sigma)
    assert sigma >= 0


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from([2.0**-20, 0.25, 8.0, 2.0**20]))
def test_the_unit_does_not_matter(seed, factor):
    amplitudes = clean(n=300, seed=seed)
    np.testing.assert_allclose(fit_amplitudes(factor * amplitudes), factor * np.array(fit_amplitudes(amplitudes)))


@settings(deadline=None)
@given(st.permutations(range(60)))
def test_the_order_does_not_matter(order):
    amplitudes = clean(n=60)
    assert fit_amplitudes(amplitudes[order]) == fit_amplitudes(amplitudes)


@pytest.mark.parametrize("amplitudes", [np.full(100, 3.0), np.array([3.0])])
def test_equal_amplitudes_have_no_spread(amplitudes):
    assert fit_amplitudes(amplitudes) == (3.0, 0.0)


def test_few_amplitudes_get_median_and_mad():
    assert fit_amplitudes(np.arange(5.0)) == median_and_mad(np.arange(5.0)) == (2.0, 1.4826)


def test_the_normal_shape_is_cut_at_its_quantiles():
    normal = next(shape for shape in truncated_shapes() if shape.exponent == pytest.approx(2))
    np.testing.assert_allclose([normal.lower, normal.upper], np.array([-2.01409, 0.25335]) / np.sqrt(2), atol=1e-5)


def distance_sum(points, centre):
    return np.linalg.norm(points - centre, axis=1).sum()


@settings(deadline=None)
@given(CLOUDS)
def test_no_point_of_the_cloud_is_better(points):
    centre = geometric_median(points, tolerance=1e-9, max_iterations=5000)
    best = min(distance_sum(points, point) for point in points)
    assert distance_sum(points, centre) <= best * 1.001 + 1e-3


def test_the_corners_of_a_square_meet_in_the_middle():
    np.testing.assert_allclose(geometric_median(np.array([[0, 0], [2, 0], [0, 2], [2, 2.0]])), [1, 1], atol=1e-6)


def test_outliers_hardly_move_it():
    points = np.random.default_rng(0).standard_normal((200, 3))
    moved = np.concatenate([points, np.full((20, 3), 1e6)])
    assert np.linalg.norm(geometric_median(moved) - geometric_median(points)) < 0.3


@pytest.mark.parametrize("value", [0.0, 3.0, 1e6])
def test_equal_points_are_their_own_centre(value):
    np.testing.assert_allclose(geometric_median(np.full((5, 2), value)), [value, value])


def test_the_geometric_median_copies_no_cloud():
    points = np.random.default_rng(0).standard_normal((2000, 2000))
    tracemalloc.start()
    geometric_median(points, max_iterations=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < points.nbytes / 2


def test_a_hundredth_of_noise_hardly_moves_the_spread_by_median_where_it_moves_the_fitted_one():
    rng = np.random.default_rng(1)
    amplitudes = rng.gamma(20, size=360)
    noisy = [amplitudes * (1 + 0.01 * rng.standard_normal(360)) for _ in range(20)]
    moved = {
        way: [usual_by(way)(each)[1] / usual_by(way)(amplitudes)[1] for each in noisy] for way in ("fit", "median")
    }
    assert np.ptp(moved["median"]) < 0.1 < np.ptp(moved["fit"])
