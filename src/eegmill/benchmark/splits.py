"""What is trained on and what is tested: never the same person, never the same stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..errors import ConfigurationError
from ..models import Frozen
from ..signal.types import Floats, Ints

MAX_LEFT_OUT_ONE_BY_ONE = 20
"""Up to so many groups each is a fold of its own, unless the configuration says otherwise."""
DEFAULT_FOLDS = 5

Names = NDArray[Any]


class Leak(ConfigurationError):
    """A split would let a model be tested on what it was trained on."""


class Split(Frozen):
    """How items are divided into what is trained on and what is tested."""

    by: Literal["subjects", "blocks"] = Field(
        default="subjects",
        description="`subjects`: tested on people never seen; `blocks`: on other stretches of time of the same person",
    )
    n_folds: int | None = Field(
        default=None,
        ge=2,
        description="number of folds; null: each subject is one (up to 20 of them, else 5 folds), or 5 blocks",
    )
    gap_s: float = Field(
        default=2.0, ge=0, description="`blocks`: items nearer than this to what is tested are not trained on"
    )


@dataclass(frozen=True)
class Fold:
    """Indices of items, sorted."""

    train: Ints
    test: Ints


def subject_folds(groups: Names, y: Names | None, split: Split, *, seed: int) -> tuple[Fold, ...]:
    """Folds of whole groups.

    Parameters
    ----------
    groups : array, shape (n_items,)
        Whom each item belongs to.
    y : array, shape (n_items,), or None
        Class labels. Where each group has one label alone, every fold holds groups of all classes; None: not sought.
    seed
        Which groups come together, where a fold has several.

    Raises
    ------
    ConfigurationError
        If there are too few groups.
    """
    names = np.unique(groups)
    labels = _labels_of_groups(names, groups, y)
    n_folds = _number_of_folds(len(names), labels, split)
    order = np.arange(len(names))
    if n_folds < len(names):
        order = np.random.default_rng(seed).permutation(len(names))
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]  # dealt out class by class, so that each fold has all
    fold_of = dict(zip(names[order], np.arange(len(names)) % n_folds, strict=True))
    fold = np.array([fold_of[group] for group in groups])
    return tuple(_fold(fold != k, fold == k) for k in range(n_folds))


def _labels_of_groups(names: Names, groups: Names, y: Names | None) -> Names | None:
    """The label of each group, if each has one alone."""
    if y is None:
        return None
    found = [np.unique(y[groups == name]) for name in names]
    return np.array([one[0] for one in found]) if all(len(one) == 1 for one in found) else None


def _number_of_folds(n_groups: int, labels: Names | None, split: Split) -> int:
    if n_groups < 2:
        msg = (
            f"A split by subjects needs two of them, and there is {n_groups}. Within one person, use "
            "'splits: {by: blocks}': it says something of this person alone."
        )
        raise ConfigurationError(msg)
    if labels is None:
        few = n_groups if n_groups <= MAX_LEFT_OUT_ONE_BY_ONE else DEFAULT_FOLDS
        return min(split.n_folds or few, n_groups)
    counts = dict(zip(*(part.tolist() for part in np.unique(labels, return_counts=True)), strict=True))
    rarest: int = min(counts.values())
    if len(counts) < 2 or rarest < 2:
        listed = ", ".join(f"{count} of '{label}'" for label, count in [*counts.items()][:6])
        msg = f"Each class needs two subjects, one to learn from and one to be tested; there are {listed}."
        raise ConfigurationError(msg)
    return min(split.n_folds or DEFAULT_FOLDS, rarest)


def block_folds(groups: Names, onsets_s: Floats, duration_s: float, split: Split) -> tuple[Fold, ...]:
    """Folds within each group: blocks of successive items, of which one after the other is tested.

    Neighbours in time look alike, so items nearer than the gap to a tested one are not trained on.

    Parameters
    ----------
    groups : array, shape (n_items,)
        Recordings: time runs within each.
    onsets_s : array, shape (n_items,)
        When each item starts, on the clock of its group.
    duration_s
        How long an item is.

    Raises
    ------
    ConfigurationError
        If a group has fewer items than blocks, or a fold has nothing left to learn from.
    """
    n_blocks = split.n_folds or DEFAULT_FOLDS
    folds = []
    for name in np.unique(groups):
        items = np.flatnonzero(groups == name)
        items = items[np.argsort(onsets_s[items], kind="stable")]
        if len(items) < n_blocks:
            msg = f"'{name}' has {len(items)} items, too few for {n_blocks} blocks: set a smaller 'n_folds'."
            raise ConfigurationError(msg)
        folds += [_block(items, test, onsets_s, duration_s, split.gap_s) for test in np.array_split(items, n_blocks)]
    return tuple(folds)


def _block(items: Ints, test: Ints, onsets_s: Floats, duration_s: float, gap_s: float) -> Fold:
    first, last = onsets_s[test].min(), onsets_s[test].max() + duration_s
    onsets = onsets_s[items]
    far = (onsets + duration_s + gap_s <= first) | (onsets >= last + gap_s)
    if not far.any():
        msg = f"A gap of {gap_s:g} s leaves nothing to learn from: set a smaller 'gap_s', or more folds."
        raise ConfigurationError(msg)
    return Fold(np.sort(items[far]), np.sort(test))


def refuse_leaks(folds: Iterable[Fold], groups: Names) -> None:
    """Refuse folds of which a group stands on both sides.

    Raises
    ------
    Leak
        With the names.
    """
    for number, fold in enumerate(folds, start=1):
        both = np.intersect1d(groups[fold.train], groups[fold.test])
        if len(both):
            shown = ", ".join(map(str, both[:5])) + (f" and {len(both) - 5} more" if len(both) > 5 else "")
            msg = (
                f"Fold {number} is trained and tested on the same subjects: {shown}. A model would recognise the "
                "person instead of what is sought; split by subjects, or use 'splits: {by: blocks}'."
            )
            raise Leak(msg)


def refuse_near(folds: Iterable[Fold], groups: Names, onsets_s: Floats, duration_s: float, gap_s: float) -> None:
    """Refuse folds in which something trained on lies nearer than the gap to something tested, in one group.

    Raises
    ------
    Leak
        With the group and the seconds.
    """
    for number, fold in enumerate(folds, start=1):
        for name in np.intersect1d(groups[fold.train], groups[fold.test]):
            train, test = (np.sort(onsets_s[part[groups[part] == name]]) for part in (fold.train, fold.test))
            apart = _nearest_s(train, test) - duration_s
            if apart < gap_s - 1e-9:
                msg = (
                    f"Fold {number} tests '{name}' {max(apart, 0.0):g} s from what it was trained on, less than the "
                    f"gap of {gap_s:g} s: neighbours look alike."
                )
                raise Leak(msg)


def _nearest_s(some: Floats, others: Floats) -> float:
    """The smallest distance between two sorted lists of times."""
    after = np.searchsorted(others, some)
    left = np.abs(some - others[np.maximum(after - 1, 0)])
    right = np.abs(some - others[np.minimum(after, len(others) - 1)])
    return float(np.minimum(left, right).min())


def _fold(train: NDArray[np.bool_], test: NDArray[np.bool_]) -> Fold:
    return Fold(np.flatnonzero(train), np.flatnonzero(test))


def folds_from(indices: Sequence[tuple[Ints, Ints]]) -> tuple[Fold, ...]:
    """Folds from pairs of indices, as the splitters of scikit-learn give them."""
    return tuple(Fold(np.sort(np.asarray(train)), np.sort(np.asarray(test))) for train, test in indices)
