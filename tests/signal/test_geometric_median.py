from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eegmill.signal.robust import geometric_median

CLOUDS = arrays(np.float64, st.tuples(st.integers(3, 12), st.integers(1, 4)), elements=st.floats(-100, 100, width=32))


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
