from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from eegmill.signal.ica.unmixing import Algorithm
from eegmill.signal.ica.whitening import components_explaining, principal_components
from signals_ica import mixing, sources


@pytest.mark.parametrize("method", ["picard", "infomax", "fastica"])
def test_every_method_finds_the_sources(method):
    S, A = sources(4, 2500), mixing(4)
    whitening = principal_components(A @ S)
    Z = whitening.whiten_in_place(A @ S, 4)
    found = Algorithm(method, extended=True, ortho=False).unmix(Z, seed=1)
    match = np.abs(np.corrcoef(found.W @ Z, S)[:4, 4:]).max(axis=1)
    assert found.converged
    assert match.min() > 0.99


def test_whitened_samples_are_uncorrelated_with_variance_1():
    X = mixing(5) @ sources(5, 3000) + 7.0
    Z = principal_components(X).whiten_in_place(X, 5)
    np.testing.assert_allclose(Z @ Z.T / 3000, np.eye(5), atol=1e-10)


def test_an_average_reference_lowers_the_rank_by_one():
    X = mixing(6) @ sources(6, 2000)
    assert principal_components(X - X.mean(axis=0)).rank == 5


def test_too_few_iterations_are_reported_as_not_converged():
    X = mixing(4) @ sources(4, 3000)
    Z = principal_components(X).whiten_in_place(X, 4)
    algorithm = Algorithm("picard", extended=True, ortho=False, max_iterations=2)
    assert not algorithm.unmix(Z, seed=1).converged


def test_the_share_of_variance_sets_the_number_of_components():
    variances = np.array([8.0, 1.0, 0.5, 0.5])
    assert [components_explaining(variances, share) for share in (0.5, 0.8, 0.85, 0.999)] == [1, 1, 2, 4]
    assert components_explaining(np.zeros(3), 0.999) == 1


@settings(deadline=None, max_examples=30)
@given(hnp.arrays(np.float64, (3, 20), elements=st.floats(-1e3, 1e3)))
def test_principal_components_are_orthonormal_for_any_data(X):  # noqa: N803 - the data matrix
    whitening = principal_components(X)
    np.testing.assert_allclose(whitening.components @ whitening.components.T, np.eye(3), atol=1e-9)
    assert np.all(np.diff(whitening.variances) <= 0)
