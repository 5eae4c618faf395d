"""The stability of a recording as plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .result import Criterion, Decision, Stability

DECISIONS = ("decision", "as it is", "bad in", "borderline", "score", "over the runs", "limit", "alike", "criterion")
RUNS = ("perturbation", "decisions turned", "not told", "signal changed", "time bad")


def lines(found: Stability) -> list[str]:
    """What turned though nobody said that it could, the conclusion, decisions worth a look, and the runs."""
    untold = [f"Turned, and not called borderline: {_listed(found.untold)}."] if found.untold else []
    worth = [one for one in found.decisions if one.n_turned or one.borderline or one.bad]
    table = [DECISIONS, *(row for one in worth for row in _rows(one))] if worth else []
    rest = len(found.decisions) - len(worth)
    firm = [f"{rest} {'other is' if rest == 1 else 'others are'} good in every run."] if rest else []
    return [*untold, found.sentence, "", *aligned(table), *firm, "", *aligned([RUNS, *_runs(found)])]


def _listed(decisions: Sequence[Decision]) -> str:
    return ", ".join(f"{one.words} ({one.n_turned} of {one.n_runs})" for one in decisions)


def _rows(one: Decision) -> Iterator[tuple[str, ...]]:
    """A decision by the criterion that decided it, and below it whatever else turned it."""
    yield _cells(one)
    for criterion in one.turned_by:
        if one.margin is None or criterion.words != one.margin.criterion:
            yield _also(criterion, one.n_runs)
    if one.turned_unscored:
        yield "  turned by", *[""] * (len(DECISIONS) - 2), one.turned_unscored


def _also(criterion: Criterion, n_runs: int) -> tuple[str, ...]:
    return (
        "  turned by",
        "",
        f"{criterion.n_bad} of {n_runs}",
        "",
        "" if criterion.score is None else f"{criterion.score:.3g}",
        f"{criterion.lowest:.3g} to {criterion.highest:.3g}",
        f"{criterion.limit:g} ± {criterion.uncertainty:.2g}",
        "",
        criterion.words,
    )


def _cells(one: Decision) -> tuple[str, ...]:
    margin = one.margin
    lowest, highest = one.scores or (None, None)
    return (
        one.words,
        "bad" if one.bad else "good",
        f"{one.n_bad} of {one.n_runs}",
        "yes" if one.borderline else "no",
        f"{margin.score:.3g}" if margin else "",
        f"{lowest:.3g} to {highest:.3g}" if one.scores else "",
        f"{margin.limit:g} ± {margin.uncertainty:.2g}" if margin else "",
        "" if one.alike is None else f"{one.alike:.2f}",
        margin.criterion if margin else "",
    )


def _runs(found: Stability) -> Iterator[tuple[str, ...]]:
    yield "as it is", "", "", "", _percent(found.bad_time_fraction)
    for run in found.runs:
        if run.rejected:
            yield run.perturbation, f"rejected: {run.rejected}", "", "", ""
            continue
        yield (
            run.perturbation,
            str(run.n_turned),
            str(run.n_untold),
            _percent(run.change),
            _percent(run.bad_time_fraction),
        )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are as wide as what stands in them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
