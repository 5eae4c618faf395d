"""The result of one universe over all recordings: from the variation over trials, or between two sets of recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..signal.types import Floats
from .grid import Conclusion

if TYPE_CHECKING:
    import pandas as pd

CHANCE = {"decoding": 0.5}
"""What a measure is where there is nothing; 0 for all others, and for differences."""


@dataclass(frozen=True)
class Estimate:
    """A result with its error; all NaN where there is none."""

    value: float = np.nan
    error: float = np.nan
    """Standard error."""
    p: float = np.nan
    """Two-sided, against chance."""
    n_recordings: int = 0


def chance_of(conclusion: Conclusion) -> float:
    """What the result is where there is nothing."""
    return 0.0 if conclusion.between else CHANCE.get(conclusion.measure, 0.0)


def estimates(measures: pd.DataFrame, conclusion: Conclusion) -> dict[int, Estimate]:
    """The result of each universe that has one.

    Parameters
    ----------
    measures
        The table of that name.
    """
    own = measures[measures["measure"].str.startswith(conclusion.measure)]
    wide = own.pivot_table(index=["universe", "dataset", "recording"], columns="measure", values="value")
    if conclusion.measure not in wide:
        return {}
    found: dict[int, Estimate] = {}
    for universe in map(int, wide.index.unique("universe")):
        rows = wide.loc[[universe]]
        if conclusion.between:
            values = rows[conclusion.measure].dropna()
            names = (f"{dataset}/{recording}" for _, dataset, recording in values.index.to_flat_index())
            found[universe] = _between(dict(zip(names, values.tolist(), strict=True)), conclusion.between)
        else:
            found[universe] = _over_trials(rows, conclusion.measure)
    return {universe: one for universe, one in found.items() if one.n_recordings}


def _over_trials(rows: pd.DataFrame, measure: str) -> Estimate:
    """Mean over recordings, each of the same weight, with the pooled error; Welch and Satterthwaite's t test."""
    rows = rows.dropna(subset=[measure, f"{measure}_error"])
    n = len(rows)
    if not n:
        return Estimate()
    value, chance = float(rows[measure].mean()), CHANCE.get(measure, 0.0)
    error = float(np.sqrt((rows[f"{measure}_error"] ** 2).sum()) / n)
    # Under chance the error of an AUC does not depend on what it came out as.
    variances = np.square(rows.get(f"{measure}_chance_error", rows[f"{measure}_error"]).to_numpy(dtype=float))
    known = f"{measure}_freedom" in rows
    freedom = rows[f"{measure}_freedom"].to_numpy(dtype=float) if known else np.full(n, np.inf)
    return Estimate(value, error, _p(value - chance, variances / n**2, freedom), n)


def _between(values: Mapping[str, float], patterns: tuple[str, str]) -> Estimate:
    """The mean over one pattern less that over the other: paired where all have a partner, else Welch's."""
    first, second = (matching(values, pattern) for pattern in patterns)
    n = len(first) + len(second)
    if first.keys() == second.keys():
        differences = np.array([first[key] - second[key] for key in first])
        if len(differences) < 2:
            return Estimate(n_recordings=n)
        groups = [differences]
    else:
        groups = [np.array(list(group.values())) for group in (first, second)]
    if any(len(group) < 2 for group in groups):
        return Estimate(n_recordings=n)
    value = float(groups[0].mean() - (groups[1].mean() if len(groups) > 1 else 0.0))
    variances = np.array([group.var(ddof=1) / len(group) for group in groups])
    freedom = np.array([len(group) - 1.0 for group in groups])
    return Estimate(value, float(np.sqrt(variances.sum())), _p(value, variances, freedom), n)


def matching(values: Mapping[str, float], pattern: str) -> dict[tuple[str, ...], float]:
    """Values by what stands for the ``*`` of a pattern in their names: partners have that in common.

    Names are ``<dataset>/<recording>``.
    """
    expression = re.compile("(.*)".join(re.escape(part) for part in pattern.split("*")))
    found = ((expression.fullmatch(name), value) for name, value in values.items())
    return {match.groups(): value for match, value in found if match}


def _p(difference: float, variances: Floats, freedom: Floats) -> float:
    """Of a t test whose variance is a sum (Welch BL. Biometrika 1947;34:28-35)."""
    from scipy.stats import t

    total = float(variances.sum())
    if total <= 0:
        return np.nan
    shared = total**2 / max(float((variances**2 / freedom).sum()), np.finfo(float).tiny)
    return 2 * float(t.sf(abs(difference) / np.sqrt(total), min(shared, 1e9)))
