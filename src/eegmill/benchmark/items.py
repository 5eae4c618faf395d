"""Labelled items: epochs, windows or recordings, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ConfigurationError
from ..signal.types import Floats
from .metrics import Kind, Labels


@dataclass(frozen=True)
class Items:
    """Labelled items.

    Parameters
    ----------
    x : array, shape (n_items, n_features) or (n_items, n_channels, n_times)
        Features, or signals in volts.
    y : array, shape (n_items,)
        Class labels, or numbers.
    groups : array, shape (n_items,)
        Whom each item belongs to; with a split by blocks: its recording, in which time runs.
    units : array, shape (n_items,)
        What bears a label of its own: the recording where a recording has one label, else the item itself.
    onsets_s : array, shape (n_items,)
        When each item starts, on the clock of its group.
    duration_s : float
        How long an item is.
    """

    x: Floats
    y: Labels
    groups: NDArray[Any]
    units: NDArray[Any]
    onsets_s: Floats
    duration_s: float

    @property
    def names(self) -> list[str]:
        """The groups, sorted."""
        return [str(name) for name in np.unique(self.groups)]

    @property
    def full_groups(self) -> list[str]:
        """Groups that have items of all classes."""
        n = len(np.unique(self.y))
        return [name for name in self.names if len(np.unique(self.y[self.groups == name])) == n]


def checked_items(
    x: ArrayLike,
    y: ArrayLike,
    groups: ArrayLike,
    *,
    kind: Kind,
    units: ArrayLike | None = None,
    onsets_s: ArrayLike | None = None,
    duration_s: float = 0.0,
) -> Items:
    """Arrays of one length, labels as text or as numbers.

    Raises
    ------
    ConfigurationError
        If lengths differ, a label or a group is missing, or there is one label alone.
    """
    for what, given in (("label", y), ("group", groups), ("unit", units)):
        if given is not None and not (what == "label" and kind == "regression"):
            _refuse_missing(what, np.asarray(given, dtype=object).ravel().tolist())
    signal = np.asarray(x, dtype=np.float64)
    number = np.arange(len(signal))
    items = Items(
        x=signal,
        y=np.asarray(y, dtype=np.float64) if kind == "regression" else np.asarray(y).astype(str),
        groups=np.asarray(groups).astype(str),
        units=number if units is None else np.asarray(units).astype(str),
        onsets_s=np.asarray(number * duration_s if onsets_s is None else onsets_s, dtype=np.float64),
        duration_s=duration_s,
    )
    _refuse_shapes(items)
    _refuse_labels(items, kind)
    return items


def _refuse_shapes(items: Items) -> None:
    lengths = {name: len(getattr(items, name)) for name in ("x", "y", "groups", "units", "onsets_s")}
    if not len(items.x):
        msg = "There are no items to score."
        raise ConfigurationError(msg)
    if len(set(lengths.values())) > 1 or items.x.ndim not in (2, 3):
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        msg = f"Items must be as many everywhere, and x have 2 or 3 dimensions (has {items.x.ndim}): {listed}."
        raise ConfigurationError(msg)


def _refuse_missing(what: str, values: Sequence[Any]) -> None:
    """Refuse None, NaN and empty text, which would pass for a class, or a person, of that name."""
    missing = sum(value is None or value == "" or value != value for value in values)
    if missing:
        msg = f"{missing} of {len(values)} items have no {what}: leave them out."
        raise ConfigurationError(msg)


def _refuse_labels(items: Items, kind: Kind) -> None:
    if kind == "regression" and not np.isfinite(items.y).all():
        missing = int((~np.isfinite(items.y)).sum())
        msg = f"{missing} of {len(items.y)} items have no number to predict: leave them out."
        raise ConfigurationError(msg)
    if len(np.unique(items.y)) < 2:
        msg = f"All {len(items.y)} items have the label '{items.y[0]}': there is nothing to tell apart."
        raise ConfigurationError(msg)
