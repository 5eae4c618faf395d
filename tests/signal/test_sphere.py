from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import legendre

from eegmill.signal.sphere import directions, interpolation_matrix, sphere_centre, spline_kernel
from signals_bads import places


def test_the_kernel_is_the_legendre_series_of_perrin():
    x = np.linspace(-1, 1, 41)
    n = np.arange(1, 101)
    coefficients = np.concatenate([[0.0], (2 * n + 1) / (n * (n + 1.0)) ** 4])
    expected = legendre.legval(x, coefficients) / (4 * np.pi)
    np.testing.assert_allclose(spline_kernel(x, terms=100), expected, atol=1e-16)


@pytest.mark.parametrize("shift", [0.0, 0.04])
def test_directions_do_not_depend_on_the_origin_of_the_frame(shift):
    positions = places(32)
    np.testing.assert_allclose(directions(positions + np.array([0, 0, shift])), directions(positions), atol=1e-12)


@pytest.mark.parametrize(
    "positions",
    [places(4), np.ones((8, 3)), np.column_stack([places(12)[:, :2], np.zeros(12)])],
    ids=["four", "all the same", "on a plane"],
)
def test_places_that_determine_no_sphere_keep_the_origin(positions):
    np.testing.assert_array_equal(sphere_centre(positions), 0)


@given(st.integers(5, 40), st.integers(0, 2**31))
def test_a_prediction_does_not_depend_on_the_reference(n_sources, seed):
    units = np.random.default_rng(seed).standard_normal((n_sources + 3, 3))
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    weights = interpolation_matrix(units[:-3], units[-3:])
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)


def test_without_regularization_a_source_is_predicted_by_itself():
    units = directions(places(20))
    np.testing.assert_allclose(interpolation_matrix(units, units, regularization=0), np.eye(20), atol=1e-6)


def test_two_electrodes_at_one_place_are_no_obstacle():
    units = directions(places(20))
    doubled = np.concatenate([units[:10], units[:1]])
    assert np.abs(interpolation_matrix(doubled, units[10:], regularization=0)).max() < 10


def test_mne_interpolates_the_same():
    mne_interpolation = pytest.importorskip("mne.channels.interpolation")
    units = directions(places(24))
    theirs = mne_interpolation._make_interpolation_matrix(units[:20], units[20:], alpha=1e-5)
    np.testing.assert_allclose(interpolation_matrix(units[:20], units[20:], terms=50), theirs, atol=1e-9)
