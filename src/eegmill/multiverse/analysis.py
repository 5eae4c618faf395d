"""What the tables of a multiverse say: the curve, the effects, the flips, the verdict; as tables and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..models import Frozen
from ..signal.types import Floats, Ints
from ..version import __version__
from .effects import Effects, effects_of
from .stability import (
    Flip,
    Point,
    cheapest,
    conclusion_flips,
    curve,
    flips_against_first,
    signs_of,
    trial_flips,
)
from .tables import table_of_rows
from .universes import Multiverse

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NOT_ANALYSED = ("_error", "_freedom", "_channels")
"""Endings of the measures that belong to others."""


class Summary(Frozen):
    """A multiverse in a few numbers."""

    schema_version: str = "1.0"
    name: str
    eegmill: str = __version__
    seed: int
    universes: int
    dropped: int
    recordings: int
    failed: dict[str, str]
    """Recordings that are not in the tables, and why."""
    rejected: dict[str, int]
    """By reason: universes times recordings that gave nothing."""
    remarks: dict[str, int]
    """What is to be known of results that are there, and of how many: channels that are missing, for example."""
    verdict: str = ""
    """In words."""
    recipe_itself: str = ""
    """What is said of the conclusion in universe 0."""
    holds: int = 0
    does_not_hold: int = 0
    not_known: int = 0
    cheapest: int | None = None
    """The universe that keeps the conclusion with the fewest steps."""
    trial_flips: float | None = None
    """Mean over universes of the share of trials whose sign differs from that in the recipe itself."""
    max_trial_flips: float | None = None
    ever_flipped: float | None = None
    """Share of the trials that have another sign in one universe at least."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """All that follows from the tables of the recordings."""

    summary: Summary
    points: tuple[Point, ...]
    effects: Mapping[str, Effects]
    """By measure; the one that the conclusion is about comes first."""
    units: Mapping[str, str]
    flips: tuple[Flip, ...]
    trial_rates: Floats
    tables: Mapping[str, pa.Table]


def analysed(multiverse: Multiverse, tables: Mapping[str, pa.Table], failed: Mapping[str, str]) -> Analysis:
    """Analyse the tables of the recordings."""
    measures, trials = tables["measures"].to_pandas(), tables["trials"].to_pandas()
    outcomes = tables["outcomes"].to_pandas()
    numbers = [universe.number for universe in multiverse.universes]
    levels, choices = levels_of(multiverse), list(multiverse.choices)
    n_recordings = len(outcomes[["dataset", "recording"]].drop_duplicates())
    conclusion = multiverse.grid.conclusion
    points = curve(measures, numbers, conclusion) if conclusion else ()
    effects = dict(_effects(measures, numbers, levels, first=conclusion.measure if conclusion else ""))
    if conclusion and conclusion.between:  # what the choices do to the difference, not to the mean of both sides
        differences = [point.estimate if point.verdict != "not known" else np.nan for point in points]
        effects[conclusion.measure] = effects_of(levels, np.array(differences))
    flips = conclusion_flips(points, levels, choices) if points else ()
    signs, which = _signs(trials, numbers, multiverse)
    per_universe, per_trial = flips_against_first(signs) if len(which) else (np.empty(0), np.empty(0))
    flips += trial_flips(signs, levels, choices) if len(which) else ()
    n_steps = {universe.number: len(universe.recipe.steps) for universe in multiverse.universes}
    summary = Summary(
        name=multiverse.name,
        seed=multiverse.grid.seed,
        universes=len(numbers),
        dropped=len(multiverse.dropped),
        recordings=n_recordings,
        failed=dict(failed),
        rejected=_counted(outcomes[outcomes["status"] != "ok"]["reason"]),
        remarks=_counted(outcomes[(outcomes["status"] == "ok") & (outcomes["reason"] != "")]["reason"]),
        **_verdict(points, n_steps),
        **_of_trials(per_universe, per_trial),
        notes=tuple(f"{measure}: {note}" for measure, found in effects.items() if (note := note_of(found, choices))),
    )
    return Analysis(
        summary=summary,
        points=points,
        effects=effects,
        units=dict(zip(measures["measure"], measures["unit"], strict=True)),
        flips=flips,
        trial_rates=per_trial,
        tables=_tables(multiverse, points, n_steps, effects, flips, which, signs, per_trial),
    )


def levels_of(multiverse: Multiverse) -> Ints:
    """The way taken at each choice, by its index, (n_universes, n_choices)."""
    names = [choice.names for choice in multiverse.choices.values()]
    rows = [[ways.index(way) for ways, way in zip(names, one.ways, strict=True)] for one in multiverse.universes]
    return np.array(rows, dtype=np.int64)


def _effects(
    measures: pd.DataFrame, numbers: Sequence[int], levels: Ints, *, first: str
) -> Iterator[tuple[str, Effects]]:
    """Effects on the mean over recordings of each measure, where a universe lacks none that another has."""
    names = [name for name in dict.fromkeys(measures["measure"]) if not name.endswith(NOT_ANALYSED)]
    for name in sorted(names, key=lambda name: name != first):
        own = measures[measures["measure"] == name].groupby("universe")["value"]
        counts = own.count()
        whole = own.mean().where(counts == counts.max())
        yield name, effects_of(levels, whole.reindex(list(numbers)).to_numpy(dtype=float))


def _signs(
    trials: pd.DataFrame, numbers: Sequence[int], multiverse: Multiverse
) -> tuple[Floats, list[tuple[str, str, int]]]:
    """Of the decisions of the classifier, or else of the amplitudes."""
    if trials.empty:
        return np.empty((len(numbers), 0)), []
    return signs_of(trials, numbers, "decision" if multiverse.grid.measures.decoding else "amplitude_uv")


def _counted(reasons: pd.Series[str]) -> dict[str, int]:
    """How often each occurs, the most frequent first, then by the alphabet."""
    counts = Counter(map(str, reasons))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def note_of(effects: Effects, choices: Sequence[str]) -> str:
    """Which effects could not be estimated; empty where all could."""
    terms = [" × ".join(choices[choice] for choice in term) for term in effects.left_out]
    return f"too many combinations are missing to tell the effect of {', '.join(terms)}" if terms else ""


def _verdict(points: Sequence[Point], n_steps: Mapping[int, int]) -> dict[str, object]:
    if not points:
        return {}
    counts = {verdict: sum(point.verdict == verdict for point in points) for verdict in ("holds", "does not hold")}
    unknown = len(points) - sum(counts.values())
    least = cheapest(points, n_steps)
    words = f"The conclusion holds in {counts['holds']} of {len(points)} universes"
    words += f"; in {unknown} it is not known" if unknown else ""
    return {
        "verdict": f"{words}.",
        "recipe_itself": points[0].verdict,
        "holds": counts["holds"],
        "does_not_hold": counts["does not hold"],
        "not_known": unknown,
        "cheapest": least.universe if least else None,
    }


def _of_trials(per_universe: Floats, per_trial: Floats) -> dict[str, float | None]:
    others, known = per_universe[1:][np.isfinite(per_universe[1:])], per_trial[np.isfinite(per_trial)]
    if not len(others) or not len(known):
        return {}
    return {
        "trial_flips": round(float(others.mean()), 6),
        "max_trial_flips": round(float(others.max()), 6),
        "ever_flipped": round(float((known > 0).mean()), 6),
    }


def _tables(
    multiverse: Multiverse,
    points: Sequence[Point],
    n_steps: Mapping[int, int],
    effects: Mapping[str, Effects],
    flips: Sequence[Flip],
    which: Sequence[tuple[str, str, int]],
    signs: Floats,
    per_trial: Floats,
) -> dict[str, pa.Table]:
    names = list(multiverse.choices)
    ways = [choice.names for choice in multiverse.choices.values()]
    of_points = [
        (one.universe, one.estimate, one.error, one.p, one.n_recordings, one.verdict, n_steps[one.universe])
        for one in points
    ]
    of_effects = [
        (
            measure,
            " × ".join(names[choice] for choice in one.term),
            " × ".join(ways[choice][level] for choice, level in zip(one.term, one.levels, strict=True)),
            len(one.term),
            one.size,
            one.share,
        )
        for measure, found in effects.items()
        for one in found.effects
    ]
    counts = np.isfinite(signs).sum(axis=0).tolist()
    of_trials = [(*one, count, rate) for one, count, rate in zip(which, counts, per_trial.tolist(), strict=True)]
    return {
        "curve": table_of_rows("curve", of_points),
        "effects": table_of_rows("effects", of_effects),
        "flips": table_of_rows("flips", [(one.choice, one.kind, one.pairs, one.rate) for one in flips]),
        "trial_flips": table_of_rows("trial_flips", of_trials),
    }
