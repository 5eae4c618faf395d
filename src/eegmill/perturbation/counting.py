"""Decisions over all runs, counted from what each run judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .comparison import Cleaning, flips
from .judgement import Judgement, Key
from .result import Decision, PerturbedRun


def counted(run: PerturbedRun, first: Judgement, one: Judgement, borderline: set[Key]) -> PerturbedRun:
    """A run with the number of decisions that it took otherwise than the first."""
    had = {key for key in first.bad if _had(one, key)}
    n_turned, n_untold = flips(had, one.bad, borderline)
    return replace(run, n_turned=n_turned, n_untold=n_untold, bad_time_fraction=bad_time_fraction(one))


def bad_time_fraction(one: Judgement) -> float:
    """Share of what a run had that is marked bad or was cut out."""
    return float(one.bad_samples[slice(*one.there)].mean())


def _had(one: Judgement, key: Key) -> bool:
    """Whether a run could decide on it: a stretch may lie in the second that it lacks."""
    return key[0] != "segment" or key in one.judged


def labels_of(cleaning: Cleaning) -> dict[Key, str]:
    """What ICLabel makes of each component."""
    return {("component", str(one.index)): one.label.replace("_", " ") for one in cleaning.recording.components}


def decisions_of(first: Judgement, others: Sequence[Judgement], labels: Mapping[Key, str]) -> Iterator[Decision]:
    """Every decision of any run; channels before components before stretches of time."""
    keys = dict.fromkeys(key for one in (first, *others) for key in one.judged)
    for kind in ("channel", "component", "segment"):
        for key in keys:
            if key[0] == kind:
                yield _decision(key, first, [one for one in others if _had(one, key)], labels.get(key, ""))


def _decision(key: Key, first: Judgement, others: Sequence[Judgement], label: str) -> Decision:
    margin = first.margins.get(key)
    found = [one.margins[key] for one in (first, *others) if key in one.margins]
    scores = [one.score for one in found if margin is not None and one.criterion == margin.criterion]
    alike = [one.alike[key] for one in others if key in one.alike]
    return Decision(
        kind=key[0],
        name=key[1],
        bad=key in first.bad,
        n_bad=sum(key in one.bad for one in others),
        n_runs=len(others),
        margin=margin,
        scores=(min(scores), max(scores)) if scores else None,
        label=label,
        alike=min(alike, default=None),
    )
