"""A classifier of trials that is fast enough to be fitted in every universe: ridge regression on the class."""

from __future__ import annotations

import numpy as np

from ..signal.types import Floats, Ints, Mask


def decoded(x: Floats, is_first: Mask, *, folds: int) -> Floats:
    """Decisions for trials by a classifier that was fitted without the fold that they are in.

    Folds are stretches of consecutive trials of each class, so that neighbours in time are rarely on both sides. The
    classifier is ridge regression on the class, with codes that make it a linear discriminant, a threshold half-way
    between the class means, and the mean eigenvalue of the covariance added to its diagonal.

    Parameters
    ----------
    x : array, (n_trials, n_features)
    is_first : array of bool, (n_trials,)

    Returns
    -------
    array, (n_trials,)
        Above 0 for the first class; NaN if a class has fewer trials than there are folds, or if there is no feature.
    """
    decisions = np.full(len(x), np.nan)
    if not x.shape[1] or min(is_first.sum(), (~is_first).sum()) < folds:
        return decisions
    fold = _folds(is_first, folds)
    gram = x @ x.T
    for number in range(folds):
        test, train = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        decisions[test] = _by_ridge(gram, train, test, is_first)
    return decisions


def _folds(is_first: Mask, folds: int) -> Ints:
    """The fold of each trial: each class is parted in order."""
    fold = np.zeros(len(is_first), dtype=np.int64)
    for own in (is_first, ~is_first):
        fold[own] = np.arange(own.sum()) * folds // own.sum()
    return fold


def _by_ridge(gram: Floats, train: Ints, test: Ints, is_first: Mask) -> Floats:
    """Ridge regression in its dual form: as many unknowns as trials, however many features there are."""
    first = is_first[train]
    n, n_first = len(train), int(first.sum())
    codes = np.where(first, n / n_first, -n / (n - n_first))
    k = gram[np.ix_(train, train)]
    row_means = k.mean(axis=1)
    centred = k - row_means[:, None] - row_means[None, :] + k.mean()
    ridge = max(np.trace(centred) / n, np.finfo(float).tiny)
    weights = np.linalg.solve(centred + ridge * np.eye(n), codes)
    own = centred @ weights
    across = gram[np.ix_(test, train)] - row_means[None, :]
    across = across - gram[np.ix_(test, train)].mean(axis=1)[:, None] + k.mean()
    threshold = (own[first].mean() + own[~first].mean()) / 2
    return np.asarray(across @ weights - threshold)


def auc(decisions: Floats, is_first: Mask) -> tuple[float, float]:
    """Area under the ROC curve and its standard error; NaN where a class is missing or a decision is not finite.

    Formula: the share of pairs of trials, one of each class, that are in the right order, ties counted half.

    Source: Hanley JA, McNeil BJ. Radiology 1982;143(1):29-36, doi:10.1148/radiology.143.1.7063747.
    """
    from scipy.stats import rankdata

    n_first, n_second = int(is_first.sum()), int((~is_first).sum())
    if not n_first or not n_second or not np.isfinite(decisions).all():
        return np.nan, np.nan
    ranks = rankdata(decisions)
    area = float((ranks[is_first].sum() - n_first * (n_first + 1) / 2) / (n_first * n_second))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (n_first - 1) * (q1 - area**2) + (n_second - 1) * (q2 - area**2)
    return area, float(np.sqrt(max(variance, 0.0) / (n_first * n_second)))


def chance_error(is_first: Mask) -> float:
    """Standard error of the area under the ROC curve where decisions say nothing: that of Mann and Whitney's statistic.

    Source: Mann HB, Whitney DR. Ann Math Stat 1947;18(1):50-60.
    """
    n_first, n_second = int(is_first.sum()), int((~is_first).sum())
    return float(np.sqrt((n_first + n_second + 1) / (12 * n_first * n_second))) if n_first and n_second else np.nan
