"""The run of the workflow that cleans a dataset: where its results lie, what is typed for it, and how it is started."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bars import Tick, silent
from ..bids.paths import DEFAULT_RECIPE
from ..config.datasets import is_path, name_of
from ..errors import ConfigurationError, DerivativeError
from ..lock import Lock, read_lock
from ..machine import ONLY
from ..workflow.layout import Layout
from .following import followed
from .once import Once

if TYPE_CHECKING:
    from ..workflow.plan import Plan

OPTIONS = {"subject": "--participant-label", "session": "--session-label", "task": "--task", "run": "--run-label"}
"""What the command line calls entities."""
SELECTED = tuple(OPTIONS)
ONE_AT_A_TIME = threading.RLock()
"""Of this process: a second run would find the output folder in use."""
MAX_TARGETS = 2000
"""Recordings that one run is told of: systems bound the length of a variable."""
REPEATED_LINES = 5
"""Last lines of a run that an error repeats where no job left a reason."""


@dataclass(frozen=True)
class Run:
    """A dataset, and a configuration to clean it with."""

    entry: str
    """An ID, or the path of a BIDS folder."""
    output: Path
    """Absolute."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of a configuration: ``recipe``, ``seed``, ``select``, ``api``, ``epochs``, ``overrides``, …"""
    _read: Once[Lock] = field(default_factory=lambda: Once(1), compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process checks the configuration and reads the lock itself."""
        return type(self), (self.entry, self.output, dict(self.configuration))

    @property
    def dataset(self) -> str:
        """The name of the dataset in the output folder."""
        return name_of(Path(self.entry)) if is_path(self.entry) else self.entry

    @cached_property
    def plan(self) -> Plan:
        """The checked configuration, with the selection of the lock that stands, if it names the same source.

        Raises
        ------
        ConfigurationError
            If a key is wrong.
        """
        from ..workflow.plan import Plan

        values = {"output": str(self.output), "datasets": [self.entry], **self.configuration}
        return Plan.from_values({**values, **self._of_lock(self.lock)})

    @property
    def layout(self) -> Layout:
        """Where everything of the dataset lies."""
        return self.plan.layout(self.dataset)

    @property
    def raw(self) -> Path:
        """The raw files that were fetched."""
        return self.output / self.dataset

    @property
    def lock(self) -> Lock | None:
        """The lock of the dataset, if a run has written one."""
        path = Layout(self.output, self.dataset, "").lock
        try:
            state = path.stat()
        except FileNotFoundError:
            return None
        return self._read.get((state.st_size, state.st_mtime_ns), lambda: read_lock(path))

    def _of_lock(self, lock: Lock | None) -> dict[str, Any]:
        """Keys by which the workflow takes a standing lock for the one that is wanted, instead of writing another."""
        if lock is None or is_path(self.entry) or "select" in self.configuration:
            return {}
        parts = lock.filter.get("$and", [lock.filter, {}])
        select: dict[str, Any] = {"modality": parts[0].get("recording_modality", "eeg"), "query": parts[1]}
        select |= {name: parts[0][name]["$in"] for name in SELECTED if name in parts[0]}
        return {"api": {"url": lock.api, "database": lock.database}, "select": select}

    def command(self, entities: Mapping[str, Any] | None = None) -> str:
        """What is typed to clean the dataset, or the recordings of these entities; empty if options cannot say it."""
        if self.configuration.keys() - {"recipe", "seed", "api"} or not isinstance(self._recipe, str):
            return ""
        words = [self.entry]
        api = self.configuration.get("api")
        if api:
            begin = ["eegmill", "init", self.entry, "--api", api["url"], "--database", api["database"]]
            words = ["--configfile", f"{self.entry}.yaml"]
        for name, option in OPTIONS.items():
            if (entities or {}).get(name) is not None:
                words += [option, str((entities or {})[name])]
        words += ["--recipe", self._recipe] if self._recipe != DEFAULT_RECIPE else []
        words += ["--seed", str(self.configuration["seed"])] if "seed" in self.configuration else []
        words += ["--output", _short(self.output)]
        typed = shlex.join(["eegmill", "run", *words])
        return f"{shlex.join(begin)} && {typed}" if api else typed

    @property
    def _recipe(self) -> Any:
        return self.configuration.get("recipe", DEFAULT_RECIPE)

    def clean(
        self, recordings: Sequence[str], *, cores: int | None = None, whole: bool = False, begin: Tick = silent
    ) -> None:
        """Clean recordings by the workflow: those that stand as they are wanted are left alone.

        Parameters
        ----------
        cores
            How many at a time; all cores of this machine by default.
        whole
            Whether tables, provenance and manifest of the derivative are made of all that is clean then.
        begin
            Called with the name of each recording as its cleaning begins.

        Raises
        ------
        ConfigurationError
            If the dataset cannot be resolved, the lock does not have a recording, or another run holds the output
            folder.
        DerivativeError
            If a recording cannot be cleaned; names the first, its stage and the reason.
        """
        with ONE_AT_A_TIME:
            self._resolve()
            self._refuse_unlocked(recordings)
            everything = len(set(recordings)) == len(self.plan.lock(self.dataset).recordings)
            for batch in batched(recordings, MAX_TARGETS):
                self._run_snakemake(batch, cores, begin, all_of_it=whole and everything)
            if whole and not everything:
                self._start([sys.executable, "-m", "eegmill.workflow", "finish"])
        failure = self._failure(recordings)
        if failure:
            raise DerivativeError(failure)

    def _run_snakemake(self, recordings: Sequence[str], cores: int | None, begin: Tick, *, all_of_it: bool) -> None:
        """Clean these, or make all of the derivative; a fault that is not one of these recordings is raised at once."""
        from ..workflow.command import snakemake_command

        further = [] if all_of_it else ["--until", "clean"]
        only = {} if all_of_it else {ONLY: "\n".join(recordings)}
        command = snakemake_command(self.plan, cores=cores, json_log="-", further=further)
        done = followed(command, {**self._environment, **only}, begin)
        if done.returncode and not self._failure(recordings):
            msg = f"'{self.dataset}' cannot be cleaned: {_last_lines(done.stderr)}"
            raise DerivativeError(msg)

    def _refuse_unlocked(self, recordings: Sequence[str]) -> None:
        """Raise if the lock lacks a recording, or has it as refused."""
        lock = self.plan.lock(self.dataset)
        locked, refused = ({one.recording for one in found} for found in (lock.recordings, lock.refused))
        for recording in recordings:
            if recording in refused:
                lock.recording(recording)  # says why
            if recording not in locked:
                msg = (
                    f"'{recording}' is not in '{self.layout.lock}', the lock of an earlier run, which selects "
                    f"{json.dumps(lock.filter)}: choose another 'output', or remove that lock."
                )
                raise ConfigurationError(msg)

    def _resolve(self) -> None:
        """Write the lock, if there is none for what is wanted."""
        from ..workflow.standing import is_resolved
        from ..workflow.supervision import read_failure

        if is_resolved(self.plan, self.dataset):
            return
        digest = self.plan.digest("resolve", self.dataset)
        command = [sys.executable, "-m", "eegmill.workflow", "resolve", self.dataset, digest]
        done = self._start(command)
        if done.returncode:
            failure = read_failure(self.plan.failure("resolve", self.dataset))
            reason = failure.reason if failure else _last_lines(done.stderr)
            msg = f"Dataset '{self.dataset}' cannot be resolved: {reason}"
            raise ConfigurationError(msg)

    def _start(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, check=False, capture_output=True, text=True, env=self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.plan.environment()}

    def _failure(self, recordings: Sequence[str]) -> str:
        """Why the first of these recordings that failed did so; empty where none did."""
        from ..workflow.supervision import read_failure

        for name in recordings:
            for stage in ("fetch", "report"):
                failure = read_failure(self.plan.failure(stage, self.dataset, name))
                if failure:
                    return f"'{name}' of '{self.dataset}' cannot be cleaned: {failure.stage}: {failure.reason}"
        return ""


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The items, so many at a time.

    Examples
    --------
    >>> list(batched("abcde", 2))
    ['ab', 'cd', 'e']
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def _short(folder: Path) -> str:
    """A folder as one types it from the working directory."""
    here = Path.cwd()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) and folder != here else str(folder)


def _last_lines(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "\n".join(lines[-REPEATED_LINES:]) or "the run was ended"
