"""Whether a conclusion holds when the cleaning changes: in how many universes, for which trials, by which choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..signal.types import Floats, Ints
from .estimates import Estimate, chance_of, estimates
from .grid import Conclusion

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["holds", "does not hold", "not known"]


@dataclass(frozen=True)
class Point:
    """The result of one universe, over all recordings."""

    universe: int
    estimate: float
    error: float
    """Its standard error."""
    p: float
    n_recordings: int
    verdict: Verdict = "not known"


def curve(measures: pd.DataFrame, universes: Sequence[int], conclusion: Conclusion) -> tuple[Point, ...]:
    """The result of every universe, and whether it keeps the conclusion, in the order of the universes.

    Of a universe that lacks a recording which another has, it is not known: its mean is about something else.

    Parameters
    ----------
    measures
        The table of that name.
    """
    found = estimates(measures, conclusion)
    recordings = max((one.n_recordings for one in found.values()), default=0)
    points = [_point(universe, found.get(universe, Estimate())) for universe in universes]
    chance = chance_of(conclusion)
    sign = _sign(points, chance, conclusion)
    return tuple(_judged(point, sign, chance, recordings, conclusion.alpha) for point in points)


def _point(universe: int, found: Estimate) -> Point:
    return Point(universe, found.value, found.error, found.p, found.n_recordings)


def _sign(points: Sequence[Point], chance: float, conclusion: Conclusion) -> float:
    """1 if the conclusion is that the measure is above chance, -1 for below, 0 if that is not known."""
    if conclusion.direction == "as in the recipe":
        first = points[0].estimate - chance if points and points[0].universe == 0 else np.nan
        return float(np.sign(first)) if np.isfinite(first) else 0.0
    return 1.0 if conclusion.direction == "above" else -1.0


def _judged(point: Point, sign: float, chance: float, recordings: int, alpha: float) -> Point:
    verdict: Verdict
    if point.n_recordings < recordings or not np.isfinite(point.p) or sign == 0:
        verdict = "not known"
    else:
        verdict = "holds" if (point.estimate - chance) * sign > 0 and point.p < alpha else "does not hold"
    return Point(point.universe, point.estimate, point.error, point.p, point.n_recordings, verdict)


@dataclass(frozen=True)
class Flip:
    """How often a choice turns something over: pairs of universes that differ in nothing else."""

    choice: str
    kind: Literal["conclusion", "trials"]
    pairs: int
    rate: float
    """Share of the pairs whose conclusions differ, or of the trials that both have whose signs differ."""


def conclusion_flips(points: Sequence[Point], levels: Ints, choices: Sequence[str]) -> tuple[Flip, ...]:
    """How often each choice alone decides whether the conclusion holds."""
    holds = np.array([{"holds": 1.0, "does not hold": 0.0}.get(point.verdict, np.nan) for point in points])
    found = []
    for index, choice in enumerate(choices):
        differ = [abs(holds[one] - holds[other]) for one, other in pairs_apart_in(levels, index)]
        known = [value for value in differ if np.isfinite(value)]
        found.append(Flip(choice, "conclusion", len(known), float(np.mean(known)) if known else np.nan))
    return tuple(found)


def trial_flips(signs: Floats, levels: Ints, choices: Sequence[str]) -> tuple[Flip, ...]:
    """How often each choice alone turns the sign of a trial over.

    Parameters
    ----------
    signs : array, (n_universes, n_trials)
        1 and -1; NaN where a universe does not have the trial.
    """
    found = []
    for index, choice in enumerate(choices):
        apart = list(pairs_apart_in(levels, index))
        rates = [_share_apart(signs[one], signs[other]) for one, other in apart]
        known = [rate for rate in rates if np.isfinite(rate)]
        found.append(Flip(choice, "trials", len(known), float(np.mean(known)) if known else np.nan))
    return tuple(found)


def flips_against_first(signs: Floats) -> tuple[Floats, Floats]:
    """How often trials have another sign than in the first universe.

    Returns
    -------
    per_universe : array, (n_universes,)
        Share of the trials that both have.
    per_trial : array, (n_trials,)
        Share of the other universes that have the trial; NaN where the first, or every other one, lacks it.
    """
    differ = np.where(np.isfinite(signs) & np.isfinite(signs[0]), signs != signs[0], np.nan)
    return _nan_mean(differ, axis=1), _nan_mean(differ[1:], axis=0)


def pairs_apart_in(levels: Ints, choice: int) -> Iterator[tuple[int, int]]:
    """Pairs of universes, by index, that took another way at one choice and the same at all others."""
    groups: dict[bytes, list[int]] = {}
    others = np.delete(levels, choice, axis=1)
    for index, row in enumerate(others):
        groups.setdefault(row.tobytes(), []).append(index)
    for group in groups.values():
        for position, one in enumerate(group):
            yield from ((one, other) for other in group[position + 1 :])


def signs_of(trials: pd.DataFrame, universes: Sequence[int], column: str) -> tuple[Floats, list[tuple[str, str, int]]]:
    """Signs of trials, (n_universes, n_trials), and which trials they are: dataset, recording, trial."""
    wide = trials.pivot_table(index="universe", columns=["dataset", "recording", "trial"], values=column)
    wide = wide.reindex(list(universes))
    which = [(str(one[0]), str(one[1]), int(one[2])) for one in wide.columns.to_flat_index()]
    return np.sign(wide.to_numpy(dtype=float)), which


def cheapest(points: Sequence[Point], n_steps: Mapping[int, int]) -> Point | None:
    """The universe that keeps the conclusion with the fewest steps; of several the first."""
    keeping = [point for point in points if point.verdict == "holds"]
    return min(keeping, key=lambda point: (n_steps[point.universe], point.universe), default=None)


def _share_apart(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    return float(np.mean(one[both] != other[both])) if both.any() else np.nan


def _nan_mean(values: Floats, axis: int) -> Floats:
    known = np.isfinite(values)
    counts = known.sum(axis=axis)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0))
