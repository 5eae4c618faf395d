"""The stages of a benchmark: cut recordings, score models, put results together. What stands is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EegmillError
from ..files.atomic import staged_file, write_text
from ..machine import single_threaded
from .cutting import Cut, cut_recording
from .labelling import ScoringResult, scored
from .plan import Cutting, Plan, Scoring

Progress = Callable[[int, int, str], None]
"""Called before each piece of work: its number from 1, how many there are, what it is."""


def run_stages(plan: Plan, progress: Progress = lambda *_: None) -> None:
    """Do what does not stand yet, piece by piece."""
    todo = list(pieces_to_do(plan))
    for number, (words, piece) in enumerate(todo, start=1):
        progress(number, len(todo), words)
        piece()


def pieces_to_do(plan: Plan) -> Iterator[tuple[str, Callable[[], None]]]:
    """What is missing in the cache, in words, and what makes it: the recordings first."""
    for cutting in plan.cuttings.values():
        if not (plan.work / cutting.file).is_file():
            yield f"cut {cutting.member.name}", partial(cut_one, plan, cutting)
    for scoring in plan.scorings:
        if not (plan.work / scoring.file).is_file():
            words = f"score {scoring.model} on {scoring.features}: {scoring.target} of {scoring.cohort}"
            yield f"{words}, seed {scoring.seed}", partial(score_one, plan, scoring)


def cut_one(plan: Plan, cutting: Cutting) -> None:
    """Cut a recording; why it cannot be cut is kept as well, and no reason to stop."""
    member = cutting.member
    try:
        with single_threaded():
            found: Cut | str = cut_recording(
                Path(member.derivative), member.recording, target=cutting.target, features=cutting.features
            )
    except EegmillError as error:
        found = str(error)
    with staged_file(plan.work / cutting.file) as path, path.open("wb") as file:
        np.savez(file, **_arrays(found))


def _arrays(found: Cut | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"refused": np.array(found)}
    return {
        "x": found.x,
        "onsets_s": found.onsets_s,
        "events": found.events.astype(str),
        "about": np.array(json.dumps([found.columns, found.duration_s, found.notes])),
    }


def read_cut(path: Path) -> Cut | str:
    """The items of a recording as `cut_one` wrote them, or why there are none."""
    with np.load(path, allow_pickle=False) as arrays:
        if "refused" in arrays:
            return str(arrays["refused"])
        columns, duration_s, notes = json.loads(str(arrays["about"]))
        return Cut(arrays["x"], tuple(columns), arrays["onsets_s"], duration_s, arrays["events"], tuple(notes))


def score_one(plan: Plan, scoring: Scoring) -> None:
    """Score a model; why it cannot be scored is kept as well."""
    cuts = [(cutting.member, read_cut(plan.work / cutting.file)) for cutting in plan.cuttings_of(scoring)]
    found = scored(
        cuts,
        plan.benchmark.targets[scoring.target],
        scoring.estimator,
        seed=scoring.seed,
        n_bootstrap=plan.benchmark.n_bootstrap,
        n_permutations=scoring.n_permutations,
    )
    write_text(plan.work / scoring.file, found.model_dump_json())


def read_result(plan: Plan, scoring: Scoring) -> ScoringResult:
    """What `score_one` wrote."""
    return ScoringResult.model_validate_json((plan.work / scoring.file).read_bytes())
