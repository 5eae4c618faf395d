from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.ica.alike import correlations
from eegmill.signal.ica.refit import refits, topographies_of
from eegmill.signal.ica.whitening import principal_components

SOURCES = np.random.default_rng(1).laplace(size=(4, 8000))
MIXING = np.random.default_rng(2).standard_normal((5, 4))


def whitened():
    X = MIXING @ SOURCES
    whitening = principal_components(X)
    return whitening, whitening.whiten_in_place(X, 4)


def test_sources_that_are_well_apart_are_found_again():
    whitening, Z = whitened()
    true = MIXING * SOURCES.std(axis=1)
    for W in refits(Z, np.eye(4), n_refits=2, seed=1):
        assert correlations(true, topographies_of(W, whitening)).max(axis=1) == pytest.approx(np.ones(4), abs=0.01)


def test_gaussian_sources_are_others_in_each_fit():
    Z = np.random.default_rng(3).standard_normal((4, 8000))
    one, other = refits(Z, np.eye(4), n_refits=2, seed=1)
    assert correlations(np.linalg.inv(one), np.linalg.inv(other)).max(axis=1).min() < 0.9


def test_the_seed_decides_which_samples_are_taken():
    _, Z = whitened()
    one, same, other = (refits(Z, np.eye(4), n_refits=1, seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_there_is_none_where_a_part_would_be_too_small():
    assert refits(np.zeros((10, 3999)), np.eye(10), n_refits=2, seed=1) == ()
