from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.ica.stages import Goal, staged_picard
from eegmill.signal.ica.start import (
    FLAT_SCALE,
    PEAKED_SCALE,
    channels_and_flat,
    flat_sources,
    most_different,
    towards_channels,
)
from eegmill.signal.ica.whitening import principal_components

N_TIMES = 20_000


def mixed(sources, seed=0):
    """Sources (n_sources, n_times) at as many channels, and their whitening."""
    mixing = np.random.default_rng(seed).standard_normal((len(sources), len(sources)))
    X = mixing @ sources
    return X, principal_components(X)


def of_variances(*variances):
    """Four samples a channel, uncorrelated, of mean 0."""
    sd = np.sqrt(variances)
    return np.hstack((np.diag(sd), -np.diag(sd)))


def orthonormal_rows(n_rows, n_columns, seed):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((n_columns, n_rows)))[0].T


def test_with_a_component_for_each_channel_it_is_the_symmetric_whitening():
    X, whitening = mixed(np.random.default_rng(1).laplace(size=(5, N_TIMES)))
    variances, vectors = np.linalg.eigh(np.cov(X, bias=True))
    symmetric = vectors @ np.diag(variances**-0.5) @ vectors.T
    found = towards_channels(whitening.components, 5) @ (whitening.components / np.sqrt(whitening.variances[:, None]))
    np.testing.assert_allclose(found, symmetric, atol=1e-9)


@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 99))
def test_its_rows_are_orthonormal(n_components, n_fewer, seed):
    found = towards_channels(orthonormal_rows(n_components, n_components + n_fewer, seed), n_components)
    np.testing.assert_allclose(found @ found.T, np.eye(n_components), atol=1e-9)


def test_where_principal_components_are_alike_a_little_noise_turns_them_and_not_the_start():
    before, after = (principal_components(of_variances(2, *pair)) for pair in ((1, 1.001), (1.001, 1)))
    starts = [towards_channels(each.components, 3) @ each.components for each in (before, after)]
    assert np.abs(np.diag(before.components @ after.components.T)).min() < 0.1
    np.testing.assert_allclose(*starts, atol=1e-3)


def test_of_equal_columns_the_first_are_taken():
    average_reference = np.eye(5) - 0.2
    assert most_different(np.linalg.svd(average_reference)[2][:4], 4) == [0, 1, 2, 3]


def test_a_column_that_others_make_is_not_taken():
    columns = np.array([[2.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    assert most_different(columns, 2) == [0, 2]


def test_hum_in_all_channels_is_a_flat_source_of_its_own():
    sources = np.random.default_rng(3).laplace(size=(8, N_TIMES))
    sources[5] = np.sqrt(2) * np.sin(np.arange(N_TIMES) * 0.7)
    X, whitening = mixed(sources)
    Z = whitening.whiten_in_place(X, 8)
    start = channels_and_flat(Z, whitening.components, seed=1)
    assert len(flat_sources(Z)) == 1
    assert abs(np.corrcoef(start[0] @ Z, sources[5])[0, 1]) > 0.99
    np.testing.assert_allclose(start @ start.T, np.diag([FLAT_SCALE**2] + 7 * [PEAKED_SCALE**2]), atol=1e-9)


@pytest.mark.parametrize("n_flat", [0, 2])
def test_as_many_flat_sources_are_found_as_there_are(n_flat):
    rng = np.random.default_rng(4)
    sources = np.vstack((rng.laplace(size=(6, N_TIMES)), rng.uniform(-1, 1, size=(n_flat, N_TIMES))))
    X, whitening = mixed(sources)
    assert len(flat_sources(whitening.whiten_in_place(X, 6 + n_flat))) == n_flat


@given(st.integers(2, 12), st.integers(0, 99))
def test_in_few_samples_where_many_sources_look_flat_there_are_as_many_rows_as_components(n_components, seed):
    X, whitening = mixed(np.random.default_rng(seed).uniform(-1, 1, size=(n_components, 300)))
    start = channels_and_flat(whitening.whiten_in_place(X, n_components), whitening.components, seed=1)
    rows = start / np.linalg.norm(start, axis=1, keepdims=True)
    np.testing.assert_allclose(rows @ rows.T, np.eye(n_components), atol=1e-9)


def test_hum_among_many_nearly_gaussian_sources_is_a_source_when_the_fit_has_ended():
    rng = np.random.default_rng(5)
    sources = sum(rng.laplace(size=(40, N_TIMES)) for _ in range(4))
    sources[5] = np.sqrt(8) * np.sin(np.arange(N_TIMES) * 0.7)
    X, whitening = mixed(sources)
    Z = whitening.whiten_in_place(X, 40)
    start = channels_and_flat(Z, whitening.components, seed=1)
    found = staged_picard(Z, Goal(True, 1e-4), max_iterations=200, seed=1, start=start).W @ Z
    assert np.abs(np.corrcoef(found, sources[5])[-1, :-1]).max() > 0.99


def test_sources_start_at_the_size_that_the_model_expects():
    X, whitening = mixed(np.random.default_rng(6).laplace(size=(4, N_TIMES)))
    Z = whitening.whiten_in_place(X, 4)
    fitted = staged_picard(Z, Goal(True, 1e-6), max_iterations=200, seed=1).W
    start = channels_and_flat(Z, whitening.components, seed=1)
    np.testing.assert_allclose(np.linalg.norm(start, axis=1), np.linalg.norm(fitted, axis=1), rtol=0.03)
