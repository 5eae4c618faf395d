"""How well two events are told apart: the benchmark's score, with a model that is fast enough for every universe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..benchmark.scoring import score
from ..benchmark.splits import Fold, Split, block_folds
from ..errors import ConfigurationError
from ..signal.types import Floats, Mask

LABELS = ("first", "second")
"""Of the two events, in the order of the alphabet: decision values of a score grow with the second."""
RELABELLINGS = 200
"""By which the error by chance is known to a twentieth."""


@dataclass(frozen=True)
class Decoded:
    """How well the trials of a recording were told apart; all NaN, with a note, where that cannot be said."""

    decisions: Floats
    """Above 0 for the first event. (n_trials,)"""
    score: float = np.nan
    """Area under the ROC curve, the mean over folds."""
    error: float = np.nan
    chance_error: float = np.nan
    """Standard error where decisions say nothing."""
    note: str = ""


def decoded(x: Floats, is_first: Mask, onsets_s: Floats, *, duration_s: float, split: Split) -> Decoded:
    """Score trials by `eegmill.benchmark.score`, tested in blocks of time by ridge regression on the others.

    The penalty is the number of features: the mean eigenvalue of the products of trials whose features are
    standardised, so that it counts as much as they do.

    Parameters
    ----------
    x : array, (n_trials, n_features)
    is_first : array of bool, (n_trials,)
    onsets_s : array, (n_trials,)
        When trials start.
    duration_s
        How long a trial is.
    """
    nothing = np.full(len(x), np.nan)
    if not x.size:
        return Decoded(nothing, note="decoding: there is no trial, or no good channel")
    try:
        found = score(
            x,
            np.where(is_first, *LABELS),
            np.full(len(x), "recording"),
            model={"ridge": {"penalty": float(x.shape[1])}},
            seed=0,  # nothing is drawn
            split=split,
            onsets_s=onsets_s,
            duration_s=duration_s,
            n_bootstrap=0,
        )
    except ConfigurationError as error:
        return Decoded(nothing, note=f"decoding: {error}")
    folds = block_folds(np.full(len(x), "recording"), onsets_s, duration_s, split)
    decisions = -np.array(found.decisions, dtype=float)
    own_error = float(
        np.sqrt(np.sum([auc(decisions[one.test], is_first[one.test])[1] ** 2 for one in folds])) / len(folds)
    )
    return Decoded(decisions, found.value, own_error, chance_error(x, is_first, folds))


def chance_error(x: Floats, is_first: Mask, folds: Sequence[Fold]) -> float:
    """Standard error of the score where decisions say nothing: over relabellings, within blocks.

    Models of several folds share trials that they learn from, so that folds are not independent: the error of the
    ranks alone (Mann and Whitney 1947) is a third too small. Ridge regression is linear in its labels, so that all
    relabellings cost little more than one; its classes are not weighted here.
    """
    rng = np.random.default_rng(0)
    codes = np.empty((len(x), RELABELLINGS))
    for fold in folds:
        own = np.repeat(np.where(is_first[fold.test], 1.0, -1.0)[:, None], RELABELLINGS, axis=1)
        codes[fold.test] = rng.permuted(own, axis=0)
    areas = [_areas(_by_ridge(x, fold, codes), codes[fold.test] > 0) for fold in folds]
    return float(np.std(np.mean(areas, axis=0), ddof=1))


def _by_ridge(x: Floats, fold: Fold, codes: Floats) -> Floats:
    """Decisions on tested trials, up to a constant, for each column of codes."""
    mean, scale = x[fold.train].mean(axis=0), x[fold.train].std(axis=0)
    z = (x - mean) / np.where(scale > 0, scale, 1.0)
    train = z[fold.train]
    own = codes[fold.train] - codes[fold.train].mean(axis=0)
    weights = np.linalg.solve(train @ train.T + x.shape[1] * np.eye(len(train)), own)
    return np.asarray(z[fold.test] @ (train.T @ weights))


def _areas(decisions: Floats, is_first: Mask) -> Floats:
    """Area under the ROC curve of each column."""
    from scipy.stats import rankdata

    n_first = is_first.sum(axis=0)
    above = np.sum(rankdata(decisions, axis=0) * is_first, axis=0) - n_first * (n_first + 1) / 2
    return np.asarray(above / (n_first * (len(is_first) - n_first)))


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
