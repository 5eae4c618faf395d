"""The tables of the bench, every figure with its 95 % interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from validation.cleanbench.channels import NO_FAULT, FaultScore, counted, kind
from validation.cleanbench.erp import ErpScore
from validation.cleanbench.exchange import Samples
from validation.cleanbench.intervals import Interval, bootstrap, ratio_of_means
from validation.cleanbench.stability import StabilityScore
from validation.markdown import table

EFFECTS = (
    "pipeline | P3, noise-free | N170, noise-free | P3 / truth | N170 / truth | P3 / truth, as measured | vs brain, µV"
    " | r | SME of P3, µV | trials lost | n"
)
USES = "pipeline | significant channels | decoding, AUC | CPU s, 32 channels | CPU s, 64 | peak MB, 32 | 64"
STABILITY = "pipeline | decisions that flip | of them not called borderline | change of the signal | n"
FAULTS = "pipeline | old faults: recall | precision | channel faults: recall | precision | other faults: recall | precision | said of sound recordings"
GROUPS = ("old", "channel", "whole")


def effects(found: Mapping[str, Sequence[tuple[str, ErpScore]]]) -> list[str]:
    """What is left of the effects, a row a pipeline."""
    return table(EFFECTS, [_effect_row(name, [score for _, score in scores]) for name, scores in found.items()])


def _effect_row(name: str, scores: Sequence[ErpScore]) -> tuple[str, ...]:
    def share(top: Callable[[ErpScore], float], bottom: str) -> str:
        rows = [(top(one), getattr(one, bottom)) for one in scores]
        return bootstrap(np.array(rows), ratio_of_means).text(0, factor=100, unit=" %")

    return (
        name,
        share(lambda one: one.p3_filtered, "p3_true"),
        share(lambda one: one.n170_filtered, "n170_true"),
        share(lambda one: one.p3 - one.p3_brain + one.p3_true, "p3_true"),
        share(lambda one: one.n170 - one.n170_brain + one.n170_true, "n170_true"),
        share(lambda one: one.p3, "p3_true"),
        _mean(scores, "vs_brain").text(),
        _mean(scores, "r_true").text(),
        _mean(scores, "sme").text(),
        _mean(scores, "lost").text(1, factor=100, unit=" %"),
        _count(scores),
    )


def uses(found: Mapping[str, Sequence[tuple[str, ErpScore]]]) -> list[str]:
    """What can be done with the cleaned recordings, and what they cost, a row a pipeline."""
    rows = []
    for name, pairs in found.items():
        scores = [score for _, score in pairs]
        by_cap = {cap: [one for item, one in pairs if item.startswith(cap)] for cap in ("32", "64")}
        costs = [f"{_median(of_cap, 'cpu_s'):.1f}" for of_cap in by_cap.values()]
        peaks = [f"{_median(of_cap, 'peak_mb'):.0f}" for of_cap in by_cap.values()]
        share, auc = _mean(scores, "significant").text(0, factor=100, unit=" %"), _mean(scores, "auc").text(3)
        rows.append((name, share, auc, *costs, *peaks))
    return table(USES, rows)


def stability(found: Mapping[str, Sequence[tuple[str, StabilityScore]]]) -> list[str]:
    """How firmly pipelines decide, a row a pipeline."""
    rows = []
    for name, pairs in found.items():
        scores = [score for _, score in pairs]
        flips = _mean(scores, "flips").text(1), _mean(scores, "untold").text(1)
        rows.append((name, *flips, _mean(scores, "change").text(1, factor=100, unit=" %"), _count(scores)))
    return table(STABILITY, rows)


def faults(found: Mapping[str, Sequence[tuple[str, FaultScore]]]) -> list[str]:
    """Which faults are found, a row a pipeline."""
    return table(FAULTS, [_fault_row(name, [score for _, score in pairs]) for name, pairs in found.items()])


def _fault_row(name: str, scores: Sequence[FaultScore]) -> tuple[str, ...]:
    before = {one.recording: one for one in scores if one.fault == NO_FAULT}
    faulty = [one for one in scores if one.fault != NO_FAULT and one.recording in before]
    counts = [(kind(one.fault), counted(one, before[one.recording])) for one in faulty]
    cells = []
    for group in GROUPS:
        rows = np.array([(c.hits, c.faulty, c.false) for its_group, c in counts if its_group == group], float).reshape(
            -1, 3
        )
        cells += [bootstrap(rows[:, :2], ratio_of_means).text(), bootstrap(rows, precision).text()]
    said = Counter(finding.partition("@")[0] for one in before.values() for finding in one.findings)
    return name, *cells, ", ".join(sorted(said)) or "nothing"


def precision(rows: Samples) -> float:
    """Hits over hits and false alarms, from rows of hits, faulty and false; NaN where nothing was called bad."""
    hits, false = rows[:, 0].sum(), rows[:, 2].sum()
    return float(hits / (hits + false)) if hits + false else float("nan")


def by_dose(found: Mapping[str, Sequence[tuple[str, FaultScore]]]) -> list[str]:
    """Recall of every fault at every dose."""
    rows: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = {}
    for name, pairs in found.items():
        before = {one.recording: one for _, one in pairs if one.fault == NO_FAULT}
        for _, one in pairs:
            if one.fault != NO_FAULT and one.recording in before:
                result = counted(one, before[one.recording])
                rows.setdefault((one.fault, one.dose), {}).setdefault(name, []).append((result.hits, result.faulty))
    cells = [(f"{fault}, {dose}", *(_recall(of.get(name, [])) for name in found)) for (fault, dose), of in rows.items()]
    return table("fault, dose | " + " | ".join(found), cells)


def errors(found: Mapping[str, Sequence[tuple[str, Any]]]) -> list[str]:
    """What went wrong, a line a pipeline and reason."""
    lines = []
    for name, pairs in found.items():
        said = Counter(score.error for _, score in pairs if score.error)
        lines += [f"- {name}, {count} of {len(pairs)}: {error}" for error, count in said.most_common(3)]
    return ["", "Without a result:", "", *lines] if lines else []


def _recall(pairs: Iterable[tuple[int, int]]) -> str:
    rows = np.array(list(pairs), float)
    return f"{ratio_of_means(rows):.2f}" if len(rows) else "–"


def _mean(scores: Sequence[Any], name: str) -> Interval:
    return bootstrap(np.array([getattr(one, name) for one in scores], float))


def _median(scores: Sequence[Any], name: str) -> float:
    values = [getattr(one, name) for one in scores if not one.error]
    return float(np.median(values)) if values else float("nan")


def _count(scores: Sequence[Any]) -> str:
    done = sum(not one.error for one in scores)
    return str(done) if done == len(scores) else f"{done} of {len(scores)}"
