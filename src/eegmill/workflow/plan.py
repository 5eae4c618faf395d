"""What a run consists of: read by the workflow to know which jobs there are, and what makes each one run again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..config.datasets import named_sources
from ..config.models import Configuration, load_configuration
from ..config.overrides import OverrideRow, check_datasets, check_kinds, check_recordings, read_overrides
from ..config.paths import located
from ..config.recipes import configured_recipe, recipe_name
from ..errors import ConfigurationError
from ..inputs.resolve.listing import listing_digest
from ..lock import Lock, LockedRecording, read_lock
from ..machine import fix_environment
from ..recipe import Recipe
from ..records import Override
from .entries import read_entry
from .fingerprint import PACKAGE, code_digest, steps_fingerprint
from .found_datasets import with_listed_datasets
from .layout import Layout
from .stages import OF_DERIVATIVES, STAGES
from .task import Task

VARIABLE = "EEGMILL_CONFIGURATION"
DIGITS = 16
"""Of the SHA-256 in the name of a receipt: 64 bits."""


@dataclass(frozen=True)
class Plan:
    """A checked configuration, and what follows from it."""

    configuration: Configuration
    _locks: dict[str, _KnownLock] = field(default_factory=dict, compare=False, repr=False)
    _digests: dict[tuple[str, str, str], str] = field(default_factory=dict, compare=False, repr=False)
    _listings: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, folder: Path | None = None, search_again: bool = False) -> Plan:
        """Check the configuration of a workflow, which lies in ``folder``: recipe, datasets and overrides included.

        Datasets that are a query are searched for, once, or again if that is wanted.
        """
        asked = located(load_configuration(values), folder)
        plan = cls(with_listed_datasets(asked, again=search_again))
        check_datasets(plan.overrides, tuple(plan.sources))
        check_kinds([row.override for row in plan.overrides], plan.recipe.steps)
        plan._check_folders()
        if plan.features:
            from ..features.tree import choose  # numpy, which is slow to load

            choose(plan.features)
            plan._check_feature_windows()
        return plan

    @classmethod
    def from_environment(cls) -> Plan:
        """The plan of the workflow that started this process, which has checked it."""
        return cls(load_configuration(json.loads(os.environ[VARIABLE])))

    def to_environment(self) -> None:
        """Hand the plan to the jobs that this process starts, with this interpreter, this code and one BLAS thread."""
        os.environ.update(self.environment())
        fix_environment()

    def environment(self) -> dict[str, str]:
        """Variables of a process that does a job of this plan, with this interpreter and this code."""
        return {
            VARIABLE: self.configuration.model_dump_json(),
            "PATH": _put_first("PATH", Path(sys.executable).parent),
            "PYTHONPATH": _put_first("PYTHONPATH", PACKAGE.parent),
        }

    @cached_property
    def sources(self) -> Mapping[str, Path | None]:
        """The datasets by name: where each lies on this machine, or None for an ID of the catalogue."""
        return named_sources(self.configuration.listed)

    def listing(self, dataset: str) -> str:
        """Digest of what lies in a dataset on this machine: looked at once, so that a run has one view."""
        source = self.sources[dataset]
        if dataset not in self._listings:
            self._listings[dataset] = listing_digest(source) if source else ""
        return self._listings[dataset]

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets of this run, or of this part of it."""
        shard = self.configuration.shard
        if strangers := [name for name in shard if name not in self.sources]:
            msg = f"Configuration key 'shard' names '{strangers[0]}', which is none of the datasets."
            raise ConfigurationError(msg)
        return tuple(name for name in self.sources if name in shard or not shard)

    def part(self, datasets: Sequence[str]) -> Plan:
        """The same plan for some of its datasets alone."""
        return Plan(self.configuration.model_copy(update={"shard": tuple(datasets)}))

    def configuration_of(self, dataset: str) -> Configuration:
        """What concerns one dataset: other datasets of the run change nothing for it."""
        entry = dict(zip(self.sources, self.configuration.listed, strict=True))[dataset]
        return self.configuration.model_copy(update={"datasets": (entry,), "shard": ()})

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe, checked."""
        return configured_recipe(self.configuration)

    @cached_property
    def recipe_name(self) -> str:
        """The name of the recipe, whose steps need not be loaded for it."""
        return recipe_name(self.configuration.recipe)

    @property
    def features(self) -> tuple[str | dict[str, Any], ...]:
        """The features that are wanted, as they are written; none, and there is no such stage."""
        return self.configuration.features

    @property
    def stages_of_derivatives(self) -> tuple[str, ...]:
        """The stages on a derivative as a whole that this run has."""
        return tuple(stage for stage in OF_DERIVATIVES if self.features or stage != "features")

    @cached_property
    def overrides(self) -> tuple[OverrideRow, ...]:
        """All decisions by a person."""
        path = self.configuration.overrides
        return read_overrides(Path(path)) if path else ()

    @cached_property
    def _overrides_by_recording(self) -> dict[tuple[str, str], tuple[Override, ...]]:
        found: dict[tuple[str, str], tuple[Override, ...]] = {}
        for row in self.overrides:
            key = row.dataset, row.recording
            found[key] = (*found.get(key, ()), row.override)
        return found

    @cached_property
    def fingerprints(self) -> tuple[str, str]:
        """Of the steps up to the ICA, and of those behind it."""
        head, tail = self.recipe.split()
        return steps_fingerprint(head), steps_fingerprint(tail)

    def layout(self, dataset: str) -> Layout:
        """The paths of a dataset."""
        derivative = self.configuration.derivative
        folder = Path(derivative) if derivative else None
        return Layout(Path(self.configuration.output), dataset, self.recipe_name, folder)

    def lock(self, dataset: str) -> Lock:
        """The lock of a dataset, checked against the overrides."""
        return self._known(dataset).lock

    def recording(self, dataset: str, recording: str) -> LockedRecording:
        """A recording's part of the lock."""
        known = self._known(dataset)
        return known.entries.get(recording) or known.lock.recording(recording)

    def overrides_of(self, dataset: str, recording: str) -> tuple[Override, ...]:
        """A person's decisions on one recording."""
        return self._overrides_by_recording.get((dataset, recording), ())

    def digest(self, stage: str, dataset: str, recording: str = "") -> str:
        """Of all that the outcome of a stage depends on; it names the receipt."""
        key = (stage, dataset, recording)
        if key not in self._digests:
            row = STAGES[stage]
            parts = [stage, *row.asked(self, dataset, recording)]
            parts += [self.digest(earlier, dataset, recording) for earlier in row.inputs]
            parts += [code_digest(PACKAGE / row.module)] if row.module else []
            self._digests[key] = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:DIGITS]
        return self._digests[key]

    def receipt(self, stage: str, dataset: str, recording: str = "") -> Path:
        """Where the receipt of a stage is, or will be."""
        name = self.name(stage, dataset, recording)
        return self.layout(dataset).receipt(stage, name, self.digest(stage, dataset, recording))

    def failure(self, stage: str, dataset: str, recording: str = "") -> Path:
        """Where the reason is, if the stage failed as it is asked for now."""
        name = self.name(stage, dataset, recording)
        return self.layout(dataset).failure(stage, name, self.digest(stage, dataset, recording))

    def name(self, stage: str, dataset: str, recording: str = "") -> str:
        """What the receipts of a stage are named after."""
        return recording or (self.recipe_name if STAGES[stage].per_recipe else dataset)

    def task(self, dataset: str, recording: str, digests: Mapping[str, str]) -> Task:
        """What a job on a recording has to know; the digests come from the process that planned it."""
        return Task(
            dataset=dataset,
            entry=read_entry(self.layout(dataset), recording).recording(recording),
            recipe=self.recipe,
            seed=self.configuration.seed,
            overrides=self.overrides_of(dataset, recording),
            layout=self.layout(dataset),
            digests=digests,
        )

    def _check_feature_windows(self) -> None:
        """Features of epochs need a recipe that cuts them."""
        cuts = any(step.acts_on == "epochs" for step in self.recipe.steps)
        if self.configuration.feature_windows.epochs and not cuts:
            msg = (
                f"'feature_windows: {{epochs: true}}' needs epochs, and the recipe '{self.recipe.name}' cuts none: add "
                "'epochs:' to the configuration, or leave 'epochs: true' out."
            )
            raise ConfigurationError(msg)

    def _check_folders(self) -> None:
        """Refuse to write into a source, and one derivative for several datasets."""
        for dataset, source in self.sources.items():
            raw = self.layout(dataset).raw.resolve()
            if source and raw == source.resolve():
                msg = f"The files of '{dataset}' would be written into '{source}' itself: choose another 'output'."
                raise ConfigurationError(msg)
        if self.configuration.derivative and len(self.sources) > 1:
            msg = f"'derivative' is one folder, and there are {len(self.sources)} datasets: {', '.join(self.sources)}."
            raise ConfigurationError(msg)

    def _known(self, dataset: str) -> _KnownLock:
        """Read a lock once, and again where it has changed: Snakemake asks for it several times a recording."""
        path = self.layout(dataset).lock
        changed_ns = path.stat().st_mtime_ns if path.is_file() else 0
        known = self._locks.get(dataset)
        if known is None or known.changed_ns != changed_ns:
            lock = read_lock(path)
            known = _KnownLock(changed_ns, lock, {entry.recording: entry for entry in lock.recordings})
            check_recordings(self.overrides, dataset, known.entries)
            self._locks[dataset] = known
            for key in [key for key in self._digests if key[1] == dataset]:
                del self._digests[key]
        return known


@dataclass(frozen=True)
class _KnownLock:
    changed_ns: int
    lock: Lock
    entries: Mapping[str, LockedRecording]


def _put_first(variable: str, folder: Path) -> str:
    others = [part for part in os.environ.get(variable, "").split(os.pathsep) if part and part != str(folder)]
    return os.pathsep.join([str(folder), *others])
