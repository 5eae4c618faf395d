from __future__ import annotations

from dataclasses import replace

import numpy as np
import picard as reference
import pytest

from eegmill.signal.ica.lbfgs import MEMORY, Memory, solve_blocks
from eegmill.signal.ica.likelihood import Point
from eegmill.signal.ica.moments import BLOCK_SAMPLES, moments
from eegmill.signal.ica.picard import MAX_GROWTH, Search
from eegmill.signal.ica.stages import FEW_PER_WEIGHT, LEAST_PER_WEIGHT, Goal, few_samples, staged_picard
from eegmill.signal.ica.unmixing import Algorithm
from eegmill.signal.ica.whitening import principal_components, products
from signals_ica import mixing, sources


def fit(Z, *, extended=True, tolerance=1e-7, enough_nats=0.0, max_iterations=200):  # noqa: N803 - as in the papers
    return staged_picard(Z, Goal(extended, tolerance, enough_nats), max_iterations=max_iterations, seed=1)


def whitened(n, n_samples, *, flat=0):
    """Whitened mixtures; the last ``flat`` sources are uniform, flatter than a Gaussian."""
    S = sources(n, n_samples)
    S[n - flat :] = np.random.default_rng(9).uniform(-np.sqrt(3), np.sqrt(3), size=(flat, n_samples))
    X = mixing(n) @ S
    return principal_components(X).whiten_in_place(X, n), S


def whitened_sums(n, n_samples, *, n_summed):
    """Whitened mixtures of sources that are nearly Gaussian, each a sum of peaked ones."""
    X = mixing(n) @ sum(np.random.default_rng(seed).laplace(size=(n, n_samples)) for seed in range(n_summed))
    return principal_components(X).whiten_in_place(X, n)


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
    ours = fit(Z, extended=extended, tolerance=1e-9)
    options = {"tol": 1e-9, "max_iter": 200, "m": 10, "w_init": np.eye(6)}
    theirs = reference.picard(Z, whiten=False, centering=False, ortho=False, extended=extended, **options)[1]
    assert ours.converged
    product = np.abs(ours.W @ np.linalg.inv(theirs))
    np.testing.assert_allclose(np.sort(product, axis=1), np.eye(6)[np.full(6, 5)], atol=1e-6)


def test_only_the_extended_model_separates_flat_sources():
    Z, S = whitened(4, 8000, flat=4)
    W = fit(Z).W
    assert np.abs(np.corrcoef(W @ Z, S)[:4, 4:]).max(axis=1).min() > 0.99


def test_blocks_of_two_equations_are_solved():
    rng = np.random.default_rng(0)
    h, G = rng.uniform(1.5, 3, size=(5, 5)), rng.standard_normal((5, 5))
    p = solve_blocks(h, G)
    np.testing.assert_allclose(h * p + p.T, G, atol=1e-12)


def test_the_memory_keeps_the_last_steps():
    memory = Memory()
    for k in range(MEMORY + 5):
        memory.add(np.full((2, 2), float(k)), np.ones((2, 2)))
    assert [step[0, 0] for step in memory.steps] == list(range(5, MEMORY + 5))


def test_the_end_is_told_when_it_is_not_reached():
    Z, _ = whitened(4, 3000)
    assert fit(Z, max_iterations=2).converged is False


def test_samples_are_left_as_they_were():
    Z, _ = whitened(3, 2500)
    before = Z.copy()
    fit(Z, max_iterations=5)
    np.testing.assert_array_equal(Z, before)


def test_the_curvature_is_that_of_all_samples():
    # More than a block, and loud in its second half.
    n_samples = 3 * BLOCK_SAMPLES
    Z = np.random.default_rng(0).laplace(size=(3, n_samples)) * np.repeat([0.5, 1.3], n_samples // 2)
    np.testing.assert_allclose(moments(Z, np.eye(3)).curvature, (1 - np.tanh(Z) ** 2) @ (Z**2).T / n_samples)


def test_nearly_gaussian_mixtures_keep_their_signs():
    rng = np.random.default_rng(0)
    Z = rng.standard_normal((3, 200_000))
    Z[2] = rng.uniform(-np.sqrt(3), np.sqrt(3), 200_000)
    point = Point(np.eye(3), moments(Z, np.eye(3)), Z @ Z.T / 200_000)
    np.testing.assert_array_equal(point.signs(None), [1, 1, -1])
    slightly_flat = Z[:2] - 0.003 * np.sign(Z[:2]) * Z[:2] ** 2
    point = Point(np.eye(2), moments(slightly_flat, np.eye(2)), np.diag(slightly_flat.var(axis=1)))
    assert (point.peakedness() < 0).all()
    np.testing.assert_array_equal(point.signs(np.array([-1.0, 1.0])), [-1, 1])


def test_a_recording_of_many_samples_starts_on_few_of_them():
    n_samples = 8 * FEW_PER_WEIGHT * 40**2
    few = few_samples(np.zeros((40, n_samples)), seed=1)
    assert few is not None
    assert few.shape == (40, FEW_PER_WEIGHT * 40**2)


def test_a_recording_of_many_channels_starts_on_a_quarter_of_its_samples():
    n_samples = 4 * LEAST_PER_WEIGHT * 50**2
    few = few_samples(np.zeros((50, n_samples)), seed=1)
    assert few is not None
    assert few.shape == (50, n_samples // 4)
    assert few_samples(np.zeros((50, n_samples - 4)), seed=1) is None


def test_a_recording_of_few_samples_is_fitted_whole_from_the_start():
    assert few_samples(np.zeros((10, 30_000)), seed=1) is None


def test_the_few_samples_meet_the_mains_at_all_phases():
    phase = np.arange(400_000) % 10
    few = few_samples(np.vstack([phase, phase]), seed=1)
    assert few is not None
    assert np.bincount(few[0].astype(int)).min() > 0.08 * few.shape[1]


def test_a_fit_that_starts_on_few_samples_ends_at_the_optimum_of_all():
    Z, _ = whitened(4, 60_000)
    assert few_samples(Z, 1) is not None
    W = fit(Z, enough_nats=1e-3).W
    theirs = reference.picard(
        Z, whiten=False, centering=False, ortho=False, extended=False, tol=1e-9, max_iter=200, w_init=np.eye(4)
    )[1]
    product = np.abs(W @ np.linalg.inv(theirs))
    np.testing.assert_allclose(product.max(axis=1) / np.linalg.norm(product, axis=1), 1, atol=1e-3)


def test_hum_among_nearly_gaussian_sources_is_the_only_flat_one():
    # Sums of twelve Laplacian numbers have a kurtosis of 0.25: mixtures of them are flat by chance, and stayed so.
    rng = np.random.default_rng(3)
    S = rng.laplace(size=(12, 12, 40_000)).sum(axis=0)
    S[-1] = np.sin(2 * np.pi * 0.1 * np.arange(40_000))
    X = mixing(12) @ (S / S.std(axis=1, keepdims=True))
    Z = principal_components(X).whiten_in_place(X, 12)
    found = fit(Z, enough_nats=1e-3)
    point = Point(found.W, moments(Z, found.W), found.W @ (Z @ Z.T / 40_000) @ found.W.T)
    assert (point.settled_signs() < 0).sum() == 1
    assert np.abs(np.corrcoef(found.W @ Z, S)[:12, -1]).max() > 0.99


def test_what_is_not_extended_goes_the_way_of_python_picard():
    # Real EEG has several optima: where its reference is asked for, ours must lead to the same one.
    S = np.random.default_rng(3).laplace(size=(3, 16, 8_000)).sum(axis=0)
    X = mixing(16) @ S
    Z = principal_components(X).whiten_in_place(X, 16)
    ours = Algorithm("picard", extended=False, ortho=False).unmix(Z, seed=1)
    options = {"tol": 1e-7, "max_iter": 512, "m": 10, "w_init": np.eye(16), "return_n_iter": True}
    _, W, _, last = reference.picard(Z, whiten=False, centering=False, ortho=False, extended=False, **options)
    assert abs(ours.iterations - (last + 1)) <= 2
    product = np.abs(ours.W @ np.linalg.inv(W))
    np.testing.assert_allclose(product, np.eye(16), atol=1e-4)


def test_a_fit_whose_sources_go_on_changing_their_sign_has_not_converged(monkeypatch):
    Z, _ = whitened(3, 3000)
    turns = iter(range(100))
    monkeypatch.setattr(Point, "settled_signs", lambda point: np.ones(3) * (-1.0) ** next(turns))
    assert fit(Z).converged is False


@pytest.mark.parametrize(("max_growth", "keeps"), [(MAX_GROWTH, True), (np.inf, False)])
def test_no_step_is_tried_that_is_far_longer_than_the_one_taken_before(monkeypatch, max_growth, keeps):
    tried, taken = [], []
    descend = Search._descend

    def told(self, point, step, signs):
        found = descend(self, point, step, signs)
        tried.append(np.abs(step).max())
        taken.append(np.abs(found[1]).max())
        return found

    monkeypatch.setattr(Search, "_descend", told)
    Z, _ = whitened(6, 4000)
    search = Search(Z, products(Z) / Z.shape[1], extended=True, tolerance=1e-4, max_growth=max_growth)
    search.climb(np.eye(6), Memory(), max_iterations=30)
    assert len(tried) > 3
    assert all(np.array(tried[1:]) <= (MAX_GROWTH + 1e-9) * np.array(taken[:-1])) == keeps


def test_steps_that_turn_are_halved_less_often(monkeypatch):
    # Many nearly Gaussian sources turn at once: 1 plus the step stretches them, so that the loss does not fall.
    Z = whitened_sums(30, 12_000, n_summed=4)
    search = Search(Z, products(Z) / Z.shape[1], extended=True, tolerance=1e-4)
    passes = []
    at = Search.at

    def counted(self, unmixing):
        passes.append(self.turning)
        return at(self, unmixing)

    monkeypatch.setattr(Search, "at", counted)
    for turning in (False, True):
        assert replace(search, turning=turning).climb(np.eye(30), Memory(), max_iterations=200).converged
    assert passes.count(True) < 0.7 * passes.count(False)


def test_in_rounding_a_step_is_not_halved_again_and_again(monkeypatch):
    Z, _ = whitened(12, 20_000)
    search = Search(Z, products(Z) / Z.shape[1], extended=True, tolerance=1e-15, precision=np.float32, turning=True)
    passes = []
    at = Search.at

    def counted(self, unmixing):
        passes.append(unmixing)
        return at(self, unmixing)

    monkeypatch.setattr(Search, "at", counted)
    found = search.climb(np.eye(12), Memory(), max_iterations=200)
    assert found.iterations < 200
    assert len(passes) <= found.iterations + 6
