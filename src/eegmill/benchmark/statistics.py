"""How sure a result is: intervals over subjects, differences between models, evidence of several datasets together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..signal.types import Floats, Ints

CONFIDENCE = 0.95
MAX_EXACT = 13
"""Up to so many subjects every change of signs is tried."""
N_RANDOM_SIGNS = 10_000
MIN_WILCOXON = 20
"""From so many subjects on, ranks are compared instead of sums, as in MOABB."""


def bootstrap_interval(
    statistic: Callable[[Ints], float], n: int, *, n_bootstrap: int, seed: int
) -> tuple[float, float] | None:
    """Percentile interval of 95 % of a statistic of ``n`` units, drawn with replacement.

    Parameters
    ----------
    statistic
        Takes indices of units, (n,); NaN where they do not allow it, which is left out.

    Returns
    -------
    tuple or None
        None where there are less than two units, or no draw allows it.

    Notes
    -----
    Source: Efron 1979. With few units it is too narrow: of 3, there are no more than 10 different draws.
    """
    if n < 2 or n_bootstrap < 1:
        return None
    generator = np.random.default_rng(seed)
    drawn = np.array([statistic(generator.integers(n, size=n)) for _ in range(n_bootstrap)])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return None
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def permutation_p(observed: float, others: Floats, *, exact: bool) -> float:
    """Share of relabelled statistics that are not below the observed one.

    Parameters
    ----------
    others : array, shape (n,)
        Exact: of every relabelling, the observed one among them. Else of random ones, and the observed one is counted
        besides, so that p is never 0.

    Notes
    -----
    Source: Phipson and Smyth 2010.
    """
    reached = int((others >= observed - 1e-12).sum())
    return reached / len(others) if exact else (reached + 1) / (len(others) + 1)


def standardised_mean_difference(differences: Floats) -> float:
    """Mean over standard deviation (ddof 1) of paired differences; infinite where all are the same and not 0.

    Notes
    -----
    Source: Cohen 1988, d_z; MOABB's ``smd``.
    """
    if len(differences) < 2:
        return float("nan")
    mean = float(differences.mean())
    if np.ptp(differences) == 0:
        return 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
    return mean / float(differences.std(ddof=1))


def paired_p(differences: Floats, *, seed: int) -> float:
    """One-sided p-value of paired differences being above 0: changes of signs, from 20 subjects on Wilcoxon's ranks.

    Notes
    -----
    Source: Fisher 1935; Wilcoxon 1945. Which of them is used when, and that p stays within (0, 1), is as in MOABB.
    """
    if len(differences) < 2:
        return float("nan")
    if len(differences) >= MIN_WILCOXON:
        return _wilcoxon_p(differences)
    exact = len(differences) <= MAX_EXACT
    if exact:
        signs = np.array(list(itertools.product([1.0, -1.0], repeat=len(differences))))
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(N_RANDOM_SIGNS, len(differences)))
        signs = np.concatenate([np.ones((1, len(differences))), signs])
    sums = signs @ differences
    dust = 1e-12 * float(np.abs(differences).sum())
    reached = int((sums >= sums[0] - dust).sum())
    return min(reached, len(signs) - 1) / len(signs)


def _wilcoxon_p(differences: Floats) -> float:
    from scipy.stats import wilcoxon

    if not differences.any():
        return 0.5
    p = float(wilcoxon(differences).pvalue) / 2
    p = 1 - p if differences.mean() < 0 else p
    return min(max(p, float(np.nextafter(0, 1))), float(np.nextafter(1, 0)))


@dataclass(frozen=True)
class Combined:
    """The evidence of several datasets together."""

    p_value: float
    smd: float
    n_datasets: int
    n_subjects: int


def combine(p_values: Sequence[float], smds: Sequence[float], n_subjects: Sequence[int]) -> Combined:
    """Stouffer's p-value and the mean effect over datasets, each weighted by the root of its number of subjects.

    Notes
    -----
    Source: Stouffer et al. 1949; Jayaram and Barachant 2018 (MOABB). One dataset gives its own values.
    """
    from scipy.stats import norm

    p, smd, n = (np.asarray(values, dtype=float) for values in (p_values, smds, n_subjects))
    weights = np.sqrt(n)
    z = float((weights * norm.isf(p)).sum() / np.sqrt(np.square(weights).sum()))
    return Combined(
        p_value=float(p[0]) if len(p) == 1 else float(norm.sf(z)),
        smd=float((weights / weights.sum() * smd).sum()),
        n_datasets=len(p),
        n_subjects=int(n.sum()),
    )
