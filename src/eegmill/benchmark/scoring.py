"""The score of one model on one set of labelled items: pure, so that whoever has X, y and groups can use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ConfigurationError
from ..machine import single_threaded
from ..models import Frozen
from ..signal.types import Floats
from .averages import Averages
from .items import Items, checked_items
from .metrics import Kind, Metric, Predictions, chance, metrics_for
from .models import Model, model_of
from .permutations import Exchangeable
from .splits import Fold, Split
from .statistics import permutation_p
from .trial import Design, Trial, fold_of_items


class FoldScore(Frozen):
    """What one fold gave."""

    fold: int
    """From 1."""
    tested: tuple[str, ...]
    """Groups that were tested."""
    n_train: int
    n_test: int
    values: dict[str, float | None]
    """By metric; None where the fold does not allow it: a ROC curve needs both classes."""


class Measured(Frozen):
    """One metric over all folds, and how sure it is."""

    metric: str
    value: float
    chance: float
    """What a model gives that knows nothing."""
    low: float | None = None
    """Of the interval of 95 %; None where there is nothing to draw from."""
    high: float | None = None
    p_value: float | None = None
    """How often labels without meaning give this or better; None where it was not asked for."""
    of_groups: dict[str, float] = {}
    """The metric of each subject, where subjects have all classes."""


class Scores(Frozen):
    """What a model scored.

    ``measured`` has the metric that counts first. ``predicted`` and ``decisions`` are of the items in their order:
    each is tested once.
    """

    model: str
    kind: Kind
    seed: int
    design: Design
    over: Literal["subjects", "blocks"]
    """What the interval is drawn over."""
    classes: tuple[str, ...]
    n_items: int
    n_groups: int
    n_units: int
    """How many independent bearers of a label there are."""
    measured: tuple[Measured, ...]
    folds: tuple[FoldScore, ...]
    predicted: tuple[str, ...] | tuple[float, ...]
    fold_of_item: tuple[int, ...]
    """Number of the fold in which each item was tested."""
    decisions: tuple[float | None, ...]
    """Of two classes: the larger, the more for the second one; None where there are more. Of numbers: the mean of what
    the model was trained on."""
    n_relabellings: int = 0
    """How often labels were exchanged for the p-value."""
    exact: bool = False
    """Whether that was every way there is, the given one included."""
    least_p: float | None = None
    """The smallest p-value that so many relabellings can give."""

    @property
    def value(self) -> float:
        """The metric that counts."""
        return self.measured[0].value


def score(
    x: ArrayLike,
    y: ArrayLike,
    groups: ArrayLike,
    *,
    model: Model | str | Mapping[str, Any],
    seed: int,
    kind: Kind = "classification",
    split: Split = Split(),  # noqa: B008 - frozen
    units: ArrayLike | None = None,
    onsets_s: ArrayLike | None = None,
    duration_s: float = 0.0,
    n_bootstrap: int = 1000,
    n_permutations: int = 0,
) -> Scores:
    """Score a model on items that it was not trained on.

    Parameters
    ----------
    x : array, shape (n_items, n_features) or (n_items, n_channels, n_times)
        Features, or signals in volts, as the model takes them.
    y : array, shape (n_items,)
        Class labels, or numbers for a regression.
    groups : array, shape (n_items,)
        Whom each item belongs to; with a split by blocks: its recording.
    model
        A model, its name, or its name with parameters.
    seed
        Of the model, of how groups come together, of bootstrap and permutations.
    units : array, shape (n_items,), optional
        What bears a label of its own. Windows of a recording that has one label are not independent: their unit is the
        recording. By default each item.
    onsets_s, duration_s
        When items start, on the clock of their group, and how long they are: a split by blocks needs them.
    n_bootstrap, n_permutations
        How many draws; with 0 there is no interval, no p-value. Where there are no more than ``n_permutations`` ways to
        exchange labels, every one is tried.

    Returns
    -------
    Scores
        The same for the same arguments and libraries, bit for bit.

    Raises
    ------
    ConfigurationError
        If the model does not take such items, or the split cannot be made.
    Leak
        If a subject, or a moment, would be on both sides.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.repeat([[0.0], [1.0]], 4, axis=0)
    >>> found = score(x, ["a"] * 4 + ["b"] * 4, [1, 2, 3, 4] * 2, model="logistic", seed=0)
    >>> found.measured[0].metric, found.value
    ('roc_auc', 1.0)
    """
    items = checked_items(x, y, groups, kind=kind, units=units, onsets_s=onsets_s, duration_s=duration_s)
    chosen = model_of(model)
    _refuse_unfit(chosen, items, kind)
    if split.by == "blocks" and (onsets_s is None or duration_s <= 0):
        msg = "A split by blocks needs 'onsets_s' and 'duration_s': when items start, and how long they are."
        raise ConfigurationError(msg)
    with single_threaded():
        return _scored(Trial(items, chosen, kind, split, seed), n_bootstrap, n_permutations)


def _refuse_unfit(model: Model, items: Items, kind: Kind) -> None:
    takes = "features" if items.x.ndim == 2 else "signal"
    if takes not in model.takes:
        msg = f"The model '{model.name}' takes {' or '.join(model.takes)}, and the items are {takes} {items.x.shape}."
        raise ConfigurationError(msg)
    if kind not in model.kinds:
        msg = f"The model '{model.name}' does {' or '.join(model.kinds)}, and this is a {kind}."
        raise ConfigurationError(msg)


def _scored(trial: Trial, n_bootstrap: int, n_permutations: int) -> Scores:
    items = trial.items
    folds = trial.folds(items.y)
    found = trial.predictions(items.y, folds)
    metrics = metrics_for(trial.kind, len(np.unique(items.y)))
    ways = trial.exchangeable(folds)
    chances = _relabelled(trial, ways, metrics, n_permutations)
    measuring = _Measuring(trial, found, trial.averages(folds), chances, n_bootstrap)
    return Scores(
        model=trial.model.name,
        kind=trial.kind,
        seed=trial.seed,
        design=trial.design,
        over="blocks" if trial.design == "blocks" and len(items.names) == 1 else "subjects",
        classes=() if trial.kind == "regression" else tuple(np.unique(items.y).tolist()),
        n_items=len(items.y),
        n_groups=len(items.names),
        n_units=len(ways.labels),
        measured=tuple(measuring.of(metric) for metric in metrics),
        folds=tuple(_fold_score(k, fold, found, items, metrics) for k, fold in enumerate(folds, start=1)),
        predicted=tuple(found.predicted.tolist()),
        fold_of_item=tuple((fold_of_items(folds, len(items.y)) + 1).tolist()),
        decisions=tuple(value if np.isfinite(value) else None for value in found.decisions.tolist()),
        n_relabellings=chances.n,
        exact=chances.exact,
        least_p=(ways.least_p if chances.exact else 1 / (chances.n + 1)) if chances.n else None,
    )


@dataclass(frozen=True)
class _Relabelled:
    """What each metric is with exchanged labels, the larger the better, by its name."""

    values: Mapping[str, Floats]
    exact: bool

    @property
    def n(self) -> int:
        """How often labels were exchanged."""
        return len(next(iter(self.values.values()), ()))


def _relabelled(trial: Trial, ways: Exchangeable, metrics: Sequence[Metric], n_permutations: int) -> _Relabelled:
    """Everything again, folds included, with exchanged labels; nothing where there is one way alone."""
    if n_permutations < 1 or ways.count < 2:
        return _Relabelled({}, exact=False)
    exact = ways.count <= n_permutations
    rows = []
    for y in ways.every() if exact else ways.random(n_permutations, seed=trial.seed):
        folds = trial.folds(y)
        found, averages = trial.predictions(y, folds), trial.averages(folds)
        rows.append([metric.sign * averages.value(metric, found) for metric in metrics])
    columns = zip(metrics, np.array(rows).T, strict=True)
    return _Relabelled({metric.name: values for metric, values in columns}, exact=exact)


@dataclass(frozen=True)
class _Measuring:
    """Predictions, and what is needed to say how good they are."""

    trial: Trial
    found: Predictions
    averages: Averages
    relabelled: _Relabelled
    n_bootstrap: int

    def of(self, metric: Metric) -> Measured:
        """One metric, its interval and its p-value."""
        value = self.averages.value(metric, self.found)
        interval = self.averages.interval(metric, self.found, n_bootstrap=self.n_bootstrap, seed=self.trial.seed) or (
            None,
            None,
        )
        others = self.relabelled.values.get(metric.name)
        exact = self.relabelled.exact
        return Measured(
            metric=metric.name,
            value=value,
            chance=chance(metric, self.found),
            low=interval[0],
            high=interval[1],
            p_value=None if others is None else permutation_p(metric.sign * value, others, exact=exact),
            of_groups=self._of_groups(metric),
        )

    def _of_groups(self, metric: Metric) -> dict[str, float]:
        if self.trial.kind == "regression" or self.trial.design == "between":
            return {}
        names = self.trial.items.full_groups
        return dict(zip(names, self.averages.of_parents(metric, self.found).tolist(), strict=True))


def _fold_score(number: int, fold: Fold, found: Predictions, items: Items, metrics: Sequence[Metric]) -> FoldScore:
    part = found[fold.test]
    values = {metric.name: metric.compute(part) for metric in metrics}
    return FoldScore(
        fold=number,
        tested=tuple(np.unique(items.groups[fold.test]).tolist()),
        n_train=len(fold.train),
        n_test=len(fold.test),
        values={name: value if np.isfinite(value) else None for name, value in values.items()},
    )
