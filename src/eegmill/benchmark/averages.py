"""Of which items a metric is computed, how its values are averaged, and over what an interval is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..signal.types import Floats, Ints
from .metrics import Metric, Predictions
from .statistics import bootstrap_interval


@dataclass(frozen=True)
class Averages:
    """How a metric is averaged.

    A metric is computed of the items of each cell: decision values of different models are not on one scale, so that
    a cell is within a fold. The mean is taken over the cells of each parent, then over the parents.

    Parameters
    ----------
    cells : array, shape (n_items,)
        The cell of each item; -1: not in the metric.
    parents : array, shape (n_items,)
        Its subject, where each subject has cells of its own; else 0 everywhere.
    drawn : array, shape (n_items,)
        What an interval is drawn over: subjects, or blocks of time.
    """

    cells: Ints
    parents: Ints
    drawn: Ints

    def value(self, metric: Metric, found: Predictions) -> float:
        """The metric over all items."""
        return float(self.of_parents(metric, found).mean())

    def of_parents(self, metric: Metric, found: Predictions) -> Floats:
        """The metric of each parent, (n_parents,)."""
        cells, first = _cells(self.cells)
        values = np.array([metric.compute(found[self.cells == cell]) for cell in cells])
        parents = self.parents[first]
        return np.array([values[parents == parent].mean() for parent in np.unique(parents)])

    def interval(
        self, metric: Metric, found: Predictions, *, n_bootstrap: int, seed: int
    ) -> tuple[float, float] | None:
        """Of 95 %, of the predictions as they are; models are not fitted again."""
        names = np.unique(self.drawn[self.cells >= 0])
        members = [np.flatnonzero((self.drawn == name) & (self.cells >= 0)) for name in names]
        if _each_in_one(self.cells, self.drawn):  # then a mean over what is drawn, which takes no time
            values = np.array([metric.compute(found[items]) for items in members])
            return bootstrap_interval(lambda i: float(values[i].mean()), len(names), n_bootstrap=n_bootstrap, seed=seed)
        n_classes = _n_classes(found)

        def statistic(chosen: Ints) -> float:
            items = np.concatenate([members[index] for index in chosen])
            values = [metric.compute(part) for part in self._parts(found, items, n_classes)]
            return float(np.mean(values)) if values else float("nan")

        return bootstrap_interval(statistic, len(names), n_bootstrap=n_bootstrap, seed=seed)

    def _parts(self, found: Predictions, items: Ints, n_classes: int) -> Iterator[Predictions]:
        """The drawn items of each cell that still has all classes."""
        cells = self.cells[items]
        for cell in np.unique(cells):
            part = found[items[cells == cell]]
            if _n_classes(part) >= n_classes:
                yield part


def _cells(of_item: Ints) -> tuple[Ints, Ints]:
    """The cells, and an item of each."""
    cells, first = np.unique(of_item, return_index=True)
    return cells[cells >= 0], first[cells >= 0]


def _each_in_one(cells: Ints, drawn: Ints) -> bool:
    """Whether every cell is one of what is drawn, and the other way round."""
    pairs = np.unique(np.stack([cells, drawn])[:, cells >= 0], axis=1)
    return bool(len(np.unique(pairs[0])) == len(np.unique(pairs[1])) == pairs.shape[1])


def _n_classes(found: Predictions) -> int:
    """How many classes there are; numbers have none."""
    return len(np.unique(found.true)) if found.true.dtype.kind == "U" else 1
