from __future__ import annotations

import numpy as np
import picard as reference
import pytest

from eegmill.signal.ica.lbfgs import Memory, solve_blocks
from eegmill.signal.ica.moments import BLOCK_SAMPLES, moments
from eegmill.signal.ica.picard import blockwise_picard
from eegmill.signal.ica.whitening import principal_components
from signals_ica import mixing, sources


def whitened(n, n_samples, *, flat=0):
    """Whitened mixtures; the last ``flat`` sources are uniform, flatter than a Gaussian."""
    S = sources(n, n_samples)
    S[n - flat :] = np.random.default_rng(9).uniform(-np.sqrt(3), np.sqrt(3), size=(flat, n_samples))
    X = mixing(n) @ S
    return principal_components(X).whiten_in_place(X, n), S


@pytest.mark.parametrize("n_samples", [1, 999, BLOCK_SAMPLES, 3517])
def test_moments_are_those_of_the_whole_signal_at_once(n_samples):
    Z, W = np.random.default_rng(0).standard_normal((4, n_samples)), mixing(4)
    Y = W @ Z
    found, slope = moments(Z, W), 1 - np.tanh(Y) ** 2
    np.testing.assert_allclose(found.log_cosh, np.log(2 * np.cosh(Y)).mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.score, np.tanh(Y) @ Y.T / n_samples, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(found.slope, slope.mean(axis=1), atol=1e-14)
    np.testing.assert_allclose(found.curvature, slope @ (Y**2).T / n_samples, rtol=1e-10, atol=1e-14)


def test_large_values_neither_overflow_nor_lose_the_loss():
    Z = np.array([[800.0, -900.0, 0.0], [1.0, 2.0, 3.0]])
    expected = [(800 + 900 + np.log(2)) / 3, np.log(2 * np.cosh([1.0, 2.0, 3.0])).mean()]
    np.testing.assert_allclose(moments(Z, np.eye(2)).log_cosh, expected, rtol=1e-14)


@pytest.mark.parametrize("extended", [True, False])
def test_the_unmixing_is_that_of_python_picard_up_to_order_and_sign(extended):
    Z, _ = whitened(6, 6000, flat=2 if extended else 0)
    ours = blockwise_picard(Z, extended=extended, tolerance=1e-9, max_iterations=200)
    options = {"tol": 1e-9, "max_iter": 200, "m": 10, "w_init": np.eye(6)}
    theirs = reference.picard(Z, whiten=False, centering=False, ortho=False, extended=extended, **options)[1]
    assert ours.converged
    product = np.abs(ours.W @ np.linalg.inv(theirs))
    np.testing.assert_allclose(np.sort(product, axis=1), np.eye(6)[np.full(6, 5)], atol=1e-6)


def test_only_the_extended_model_separates_flat_sources():
    Z, S = whitened(4, 8000, flat=4)
    W = blockwise_picard(Z, extended=True, tolerance=1e-7, max_iterations=200).W
    assert np.abs(np.corrcoef(W @ Z, S)[:4, 4:]).max(axis=1).min() > 0.99


def test_blocks_of_two_equations_are_solved():
    rng = np.random.default_rng(0)
    h, G = rng.uniform(1.5, 3, size=(5, 5)), rng.standard_normal((5, 5))
    p = solve_blocks(h, G)
    np.testing.assert_allclose(h * p + p.T, G, atol=1e-12)


def test_the_memory_keeps_the_last_ten_steps():
    memory = Memory()
    for k in range(15):
        memory.add(np.full((2, 2), float(k)), np.ones((2, 2)))
    assert [step[0, 0] for step in memory.steps] == list(range(5, 15))


def test_the_end_is_told_when_it_is_not_reached():
    Z, _ = whitened(4, 3000)
    assert blockwise_picard(Z, extended=True, tolerance=1e-7, max_iterations=2).converged is False


def test_samples_are_left_as_they_were():
    Z, _ = whitened(3, 2500)
    before = Z.copy()
    blockwise_picard(Z, extended=True, tolerance=1e-7, max_iterations=5)
    np.testing.assert_array_equal(Z, before)
