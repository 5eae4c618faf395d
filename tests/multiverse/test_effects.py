"""Effects of choices: the transform, least squares, and what was planted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eegmill.multiverse.effects import _fitted, effects_of, walsh_hadamard

FINITE = st.floats(-1e3, 1e3, allow_nan=False, width=32)


def grid(*n_ways: int) -> np.ndarray:
    return np.array(list(itertools.product(*(range(n) for n in n_ways))), dtype=np.int64)


@given(k=st.integers(1, 6), data=st.data())
def test_the_transform_is_the_product_with_the_hadamard_matrix(k: int, data: st.DataObject) -> None:
    results = data.draw(arrays(float, 2**k, elements=FINITE))
    matrix = np.ones((1, 1))
    for _ in range(k):
        matrix = np.kron(np.array([[1, 1], [-1, 1]]), matrix)
    expected = matrix @ results * 2 / 2**k
    expected[0] /= 2
    np.testing.assert_allclose(walsh_hadamard(results), expected, atol=1e-9)


@given(k=st.integers(2, 5), data=st.data())
def test_transform_and_least_squares_agree_on_a_full_factorial(k: int, data: st.DataObject) -> None:
    results = data.draw(arrays(float, 2**k, elements=FINITE))
    levels = grid(*[2] * k)
    transformed, fitted = effects_of(levels, results), _fitted(levels, results, range(k))
    assert [one.term for one in transformed.effects] == [one.term for one in fitted.effects]
    for one, other in zip(transformed.effects, fitted.effects, strict=True):
        assert one.size == pytest.approx(other.size, abs=1e-8)
        assert one.share == pytest.approx(other.share, abs=1e-6)
    assert transformed.rest == pytest.approx(fitted.rest, abs=1e-6)


def test_planted_effects_of_two_way_choices_are_found() -> None:
    levels = grid(2, 2, 2, 2)
    a, b, c, _ = levels.T
    found = effects_of(levels, 10 + 3 * a - 1 * b + 4 * a * c)
    sizes = {one.term: one.size for one in found.effects}
    # 4 a c adds 2 to the mean effect of each, and half of 4 to their interaction.
    expected = {(0,): 5.0, (1,): -1.0, (2,): 2.0, (3,): 0.0, (0, 2): 2.0}
    assert {term: sizes[term] for term in expected} == pytest.approx(expected)
    assert found.rest == pytest.approx(0.0)
    assert sum(one.share for one in found.effects) == pytest.approx(1.0)


def test_planted_effects_of_a_choice_among_three_are_found() -> None:
    levels = grid(3, 2)
    found = effects_of(levels, np.array([0.0, 2.0, 7.0])[levels[:, 0]] + 1.5 * levels[:, 1])
    sizes = {(one.term, one.levels): one.size for one in found.effects}
    assert sizes[(0,), (1,)] == pytest.approx(2.0)
    assert sizes[(0,), (2,)] == pytest.approx(7.0)
    assert sizes[(1,), (1,)] == pytest.approx(1.5)
    assert sizes[(0, 1), (2, 1)] == pytest.approx(0.0)


@given(missing=st.sets(st.integers(0, 31), max_size=4))
def test_planted_effects_are_found_though_some_combinations_are_missing(missing: set[int]) -> None:
    levels = grid(2, 2, 2, 2, 2)
    results = 1.0 + 2.0 * levels[:, 1] - 3.0 * levels[:, 4]
    results[list(missing)] = np.nan
    found = effects_of(levels, results)
    sizes = {one.term: one.size for one in found.effects if len(one.term) == 1}
    assert sizes == pytest.approx({(0,): 0, (1,): 2, (2,): 0, (3,): 0, (4,): -3}, abs=1e-9)


def test_three_choices_together_are_what_is_left() -> None:
    levels = grid(2, 2, 2)
    signs = np.where(levels.sum(axis=1) % 2, 1.0, -1.0)
    found = effects_of(levels, signs)
    assert found.rest == pytest.approx(1.0)
    assert all(one.size == pytest.approx(0.0) for one in found.effects)


def test_what_cannot_be_told_apart_is_left_out_and_said() -> None:
    found = effects_of(np.array([[0, 0], [1, 1]]), np.array([1.0, 2.0]))
    assert [one.term for one in found.effects] == [(0,)]
    assert found.left_out == ((1,), (0, 1))


def test_a_pair_whose_combinations_are_missing_costs_no_other_pair() -> None:
    levels = grid(2, 3, 2)
    without = levels[(levels[:, 0] == 0) | (levels[:, 1] != 2)]
    found = effects_of(without, 2.0 * without[:, 2] + 3.0 * without[:, 0] * without[:, 2])
    assert found.left_out == ((0, 1),)
    assert {one.term: one.size for one in found.effects if len(one.levels) == 2}[0, 2] == pytest.approx(1.5)


def test_equal_results_have_no_effects() -> None:
    found = effects_of(grid(2, 2), np.full(4, 3.0))
    assert [one.size for one in found.effects] == [0.0, 0.0, 0.0]
    assert [one.share for one in found.effects] == [0.0, 0.0, 0.0]
    assert found.rest == 0.0


def test_differences_of_rounding_are_no_effects() -> None:
    found = effects_of(grid(2, 2), 3.0 + np.array([0.0, 1e-15, 0.0, 1e-15]))
    assert [one.share for one in found.effects] == [0.0, 0.0, 0.0]


def test_results_of_no_factorial_are_refused_by_the_transform() -> None:
    with pytest.raises(ValueError, match="6 results"):
        walsh_hadamard(np.zeros(6))
