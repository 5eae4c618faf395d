"""The page of a multiverse: whether the conclusion holds, and what it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..report.templating import templates
from ..version import __version__
from .analysis import Analysis, levels_of, note_of
from .estimates import chance_of
from .figures import curve_figure, effects_figure, flips_figure, interactions_figure, trials_figure
from .universes import Multiverse, Universe

MAX_ROWS = 1000
"""Universes in the table of the page; the Parquet tables have all."""


@dataclass(frozen=True)
class Row:
    """A universe in the table."""

    universe: Universe
    ways: str
    """Where it differs from the recipe itself."""
    estimate: float | None
    p: float | None
    verdict: str
    figures: Mapping[str, float]
    """Means over recordings of what its steps decided."""


@dataclass(frozen=True)
class Drawn:
    """The effects on one measure, as pictures."""

    measure: str
    unit: str
    rest: float
    bars: str
    interactions: str
    note: str


def page_of(multiverse: Multiverse, analysis: Analysis, measures: Mapping[str, Mapping[int, float]]) -> str:
    """HTML of a multiverse. Holds no time, no path, and nothing from outside.

    Parameters
    ----------
    measures
        Mean over recordings by measure and universe.
    """
    conclusion = multiverse.grid.conclusion
    ways = {name: choice.names for name, choice in multiverse.choices.items()}
    measure = conclusion.measure if conclusion else ""
    rows = _rows(multiverse, analysis, measures)
    return (
        templates()
        .get_template("multiverse.html.j2")
        .render(
            title=multiverse.name,
            version=__version__,
            summary=analysis.summary,
            conclusion=conclusion,
            chance=chance_of(conclusion) if conclusion else 0.0,
            trials=multiverse.grid.measures.trials,
            erp=multiverse.grid.measures.erp,
            choices=multiverse.choices,
            steps=[step.name for step in multiverse.universes[0].recipe.steps],
            curve=curve_figure(
                analysis.points,
                levels_of(multiverse),
                ways,
                measure=measure,
                unit=analysis.units.get(measure, ""),
                chance=chance_of(conclusion),
            )
            if conclusion
            else "",
            effects=[drawn for drawn in _effects(analysis, ways) if drawn.bars],
            flips=flips_figure(analysis.flips),
            trial_flips=trials_figure(analysis.trial_rates),
            rows=rows[:MAX_ROWS],
            n_rows=len(rows),
            figures=_figures_of(rows),
            dropped=multiverse.dropped[:MAX_ROWS],
            differing=_differing(multiverse),
        )
    )


def _effects(analysis: Analysis, ways: Mapping[str, tuple[str, ...]]) -> list[Drawn]:
    return [
        Drawn(
            measure=measure,
            unit=(unit := analysis.units.get(measure, "")),
            rest=found.rest,
            bars=effects_figure(found, ways, unit="" if unit == "1" else unit),
            interactions=interactions_figure(found, ways),
            note=note_of(found, list(ways)),
        )
        for measure, found in analysis.effects.items()
    ]


def _rows(multiverse: Multiverse, analysis: Analysis, measures: Mapping[str, Mapping[int, float]]) -> list[Row]:
    """The universes, those that keep the conclusion first, by their number of steps."""
    points = {point.universe: point for point in analysis.points}
    differing = _differing(multiverse)
    rows = []
    for universe in multiverse.universes:
        point = points.get(universe.number)
        figures = {name: by[universe.number] for name, by in measures.items() if universe.number in by}
        rows.append(
            Row(
                universe=universe,
                ways=differing[universe.ways],
                estimate=_finite(point.estimate if point else None),
                p=_finite(point.p if point else None),
                verdict=point.verdict if point else "",
                figures=figures,
            )
        )
    order = {"holds": 0, "does not hold": 1, "not known": 2, "": 3}
    return sorted(rows, key=lambda row: (order[row.verdict], len(row.universe.recipe.steps), row.universe.number))


def _differing(multiverse: Multiverse) -> dict[tuple[str, ...], str]:
    """Where each combination, a dropped one too, differs from the recipe itself, in words."""
    own = [choice.base for choice in multiverse.choices.values()]
    every = [*(one.ways for one in multiverse.universes), *(one.ways for one in multiverse.dropped)]
    return {
        ways: ", ".join(
            f"{name}: {way}" for name, way, base in zip(multiverse.choices, ways, own, strict=True) if way != base
        )
        or "the recipe itself"
        for ways in every
    }


def _figures_of(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.figures))


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
