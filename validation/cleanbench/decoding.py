"""How well targets are told from standards in single trials, with splits that leak nothing.

Folds are stretches of the recording, so that neighbouring trials, which share slow activity, are never on both sides; a trial at an
end of the stretch that is tested is left out of training for the same reason. All that is fitted is fitted within the fold. (What the
pipelines themselves fit, they fit without the labels.)
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.exchange import Samples
from validation.cleanbench.trials import Trials

FOLDS = 5
WINDOWS_S = tuple((round(0.1 + 0.05 * i, 2), round(0.15 + 0.05 * i, 2)) for i in range(10))


def decoded_auc(trials: Trials, targets: NDArray[np.bool_]) -> float:
    """Area under the ROC curve of a linear discriminant with Ledoit and Wolf's shrinkage, mean over folds."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = features(trials), targets[trials.kept]
    found = []
    for train, test in stretches(len(y), FOLDS):
        if len(set(y[train])) < 2 or len(set(y[test])) < 2:
            continue
        model = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"))
        model.fit(x[train], y[train])
        found.append(roc_auc_score(y[test], model.decision_function(x[test])))
    return float(np.mean(found)) if found else 0.5


def features(trials: Trials) -> Samples:
    """Means of every channel in ten windows, in µV, shape (n_kept, n_features)."""
    means = [trials.data[:, :, trials.within(window)].mean(axis=2) for window in WINDOWS_S]
    return np.asarray(1e6 * np.concatenate(means, axis=1))


def stretches(count: int, folds: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Training and test trials of each fold: the test is one stretch, and its neighbours are in neither.

    Examples
    --------
    >>> [(list(map(int, train)), list(map(int, test))) for train, test in stretches(6, 3)]
    [([3, 4, 5], [0, 1]), ([0, 5], [2, 3]), ([0, 1, 2], [4, 5])]
    """
    edges = np.linspace(0, count, folds + 1).round().astype(int)
    order = np.arange(count)
    return [(order[(order < start - 1) | (order > stop)], order[start:stop]) for start, stop in pairwise(edges)]
