"""``eegmill.stability``: a recording cleaned as it is and under small perturbations, and what turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bars import bar
from ..bids.paths import DEFAULT_RECIPE
from ..chain import Chain, record_of, run_steps
from ..cleaning import file_of, recording_of
from ..config.overrides import check_kinds, overrides_of
from ..config.recipes import load_recipe
from ..errors import ConfigurationError, Rejected
from ..recipe import Recipe
from ..recording import Recording
from ..records import Override
from .comparison import Cleaning, flips, signal_change
from .judgement import Judgement, Key, judgement, with_segments
from .perturbing import UNCHANGED, Perturbation, duration_s, long_enough, perturbations
from .result import Decision, PerturbedRun, Stability

if TYPE_CHECKING:
    import mne

NOISE_RUNS, SEED_RUNS = 2, 1
"""How often noise is drawn, and how many other seeds are taken, where nobody says."""


def stability(
    raw: mne.io.BaseRaw | str | Path,
    recipe: str | Path | Sequence[dict[str, Any]] = DEFAULT_RECIPE,
    *,
    noise_runs: int = NOISE_RUNS,
    seed_runs: int = SEED_RUNS,
    seed: int = 20260101,
    overrides: str | Path | Sequence[Override | Mapping[str, Any]] = (),
    verbose: bool | None = None,
) -> Stability:
    """Tell how firm the decisions on a recording are: clean it again with small changes, and count what turns.

    The changes: white noise on the EEG channels, whose SD is a hundredth of that of the fast activity of a typical
    channel; the first second dropped; the last second dropped; another seed. Each takes as long as ``eegmill.clean``.

    Components are compared by their time courses, whatever their numbers, and stretches of time in the recording as it
    came. Findings of ``inspect`` that make no channel bad, and epochs that a step drops, are not compared.

    Parameters
    ----------
    raw
        Any MNE Raw with EEG channels, in volts; or the path of a recording. It stays as it is.
    recipe
        A name (``"eegmill"``), the path of a recipe file, or a list of steps.
    noise_runs
        How often noise is drawn.
    seed_runs
        How many other seeds are taken.
    seed
        Seed that all random numbers come from.
    overrides
        A person's decisions on channels and segments, as in ``eegmill.clean``.
    verbose
        Whether to show how far it is; None: in a terminal and in a notebook.

    Returns
    -------
    Stability
        ``.decisions``, ``.runs``, ``.turned``, ``.untold``, ``.change_mean``, ``.sentence``; printed, a table.

    Raises
    ------
    ConfigurationError
        If the recipe or an override is wrong, or the recording is shorter than 10 s.
    RecordingError
        If a file cannot be read.
    Rejected
        If the recording is rejected as it is.

    Examples
    --------
    >>> import eegmill
    >>> from eegmill.testing.recordings import raw_eeg, scalp_eeg
    >>> found = eegmill.stability(raw_eeg(scalp_eeg(8)), [{"highpass": {"cutoff_hz": 1.0}}], noise_runs=1, seed_runs=0)
    >>> [run.perturbation for run in found.runs]
    ['noise 1', 'first second dropped', 'last second dropped']
    >>> found.turned
    ()
    """
    checked = load_recipe(recipe)
    perturbed = perturbations(noise_runs=noise_runs, seed_runs=seed_runs)
    file = file_of(raw)
    name = file.entry.recording if file else ""
    given = decisions_by_hand(overrides_of(overrides, name), checked)
    study = Study(name, checked, seed, given, perturbed)
    with bar("stability", study.n_steps, verbose=verbose) as begin:
        return study.measured(recording_of(raw, file), begin)


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
        """Clean, and compare each run with that without a perturbation; two cleanings are held at a time.

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
        return self._result(runs, with_segments(found, before.sfreq_hz), _labels(before))

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
        decisions = tuple(_decisions(first, others, labels))
        borderline = {(one.kind, one.name) for one in decisions if one.borderline}
        rest = iter(others)
        return Stability(
            recording=self.name,
            recipe=self.recipe.name,
            seed=self.seed,
            decisions=decisions,
            runs=tuple(run if run.rejected else _counted(run, first, next(rest), borderline) for run in runs),
            bad_time_fraction=_bad_time(first),
        )


def _run(name: str, before: Cleaning, after: Cleaning) -> PerturbedRun:
    if after.record.status == "rejected":
        return PerturbedRun(name, rejected=str(after.record.reason))
    change = signal_change(before, after)
    return PerturbedRun(name, change=None if math.isnan(change) else change)


def _counted(run: PerturbedRun, first: Judgement, one: Judgement, borderline: set[Key]) -> PerturbedRun:
    had = {key for key in first.bad if _had(one, key)}
    n_turned, n_untold = flips(had, one.bad, borderline)
    return replace(run, n_turned=n_turned, n_untold=n_untold, bad_time_fraction=_bad_time(one))


def _bad_time(one: Judgement) -> float:
    return float(one.bad_samples[slice(*one.there)].mean())


def _had(one: Judgement, key: Key) -> bool:
    """Whether a run could decide on it: a stretch may lie in the second that it lacks."""
    return key[0] != "segment" or key in one.judged


def _labels(cleaning: Cleaning) -> dict[Key, str]:
    return {("component", str(one.index)): one.label.replace("_", " ") for one in cleaning.recording.components}


def _decisions(first: Judgement, others: Sequence[Judgement], labels: Mapping[Key, str]) -> Iterator[Decision]:
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
