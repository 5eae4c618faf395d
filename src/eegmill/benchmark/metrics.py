"""How well predictions agree with what is true, and what no knowledge at all would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..signal.types import Floats

Kind = Literal["classification", "regression"]
Labels = NDArray[Any]
"""What is to be predicted, (n_items,): class labels, or numbers."""


@dataclass(frozen=True)
class Predictions:
    """What a model said of items that it was not trained on.

    Parameters
    ----------
    true, predicted : array, shape (n_items,)
        Class labels, or numbers.
    decisions : array, shape (n_items,)
        Of two classes: the larger, the more the model is for the second one. Of numbers: the mean of the items that
        the model was trained on.
    """

    true: Labels
    predicted: Labels
    decisions: Floats

    def __getitem__(self, items: NDArray[Any]) -> Predictions:
        """The predictions of some items; one may stand several times."""
        return Predictions(self.true[items], self.predicted[items], self.decisions[items])


def balanced_accuracy(found: Predictions) -> float:
    """Mean over the classes of the share of their items that are recognised; ½ by chance with two."""
    classes, codes = np.unique(found.true, return_inverse=True)
    hits = np.bincount(codes, weights=found.predicted == found.true, minlength=len(classes))
    return float((hits / np.bincount(codes)).mean())


def roc_auc(found: Predictions) -> float:
    """How often an item of the second class has the larger decision value of two; ½ by chance, ties count half.

    Notes
    -----
    Source: Mann and Whitney 1947; Hanley and McNeil 1982.
    """
    from scipy.stats import rankdata

    classes = np.unique(found.true)
    if len(classes) != 2:
        return float("nan")
    second = found.true == classes[1]
    n_second, n_first = int(second.sum()), int((~second).sum())
    return float((rankdata(found.decisions)[second].sum() - n_second * (n_second + 1) / 2) / (n_first * n_second))


def r2(found: Predictions) -> float:
    """Share of the squared deviation from the training mean that is explained; 0 for who predicts that mean.

    The usual R² takes the mean of the test items, which nobody can know who predicts: with few subjects it is below 0
    for the best constant.

    Notes
    -----
    Source: Schüürmann et al. 2008, Q²(F1).
    """
    around = float(np.square(found.true - found.decisions).sum())
    return float("nan") if around == 0 else 1.0 - float(np.square(found.true - found.predicted).sum()) / around


def mae(found: Predictions) -> float:
    """Mean absolute error, in the unit of the target."""
    return float(np.abs(found.true - found.predicted).mean())


@dataclass(frozen=True)
class Metric:
    """One metric, and how to read it."""

    compute: Callable[[Predictions], float]
    kind: Kind
    sign: Literal[1, -1] = 1
    """-1: the smaller, the better."""

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.compute.__name__


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(roc_auc, "classification"),
        Metric(balanced_accuracy, "classification"),
        Metric(r2, "regression"),
        Metric(mae, "regression", -1),
    )
}


def metrics_for(kind: Kind, n_classes: int) -> tuple[Metric, ...]:
    """The metrics of a target, the one that counts first; a ROC curve needs two classes."""
    fitting = (metric for metric in METRICS.values() if metric.kind == kind)
    return tuple(metric for metric in fitting if metric.name != "roc_auc" or n_classes == 2)


def chance(metric: Metric, found: Predictions) -> float:
    """What a model gives that knows nothing; of an error: that of the training mean."""
    if metric.name == "mae":
        return float(np.abs(found.true - found.decisions).mean())
    return {"roc_auc": 0.5, "r2": 0.0}.get(metric.name, 1.0 / len(np.unique(found.true)))
