"""What small perturbations of a recording change, as a user sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..steps.contract import Margin
from .judgement import Kind

if TYPE_CHECKING:
    import pandas as pd

FOUND_AGAIN = 0.9
"""Correlation of time courses from which on a component is told to be found again: four fifths of its variance."""


@dataclass(frozen=True)
class Criterion:
    """One criterion that has a score for a channel, a component or a stretch of time, over all runs."""

    words: str
    """What the score is, with its unit."""
    score: float | None
    """Without a perturbation; None where it had none there."""
    lowest: float
    """Over all runs that have a score by it."""
    highest: float
    limit: float
    uncertainty: float
    n_bad: int
    """In how many of the perturbed runs it lies beyond its limit."""
    turns: bool
    """Whether it lies beyond its limit in one run and not in another."""


@dataclass(frozen=True)
class Decision:
    """A decision on a channel, a component or a stretch of time, over all runs."""

    kind: Kind
    name: str
    """Of a component its number without a perturbation; of a stretch where it lies in the recording as it came."""
    bad: bool
    """Without a perturbation: judged bad, removed, or marked bad."""
    n_bad: int
    """In how many of the perturbed runs it was."""
    n_runs: int
    """Perturbed runs that had it and were not rejected."""
    margin: Margin | None = None
    """Score and limit without a perturbation; None where the step that judged has no score for it."""
    scores: tuple[float, float] | None = None
    """Lowest and highest score by this criterion over all runs that have one, whether it decided there or not."""
    criteria: tuple[Criterion, ...] = ()
    """All that have a score for it in a run, that of ``margin`` first."""
    reason: str = ""
    """Why it is bad where it is, in words, as the first run has it that calls it bad."""
    label: str = ""
    """Of a component, as ICLabel has it."""
    alike: float | None = None
    """Of a component: the lowest correlation of its time course with that of its counterpart in a run."""

    @property
    def n_turned(self) -> int:
        """In how many of the perturbed runs it was decided otherwise."""
        return self.n_runs - self.n_bad if self.bad else self.n_bad

    @property
    def borderline(self) -> bool:
        """Whether it was called borderline without a perturbation."""
        return self.margin is not None and self.margin.borderline

    @property
    def turned_by(self) -> tuple[Criterion, ...]:
        """Where it turned: the criteria that lie beyond their limits in one run and not in another."""
        return tuple(one for one in self.criteria if one.turns) if self.n_turned else ()

    @property
    def turned_unscored(self) -> str:
        """Where it turned by nothing that has a score: the reason of the run that calls it bad."""
        return self.reason if self.n_turned and not self.turned_by else ""

    @property
    def words(self) -> str:
        """What it is about."""
        what = "" if self.kind == "segment" else f"{self.kind} "
        return f"{what}{self.name}" + (f" ({self.label})" if self.label else "")

    def row(self) -> dict[str, Any]:
        """Of the table of decisions."""
        margin, (lowest, highest) = self.margin, self.scores or (None, None)
        return {
            "kind": self.kind,
            "name": self.name,
            "label": self.label or None,
            "bad": self.bad,
            "n_bad": self.n_bad,
            "n_runs": self.n_runs,
            "n_turned": self.n_turned,
            "borderline": self.borderline,
            "criterion": margin.criterion if margin else None,
            "score": margin.score if margin else None,
            "score_lowest": lowest,
            "score_highest": highest,
            "limit": margin.limit if margin else None,
            "margin": margin.score - margin.limit if margin else None,
            "uncertainty": margin.uncertainty if margin else None,
            "alike": self.alike,
            "turned_by": "; ".join(one.words for one in self.turned_by) or self.turned_unscored or None,
        }


@dataclass(frozen=True)
class PerturbedRun:
    """One perturbation, and what came of it."""

    perturbation: str
    change: float | None = None
    """RMS of the change of the cleaned signal over its RMS, each channel about its own mean, where both runs are good;
    None where nothing is good in both, no epoch begins at the same moment, or the run was rejected."""
    n_turned: int = 0
    """Decisions that are another than without the perturbation."""
    n_untold: int = 0
    """Those of them that were not called borderline."""
    bad_time_fraction: float | None = None
    """Share of the time that is marked bad or was cut out."""
    rejected: str = ""
    """Why the run was rejected; empty where it was not."""


@dataclass(frozen=True, repr=False)
class Stability:
    """What ``eegmill.stability`` returns."""

    recording: str
    recipe: str
    seed: int
    decisions: tuple[Decision, ...]
    """Of channels, components and stretches of time, in this order."""
    runs: tuple[PerturbedRun, ...]
    bad_time_fraction: float
    """Without a perturbation: share of the time that is marked bad or was cut out."""

    @property
    def turned(self) -> tuple[Decision, ...]:
        """Decisions that one of the runs took otherwise."""
        return tuple(decision for decision in self.decisions if decision.n_turned)

    @property
    def untold(self) -> tuple[Decision, ...]:
        """Those of ``turned`` that were not called borderline."""
        return tuple(decision for decision in self.turned if not decision.borderline)

    @property
    def change_mean(self) -> float | None:
        """Mean over the runs of the change of the cleaned signal, as a share of its RMS."""
        changes = self._changes
        return sum(changes) / len(changes) if changes else None

    @property
    def change_max(self) -> float | None:
        """The largest of them."""
        return max(self._changes, default=None)

    @property
    def _changes(self) -> list[float]:
        return [run.change for run in self.runs if run.change is not None]

    @property
    def sentence(self) -> str:
        """The conclusion."""
        text = "; ".join(self._parts())
        return f"{text[0].upper()}{text[1:]}."

    def _parts(self) -> Iterator[str]:
        turned, untold = len(self.turned), len(self.untold)
        all_told = ", called borderline" if turned == 1 else ", all called borderline" if turned else ""
        told = f", {untold} of them not called borderline" if untold else all_told
        verb = f"decisions {'turn' if turned > 1 else 'turns'}"
        yield f"{turned or 'none'} of {len(self.decisions)} {verb} under {len(self.runs)} small perturbations{told}"
        rejected = [run for run in self.runs if run.rejected]
        if rejected:
            yield f"{len(rejected)} of the runs reject the recording ({rejected[0].rejected})"
        components = [one.alike for one in self.decisions if one.alike is not None]
        if components:
            found = sum(alike >= FOUND_AGAIN for alike in components)
            yield f"{found} of {len(components)} components are found again in every run"
        mean, most = self.change_mean, self.change_max
        if mean is not None and most is not None:
            yield f"the cleaned signal changes by {100 * mean:.1f} % (at most {100 * most:.1f} %){self._compared()}"

    def _compared(self) -> str:
        """In how many runs the signal was, where not in all that cleaned the recording."""
        cleaned = sum(not run.rejected for run in self.runs)
        n = len(self._changes)
        return (
            "" if n == cleaned else f" in {n} of {cleaned} runs, of which alone the same stretches or epochs are left"
        )

    def __repr__(self) -> str:
        """What turned untold, the conclusion, and the table of what is worth a look."""
        return "\n".join([f"<Stability of '{self.recording or 'recording'}', recipe {self.recipe}", *self.lines(), ">"])

    def lines(self) -> list[str]:
        """The same without its name: what turned untold, the conclusion, and the tables."""
        from .table import lines

        return lines(self)

    def to_dataframe(self) -> pd.DataFrame:
        """One row a decision: ``kind``, ``name``, ``bad``, in how many runs it was, score, limit, ``borderline``."""
        import pandas as pd

        return pd.DataFrame([decision.row() for decision in self.decisions], columns=list(_EMPTY.row()))

    def to_json(self) -> dict[str, Any]:
        """All of it, for ``json.dump``."""
        return {
            "recording": self.recording,
            "recipe": self.recipe,
            "seed": self.seed,
            "sentence": self.sentence,
            "change_mean": self.change_mean,
            "change_max": self.change_max,
            "bad_time_fraction": self.bad_time_fraction,
            "runs": [vars(run) for run in self.runs],
            "decisions": [
                decision.row() | {"criteria": [vars(one) for one in decision.criteria]} for decision in self.decisions
            ],
        }


_EMPTY = Decision("channel", "", bad=False, n_bad=0, n_runs=0)
