"""Scores of all seeds put together: one row a cohort, target, features and model, with how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations

import numpy as np

from ..models import Frozen
from ..signal.types import Floats
from .labelling import ScoringResult
from .metrics import METRICS
from .plan import Scoring
from .scoring import Measured, Scores
from .statistics import combine, paired_p, standardised_mean_difference

ALL = "all cohorts"
CHANCE = "chance"
Result = tuple[Scoring, ScoringResult]


class SummaryRow(Frozen):
    """One metric of one model on one cohort, over all seeds."""

    cohort: str
    target: str
    features: str
    model: str
    metric: str = ""
    counts: bool = True
    """Whether this is the metric that counts; the others are for information."""
    value: float | None = None
    """Mean over the seeds."""
    seed_sd: float | None = None
    """Standard deviation over the seeds: how much chance in the model, or in who is tested together, matters."""
    low: float | None = None
    """The lowest of the seeds' intervals of 95 %; ``high`` is the highest."""
    high: float | None = None
    chance: float | None = None
    p_value: float | None = None
    """Of exchanged labels, with the first seed."""
    n_relabellings: int = 0
    exact: bool = False
    least_p: float | None = None
    """The smallest p-value that so many relabellings can give."""
    n_items: int = 0
    n_groups: int = 0
    """Subjects; with a split by blocks: recordings."""
    n_units: int = 0
    one_unit_each: bool = False
    """Whether each subject has one recording of each class."""
    design: str = ""
    over: str = ""
    refused: str = ""
    """Why there is no score."""

    @property
    def pipeline(self) -> str:
        """Features and model."""
        return f"{self.model} on {self.features}"


class Comparison(Frozen):
    """Whether one pipeline is better than another, or than chance: of one cohort, or of all together."""

    target: str
    cohort: str
    metric: str
    first: str
    second: str
    p_value: float
    """One-sided: how likely this is if ``first`` is no better."""
    smd: float | None
    """Standardised mean difference over subjects; None where there is none, or it is infinite."""
    n_subjects: int
    n_cohorts: int = 1


def summary_rows(results: Sequence[Result]) -> tuple[SummaryRow, ...]:
    """Rows in the order of the results."""
    return tuple(row for _, same in groupby(results, _key) for row in _rows(list(same)))


def _key(result: Result) -> tuple[str, str, str, str]:
    scoring = result[0]
    return scoring.target, scoring.cohort, scoring.features, scoring.model


def _rows(same: list[Result]) -> Iterator[SummaryRow]:
    """The rows of one model: one a metric, or one that says why there is none."""
    scoring = same[0][0]
    known = {"cohort": scoring.cohort, "target": scoring.target, "features": scoring.features, "model": scoring.model}
    refused = next((found.refused for _, found in same if found.refused), "")
    seeds = [found.scores for _, found in same if found.scores]
    if refused or not seeds:
        yield SummaryRow(refused=refused or "no seed gave a score", **known)
        return
    for number in range(len(seeds[0].measured)):
        yield _row(seeds, number, known)


def _row(seeds: Sequence[Scores], number: int, known: dict[str, str]) -> SummaryRow:
    measured = [scores.measured[number] for scores in seeds]
    first = seeds[0]
    values = np.array([one.value for one in measured])
    lows, highs = [one.low for one in measured], [one.high for one in measured]
    return SummaryRow(
        **known,
        metric=measured[0].metric,
        counts=number == 0,
        value=float(values.mean()),
        seed_sd=float(values.std(ddof=1)) if len(values) > 1 else None,
        low=min((low for low in lows if low is not None), default=None),
        high=max((high for high in highs if high is not None), default=None),
        chance=float(np.mean([one.chance for one in measured])),
        p_value=measured[0].p_value,
        n_relabellings=first.n_relabellings,
        exact=first.exact,
        least_p=first.least_p,
        n_items=first.n_items,
        n_groups=first.n_groups,
        n_units=first.n_units,
        one_unit_each=first.design == "within" and first.n_units == first.n_groups * len(first.classes) < first.n_items,
        design=first.design,
        over=first.over,
    )


@dataclass(frozen=True)
class _Pipeline:
    """What is compared: the metric that counts, of one pipeline on one cohort, averaged over seeds."""

    target: str
    cohort: str
    name: str
    seeds: tuple[Measured, ...]
    n_groups: int
    n_relabellings: int

    @property
    def sign(self) -> int:
        """-1 where smaller is better."""
        return METRICS[self.seeds[0].metric].sign

    @property
    def of_subjects(self) -> Floats:
        """The metric of each subject, the larger the better; empty where subjects have none of their own."""
        names = self.seeds[0].of_groups
        return self.sign * np.array([np.mean([one.of_groups[name] for one in self.seeds]) for name in names])


def comparisons(results: Sequence[Result]) -> tuple[Comparison, ...]:
    """Every pipeline against chance and against every other one: of each cohort, then of all cohorts together.

    Between pipelines, scores of the same subjects are compared; against chance, labels were exchanged. P-values and
    effects of several cohorts are combined as MOABB does (`statistics.combine`).
    """
    pipelines = list(_pipelines(results))
    found = [one for pipeline in pipelines if (one := _against_chance(pipeline))]
    for _, same in groupby(pipelines, lambda one: (one.target, one.cohort)):
        found += [one for pair in permutations(list(same), 2) if (one := _between(*pair))]
    return (*found, *_combined(found))


def _pipelines(results: Sequence[Result]) -> Iterator[_Pipeline]:
    for (target, cohort, features, model), same in groupby(results, _key):
        seeds = [found.scores for _, found in same if found.scores]
        if seeds:
            measured = tuple(scores.measured[0] for scores in seeds)
            name, first = f"{model} on {features}", seeds[0]
            yield _Pipeline(target, cohort, name, measured, first.n_groups, first.n_relabellings)


def _against_chance(one: _Pipeline) -> Comparison | None:
    p_value = one.seeds[0].p_value
    if p_value is None:
        return None
    differences = one.of_subjects - one.sign * one.seeds[0].chance
    return Comparison(
        target=one.target,
        cohort=one.cohort,
        metric=one.seeds[0].metric,
        first=one.name,
        second=CHANCE,
        p_value=min(p_value, one.n_relabellings / (one.n_relabellings + 1)),  # 1 has no place in Stouffer's sum
        smd=_finite(standardised_mean_difference(differences)),
        n_subjects=one.n_groups,
    )


def _between(first: _Pipeline, second: _Pipeline) -> Comparison | None:
    if len(first.of_subjects) < 2 or len(first.of_subjects) != len(second.of_subjects):
        return None
    differences = first.of_subjects - second.of_subjects
    return Comparison(
        target=first.target,
        cohort=first.cohort,
        metric=first.seeds[0].metric,
        first=first.name,
        second=second.name,
        p_value=paired_p(differences, seed=0),
        smd=_finite(standardised_mean_difference(differences)),
        n_subjects=len(differences),
    )


def _combined(found: Sequence[Comparison]) -> Iterator[Comparison]:
    def key(one: Comparison) -> tuple[str, str, str, str]:
        return one.target, one.metric, one.first, one.second

    for _, same in groupby(sorted(found, key=key), key):
        several = list(same)
        if len(several) > 1:
            smds = [np.nan if one.smd is None else one.smd for one in several]
            together = combine([one.p_value for one in several], smds, [one.n_subjects for one in several])
            yield several[0].model_copy(
                update={
                    "cohort": ALL,
                    "p_value": together.p_value,
                    "smd": _finite(together.smd),
                    "n_subjects": together.n_subjects,
                    "n_cohorts": together.n_datasets,
                }
            )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
