"""A model tried on items: folds by the design, and predictions of what it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..errors import ConfigurationError, EegmillError
from ..signal.types import Floats, Ints
from .averages import Averages
from .items import Items
from .metrics import Kind, Labels, Predictions
from .models import Model
from .permutations import Exchangeable, exchangeable
from .splits import Fold, Split, block_folds, refuse_leaks, refuse_near, subject_folds

Design = Literal["within", "between", "blocks"]
"""``within``: each subject has all classes; ``between``: subjects differ in them; ``blocks``: stretches of time."""


class CannotLearn(EegmillError):
    """A model does not get on with the items that it is given."""


@dataclass(frozen=True)
class Trial:
    """A model and the items that it is tried on; labels are given, for they are exchanged."""

    items: Items
    model: Model
    kind: Kind
    split: Split
    seed: int

    @property
    def design(self) -> Design:
        """What has different labels: stretches of time, moments of a person, or persons."""
        if self.split.by == "blocks":
            return "blocks"
        return "within" if self.kind == "classification" and len(self.items.full_groups) > 1 else "between"

    def folds(self, y: Labels) -> tuple[Fold, ...]:
        """The folds; where subjects have one class each, they depend on the labels.

        Raises
        ------
        ConfigurationError
            If the split cannot be made.
        Leak
            If a subject, or a moment, would be on both sides.
        """
        items, split = self.items, self.split
        if split.by == "blocks":
            folds = block_folds(items.groups, items.onsets_s, items.duration_s, split)
            refuse_near(folds, items.groups, items.onsets_s, items.duration_s, split.gap_s)
        else:
            stratify = self.kind == "classification" and self.design == "between"
            folds = subject_folds(items.groups, y if stratify else None, split, seed=self.seed)
            refuse_leaks(folds, items.groups)
        if self.kind == "classification" and self.design != "within":
            _refuse_one_class(folds, y, items)
        return folds

    def predictions(self, y: Labels, folds: Sequence[Fold]) -> Predictions:
        """Predictions of every item by a model that was trained without its fold.

        Raises
        ------
        CannotLearn
            If the model fails.
        """
        predicted, decisions = y.copy(), np.full(len(y), np.nan)
        for fold in folds:
            train, x = y[fold.train], self.items.x[fold.test]
            try:
                fitted = self.model.estimator(self.kind, self.seed).fit(self.items.x[fold.train], train)
                predicted[fold.test] = fitted.predict(x)
                decisions[fold.test] = train.mean() if self.kind == "regression" else _decisions(fitted, x)
            except ValueError as error:  # numpy's linear algebra raises a kind of it, too
                msg = f"The model '{self.model.name}' cannot learn from these items: {' '.join(str(error).split())}"
                raise CannotLearn(msg) from error
        return Predictions(y, predicted, decisions)

    def averages(self, folds: Sequence[Fold]) -> Averages:
        """Of which items a metric is computed."""
        fold_of, subjects = fold_of_items(folds, len(self.items.y)), _codes(self.items.groups)
        drawn = fold_of if self.design == "blocks" and not subjects.any() else subjects
        if self.kind == "regression":
            return Averages(np.zeros_like(fold_of), np.zeros_like(fold_of), drawn)
        if self.design == "blocks":
            return Averages(fold_of, subjects, drawn)
        if self.design == "within":
            scored = np.isin(self.items.groups, self.items.full_groups)
            return Averages(np.where(scored, subjects, -1), subjects, drawn)
        return Averages(fold_of, np.zeros_like(fold_of), drawn)

    def exchangeable(self, folds: Sequence[Fold]) -> Exchangeable:
        """Labels that may take each other's place: within a subject, or within a block of time."""
        if self.split.by == "blocks":
            fold_of = fold_of_items(folds, len(self.items.y))
            return exchangeable(self.items.y, np.arange(len(fold_of)), fold_of)
        return exchangeable(self.items.y, self.items.units, self.items.groups)


def _refuse_one_class(folds: Sequence[Fold], y: Labels, items: Items) -> None:
    n_classes = len(np.unique(y))
    for number, fold in enumerate(folds, start=1):
        for part, doing in ((fold.test, "tests"), (fold.train, "learns from")):
            present = np.unique(y[part])
            if len(present) < n_classes:
                who = ", ".join(np.unique(items.groups[fold.test])[:3].tolist())
                msg = (
                    f"Fold {number} ({who}) {doing} items of '{present[0]}' alone, and no score can be made of that: "
                    "set a smaller 'n_folds'."
                )
                raise ConfigurationError(msg)


def fold_of_items(folds: Sequence[Fold], n_items: int) -> Ints:
    """The index of the fold in which each item is tested, (n_items,)."""
    fold_of = np.full(n_items, -1, dtype=np.int64)
    for number, fold in enumerate(folds):
        fold_of[fold.test] = number
    return fold_of


def _codes(names: Labels) -> Ints:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _decisions(fitted: Any, x: Floats) -> Floats:
    """How much a classifier is for the second of two classes; NaN where there are more."""
    if len(fitted.classes_) != 2:
        return np.full(len(x), np.nan)
    found = fitted.decision_function(x) if hasattr(fitted, "decision_function") else fitted.predict_proba(x)[:, 1]
    return np.asarray(found, dtype=np.float64)
