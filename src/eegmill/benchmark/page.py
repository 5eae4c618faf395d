"""The page of a benchmark: what was compared, on whom, and how sure it is. One file, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ..report.templating import templates
from ..signal.types import Floats
from ..version import __version__
from .figures import agreement, forest
from .plan import Plan
from .sentences import METRIC_WORDS, said_of, sentence
from .summary import ALL, Comparison, Result, SummaryRow


@dataclass(frozen=True)
class Section:
    """One target of one cohort."""

    target: str
    cohort: str
    cautions: list[str]
    figures: list[str]
    rows: list[SummaryRow]
    sentences: list[str]
    comparisons: list[Comparison]
    notes: list[str]


def benchmark_page(
    plan: Plan, results: Sequence[Result], rows: Sequence[SummaryRow], compared: Sequence[Comparison]
) -> str:
    """HTML of a benchmark. Holds no time and no path of the machine."""
    sections = list(_sections(results, rows, compared))
    return (
        templates()
        .get_template("benchmark.html.j2")
        .render(
            title=plan.benchmark.name,
            version=__version__,
            benchmark=plan.benchmark,
            members=plan.members,
            n_people={name: len({one.subject for one in members}) for name, members in plan.members.items()},
            sections=sections,
            together=[one for one in compared if one.cohort == ALL],
            words=METRIC_WORDS,
        )
    )


def _sections(
    results: Sequence[Result], rows: Sequence[SummaryRow], compared: Sequence[Comparison]
) -> Iterator[Section]:
    for (target, cohort), same in groupby(rows, lambda row: (row.target, row.cohort)):
        listed = list(same)
        own = [(scoring, found) for scoring, found in results if (scoring.target, scoring.cohort) == (target, cohort)]
        yield Section(
            target=target,
            cohort=cohort,
            cautions=said_of(listed),
            figures=[*_forests(own, listed), *_agreements(own, listed)],
            rows=listed,
            sentences=[sentence(row) for row in listed if row.counts],
            comparisons=[one for one in compared if (one.target, one.cohort) == (target, cohort)],
            notes=list(dict.fromkeys(note for _, found in own for note in found.notes)),
        )


def _forests(results: Sequence[Result], rows: Sequence[SummaryRow]) -> Iterator[str]:
    """A figure for each metric, the one that counts first."""
    scored = [row for row in rows if not row.refused]
    for metric in dict.fromkeys(row.metric for row in scored):
        yield forest([row for row in scored if row.metric == metric], _of_subjects(results, metric))


def _of_subjects(results: Sequence[Result], metric: str) -> dict[str, Floats]:
    """Scores of subjects, averaged over seeds, by pipeline."""
    found: dict[str, list[list[float]]] = {}
    for scoring, result in results:
        for measured in result.scores.measured if result.scores else ():
            if measured.metric == metric and len(measured.of_groups) > 1:
                found.setdefault(f"{scoring.model} on {scoring.features}", []).append([*measured.of_groups.values()])
    return {name: np.mean(seeds, axis=0) for name, seeds in found.items()}


def _agreements(results: Sequence[Result], rows: Sequence[SummaryRow]) -> Iterator[str]:
    """For numbers: what the best pipeline predicted with the first seed."""
    scored = [row for row in rows if row.counts and row.metric == "r2" and row.value is not None]
    scored = [row for row in scored if row.model != "dummy"] or scored
    if scored:
        best = max(scored, key=lambda row: row.value or 0.0)
        scores = next(
            found.scores
            for scoring, found in results
            if found.scores and (scoring.features, scoring.model) == (best.features, best.model)
        )
        true = next(np.array([item.label for item in found.items], dtype=float) for _, found in results if found.scores)
        yield agreement(true, np.array(scores.predicted, dtype=float), label=f"Predicted over true: {best.pipeline}")
