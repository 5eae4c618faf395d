"""Decisions over all runs, counted from what each run judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..steps.contract import Margin
from .comparison import Cleaning, flips
from .judgement import Judgement, Key
from .result import Criterion, Decision, PerturbedRun


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
    criteria = tuple(_criteria(key, first, others))
    alike = [one.alike[key] for one in others if key in one.alike]
    return Decision(
        kind=key[0],
        name=key[1],
        bad=key in first.bad,
        n_bad=sum(key in one.bad for one in others),
        n_runs=len(others),
        margin=margin,
        scores=(criteria[0].lowest, criteria[0].highest) if margin is not None and criteria else None,
        criteria=criteria,
        reason=next((one.reasons[key] for one in (first, *others) if key in one.reasons), ""),
        label=label,
        alike=min(alike, default=None),
    )


def _criteria(key: Key, first: Judgement, others: Sequence[Judgement]) -> Iterator[Criterion]:
    """Every criterion of any run, that which decided in the first before the others."""
    names = [first.margins[key].criterion_name] if key in first.margins else []
    names += [name for one in (first, *others) for name in one.criteria.get(key, {})]
    for name in dict.fromkeys(names):
        before = first.criteria.get(key, {}).get(name)
        yield _criterion(key, before, [found for one in others if (found := one.criteria.get(key, {}).get(name))])


def _criterion(key: Key, before: Margin | None, after: Sequence[Margin]) -> Criterion:
    found = [*([] if before is None else [before]), *after]
    scores, n_bad = [margin.score for margin in found], sum(margin.bad for margin in after)
    # A stretch has no score where it is far from a limit, on either side; all else has none where nothing is near bad.
    only_then = before is None and n_bad > 0 and key[0] != "segment"
    return Criterion(
        words=found[0].criterion,
        score=None if before is None else before.score,
        lowest=min(scores),
        highest=max(scores),
        limit=found[0].limit,
        uncertainty=found[0].uncertainty,
        n_bad=n_bad,
        turns=only_then or len({margin.bad for margin in found}) > 1,
    )
