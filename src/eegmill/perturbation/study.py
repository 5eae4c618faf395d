"""A recording cleaned as it is and under each perturbation, one after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..chain import Chain, record_of, run_steps
from ..config.overrides import check_kinds
from ..errors import ConfigurationError, Rejected
from ..recipe import Recipe
from ..recording import Recording
from ..records import Override
from .comparison import Cleaning, signal_change
from .counting import bad_time_fraction, counted, decisions_of, labels_of
from .judgement import Judgement, Key, judgement, with_segments
from .perturbing import UNCHANGED, Perturbation, duration_s, long_enough
from .result import PerturbedRun, Stability


@dataclass(frozen=True)
class Study:
    """How a recording is cleaned, and the perturbations that it is cleaned under."""

    name: str
    recipe: Recipe
    seed: int
    given: tuple[Override, ...]
    perturbed: tuple[Perturbation, ...]

    @property
    def n_steps(self) -> int:
        """Steps of all runs together."""
        return (1 + len(self.perturbed)) * len(self.recipe.steps)

    def measured(self, source: Recording, begin: Callable[[str], None]) -> Stability:
        """Clean, and compare each run with that without a perturbation.

        In memory are the recording as it came and two cleanings of it, whatever the number of runs.

        Parameters
        ----------
        source
            It stays as it is.
        begin
            Called before each step, with the names of perturbation and step.

        Raises
        ------
        ConfigurationError
            If the recording is shorter than 10 s.
        Rejected
            If it is rejected as it is.
        """
        long_enough(source)
        before = self._cleaned(source, UNCHANGED, begin)
        if before.record.status == "rejected":
            msg = f"{before.record.reason}: there are no decisions to compare"
            raise Rejected(msg)
        n_samples = round(duration_s(source) * before.sfreq_hz)
        runs, found = [], [judgement(before, n_samples)]
        for perturbation in self.perturbed:
            after = self._cleaned(source, perturbation, begin)
            runs.append(_run(perturbation.name, before, after))
            if not runs[-1].rejected:
                found.append(judgement(after, n_samples, end_s=perturbation.end_s, before=before))
        return self._result(runs, with_segments(found, before.sfreq_hz), labels_of(before))

    def _cleaned(self, source: Recording, perturbation: Perturbation, begin: Callable[[str], None]) -> Cleaning:
        seed = self.seed + perturbation.seed_shift
        given = perturbation.overrides(self.given, duration_s(source))
        chain = run_steps(
            Chain(perturbation.recording(source)),
            self.recipe.steps,
            seed=seed,
            overrides=given,
            begin=lambda step: begin(f"{perturbation.name}: {step}"),
        )
        record = record_of(chain, self.name, recipe=self.recipe, seed=seed, overrides=given)
        return Cleaning(chain.recording, record, perturbation.start_s)

    def _result(self, runs: Sequence[PerturbedRun], found: Sequence[Judgement], labels: Mapping[Key, str]) -> Stability:
        first, *others = found
        decisions = tuple(decisions_of(first, others, labels))
        borderline = {(one.kind, one.name) for one in decisions if one.borderline}
        rest = iter(others)
        return Stability(
            recording=self.name,
            recipe=self.recipe.name,
            seed=self.seed,
            decisions=decisions,
            runs=tuple(run if run.rejected else counted(run, first, next(rest), borderline) for run in runs),
            bad_time_fraction=bad_time_fraction(first),
        )


def _run(name: str, before: Cleaning, after: Cleaning) -> PerturbedRun:
    if after.record.status == "rejected":
        return PerturbedRun(name, rejected=str(after.record.reason))
    change = signal_change(before, after)
    return PerturbedRun(name, change=None if math.isnan(change) else change)


def decisions_by_hand(given: tuple[Override, ...], recipe: Recipe) -> tuple[Override, ...]:
    """A person's decisions, if every run can follow them.

    Raises
    ------
    ConfigurationError
        If a step could not, or one names a component.
    """
    check_kinds(given, recipe.steps)
    named = [override.name for override in given if override.kind == "component"]
    if named:
        msg = f"An override names component '{named[0]}', and every run numbers its components anew: leave it out."
        raise ConfigurationError(msg)
    return given
