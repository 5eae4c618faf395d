"""Figures with intervals: the bootstrap over recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from validation.cleanbench.exchange import Samples

RESAMPLES, SEED = 2000, 95


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def text(self, digits: int = 2, *, factor: float = 1.0, unit: str = "") -> str:
        """As a table has it.

        Examples
        --------
        >>> Interval(0.9765, 0.95, 1.0).text(1, factor=100, unit=" %")
        '97.7 % (95.0–100.0)'
        """
        if not np.isfinite(self.value):
            return "–"
        value, low, high = (f"{factor * part:.{digits}f}" for part in (self.value, self.low, self.high))
        return f"{value}{unit} ({low}–{high})"


def bootstrap(
    rows: Samples, statistic: Callable[[Samples], float] = np.mean, *, resamples: int = RESAMPLES
) -> Interval:
    """Percentile interval of a statistic over recordings drawn again and again with replacement.

    Parameters
    ----------
    rows
        One row a recording, shape (n_recordings,) or (n_recordings, n_values); rows with NaN are left out.
    statistic
        From rows to a number.
    """
    rows = np.asarray(rows, float)
    rows = rows[np.isfinite(rows).all(axis=tuple(range(1, rows.ndim)))]
    if not len(rows):
        return Interval(np.nan, np.nan, np.nan)
    rng = np.random.default_rng(SEED)
    drawn = [statistic(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(resamples)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(statistic(rows)), float(low), float(high))


def ratio_of_means(rows: Samples) -> float:
    """Sum of the first column over the sum of the second."""
    return float(rows[:, 0].sum() / rows[:, 1].sum())
