"""How much each choice changes a result: effects of single choices, and of two together beyond both alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..signal.types import Floats, Ints

MAX_ORDER = 2
ROUNDING = 1e-12
"""Results that differ by less, relative to their size, are equal."""
Term = tuple[int, ...]
"""Indices of choices: one, or two that work together."""


@dataclass(frozen=True)
class Effect:
    """What a way does, or two ways together, compared with the recipe's own."""

    term: Term
    levels: tuple[int, ...]
    """The way of each choice of the term, by its index; never 0, the recipe's own."""
    size: float
    """Of one choice: mean result with this way less mean result with the recipe's own. Of two: half of how much the
    effect of the one depends on the other."""
    share: float
    """Of the variance of the results that the whole term explains."""


@dataclass(frozen=True)
class Effects:
    """The effects on one measure."""

    effects: tuple[Effect, ...]
    rest: float
    """Share of the variance that is left for three and more choices together."""
    left_out: tuple[Term, ...] = ()
    """Terms that cannot be told from the others, because too many combinations are missing."""


def walsh_hadamard(results: Floats) -> Floats:
    """Mean result, and the effect of every set of two-level choices.

    Parameters
    ----------
    results : array, (2**k,)
        By combination: choice i of k is at its second level where bit k - 1 - i of the index is set.

    Returns
    -------
    array, (2**k,)
        By set, in the same bits. Of no choice: the mean. Of one: the mean at its second level less that at its first.
        Of two: half the difference of the effect of the one between the levels of the other; and so on.

    References
    ----------
    Yates F. The design and analysis of factorial experiments. Imperial Bureau of Soil Science, Technical Communication
    35, 1937.
    """
    contrasts = np.array(results, dtype=np.float64)
    n, half = len(contrasts), 1
    if n & (n - 1):
        msg = f"{n} results are no full factorial of choices between two"
        raise ValueError(msg)
    while half < n:
        pairs = contrasts.reshape(-1, 2, half)
        contrasts = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 1] - pairs[:, 0]], axis=1).reshape(n)
        half *= 2
    contrasts *= 2 / n
    contrasts[0] /= 2
    return contrasts


def effects_of(levels: Ints, results: Floats) -> Effects:
    """Effects of choices, and of pairs of them, on a result.

    A full factorial of choices between two is transformed (Walsh-Hadamard). Everything else, more ways or combinations
    that are missing, is fitted by least squares with codes that sum to zero; where all is there, both are equal.

    Parameters
    ----------
    levels : array of int, (n_universes, n_choices)
        The way taken at each choice, by its index; 0 is the recipe's own.
    results : array, (n_universes,)
        NaN where there is none.
    """
    known = np.isfinite(results)
    levels, results = levels[known], results[known]
    varied = [choice for choice in range(levels.shape[1]) if len(np.unique(levels[:, choice])) > 1]
    if len(results) < 2 or not varied:
        return Effects((), 0.0)
    if np.ptp(results) <= ROUNDING * np.abs(results).max():
        results = np.full(len(results), results.mean())
    if _is_full_factorial(levels[:, varied]):
        return _transformed(levels, results, varied)
    return _fitted(levels, results, varied)


def _is_full_factorial(levels: Ints) -> bool:
    n_universes, n_choices = levels.shape
    return (
        all(set(np.unique(levels[:, choice])) == {0, levels[:, choice].max()} for choice in range(n_choices))
        and n_universes == 2**n_choices
        and len(np.unique(levels, axis=0)) == n_universes
    )


def _transformed(levels: Ints, results: Floats, varied: Sequence[int]) -> Effects:
    order = np.lexsort(levels[:, varied[::-1]].T)
    contrasts = walsh_hadamard(results[order])
    total = float(np.sum(contrasts[1:] ** 2)) or 1.0
    high = levels.max(axis=0)
    effects, explained = [], 0.0
    for term in _terms(varied):
        bits = sum(1 << (len(varied) - 1 - varied.index(choice)) for choice in term)
        share = float(contrasts[bits] ** 2) / total
        explained += share
        effects.append(Effect(term, tuple(int(high[choice]) for choice in term), float(contrasts[bits]), share))
    return Effects(tuple(effects), max(0.0, 1.0 - explained) if np.ptp(results) else 0.0)


def _fitted(levels: Ints, results: Floats, varied: Sequence[int]) -> Effects:
    """Least squares, without the terms that the combinations that are there cannot tell from those before."""
    design, columns, left_out = np.ones((len(results), 1)), dict[Term, Floats](), []
    for term in _terms(varied):
        own = _columns(levels, term)
        wider = np.concatenate([design, own], axis=1)
        if np.linalg.matrix_rank(wider.T @ wider, hermitian=True) == wider.shape[1]:
            design, columns[term] = wider, own
        else:
            left_out.append(term)
    return _effects_of_fit(design, columns, levels, results, tuple(left_out))


def _effects_of_fit(
    design: Floats, columns: dict[Term, Floats], levels: Ints, results: Floats, left_out: tuple[Term, ...]
) -> Effects:
    weights, left = _least_squares(design, results)
    total = float(np.sum((results - results.mean()) ** 2)) or 1.0
    effects, start = [], 1
    for term, own in columns.items():
        stop = start + own.shape[1]
        without = _least_squares(np.delete(design, range(start, stop), axis=1), results)[1]
        share = max(0.0, without - left) / total
        ways = [_ways(levels, choice) for choice in term]
        table = _full(weights[start:stop].reshape([len(way) - 1 for way in ways]))
        for indices in itertools.product(*(range(1, len(way)) for way in ways)):
            taken = tuple(int(way[index]) for way, index in zip(ways, indices, strict=True))
            effects.append(Effect(term, taken, _contrast(table, indices), share))
        start = stop
    return Effects(tuple(effects), left / total, left_out)


def _least_squares(design: Floats, results: Floats) -> tuple[Floats, float]:
    """Weights, and the sum of squares that is left."""
    weights = np.linalg.lstsq(design, results, rcond=None)[0]
    return np.asarray(weights, dtype=np.float64), float(np.sum((results - design @ weights) ** 2))


def _columns(levels: Ints, term: Term) -> Floats:
    """Codes of a term, (n_universes, n_columns): a column a way, -1 for the first; of two the products."""
    product = np.ones((len(levels), 1))
    for choice in term:
        ways = _ways(levels, choice)
        codes = (levels[:, [choice]] == ways[1:]).astype(float) - (levels[:, [choice]] == ways[0])
        product = (product[:, :, None] * codes[:, None, :]).reshape(len(levels), -1)
    return product


def _ways(levels: Ints, choice: int) -> Ints:
    return np.unique(levels[:, choice])


def _full(weights: Floats) -> Floats:
    """Weights with those of the first ways, which follow as all sum to zero along each choice."""
    for axis in range(weights.ndim):
        weights = np.concatenate([-weights.sum(axis=axis, keepdims=True), weights], axis=axis)
    return weights


def _contrast(table: Floats, indices: tuple[int, ...]) -> float:
    """Against the first ways: a difference, or half the difference of differences."""
    if table.ndim == 1:
        return float(table[indices[0]] - table[0])
    i, j = indices
    return float(table[i, j] - table[i, 0] - table[0, j] + table[0, 0]) / 2


def _terms(varied: Sequence[int]) -> list[Term]:
    return [term for order in range(1, MAX_ORDER + 1) for term in itertools.combinations(varied, order)]
