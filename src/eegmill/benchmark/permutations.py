"""Other labels that would have been as likely if they meant nothing: only what is exchangeable is exchanged."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..signal.types import Ints

Names = NDArray[Any]
MAX_COUNTED = 1_000_000
"""Beyond so many ways the exact number does not matter."""


@dataclass(frozen=True)
class Exchangeable:
    """Which labels may take each other's place.

    A unit (a recording, an epoch) keeps one label for all its items, since its items resemble each other whatever the
    label means. Units change labels within their set (a subject, a block); where every set has one label alone, whole
    sets change labels.

    Parameters
    ----------
    units : array, shape (n_items,)
        The unit of each item, from 0.
    labels : array, shape (n_units,)
        The label of each unit.
    sets : tuple of arrays
        Indices of the units of each set.
    """

    units: Ints
    labels: Names
    sets: tuple[Ints, ...]

    @property
    def count(self) -> int:
        """In how many ways the labels can be given, this one included; at most a million is counted."""
        return min(MAX_COUNTED, math.prod(_arrangements(self.labels[one].tolist()) for one in self.sets))

    @property
    def least_p(self) -> float:
        """The smallest p-value that all ways together can give.

        Where two labels are as frequent in every set, exchanging them everywhere gives every model the same score.
        """
        counts = [Counter(self.labels[one].tolist()) for one in self.sets]
        names = set(self.labels.tolist())
        mirrored = len(names) == 2 and all(len({one[name] for name in names}) == 1 for one in counts)
        return (2 if mirrored else 1) / self.count

    def every(self) -> Iterator[Names]:
        """Labels of all items, (n_items,), in every way."""
        for arranged in itertools.product(*(_distinct(self.labels[one].tolist()) for one in self.sets)):
            yield self._of_items(arranged)

    def random(self, n: int, *, seed: int) -> Iterator[Names]:
        """Labels of all items, (n_items,), in ``n`` random ways."""
        generator = np.random.default_rng(seed)
        for _ in range(n):
            yield self._of_items([generator.permutation(self.labels[one]) for one in self.sets])

    def _of_items(self, arranged: Iterable[Any]) -> Names:
        labels = self.labels.copy()
        for one, found in zip(self.sets, arranged, strict=True):
            labels[one] = np.asarray(found, dtype=labels.dtype)
        return labels[self.units]


def exchangeable(y: Names, units: Names, sets: Names) -> Exchangeable:
    """What is exchangeable among labelled items.

    Parameters
    ----------
    y, units, sets : array, shape (n_items,)
        Label, unit and set of each item. A unit lies in one set. Units with more than one label fall apart into their
        items.
    """
    codes = np.unique(units, return_inverse=True)[1]
    if any(len(np.unique(y[codes == code])) > 1 for code in range(codes.max() + 1)):
        codes = np.arange(len(y))
    labels, of_set = _first_of_each(y, codes), _first_of_each(sets, codes)
    members = [np.flatnonzero(of_set == name) for name in np.unique(of_set)]
    if all(len(np.unique(labels[one])) == 1 for one in members):
        codes = np.unique(sets, return_inverse=True)[1]
        labels = _first_of_each(y, codes)
        members = [np.arange(len(labels))]
    return Exchangeable(codes, labels, tuple(members))


def _first_of_each(values: Names, codes: Ints) -> Names:
    return values[np.unique(codes, return_index=True)[1]]


def _arrangements(labels: list[Any]) -> int:
    """In how many ways labels, some of them alike, can stand in a row."""
    found = 1
    for n, count in zip(itertools.accumulate(Counter(labels).values()), Counter(labels).values(), strict=True):
        found = min(MAX_COUNTED, found * math.comb(n, count))
    return found


def _distinct(labels: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Every different row of these labels."""
    left = Counter(labels)

    def rows(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        if len(row) == len(labels):
            yield row
            return
        for label in left:
            if left[label]:
                left[label] -= 1
                yield from rows((*row, label))
                left[label] += 1

    return rows(())
