"""What a run consists of: read by the workflow to know which jobs there are, and what makes each one run again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..chain import Recipe
from ..config.models import Configuration, load_configuration
from ..config.overrides import OverrideRow, check_datasets, check_kinds, check_recordings, read_overrides
from ..config.recipes import configured_recipe
from ..lock import Lock, LockedRecording, read_lock
from ..machine import fix_environment
from ..provenance.environment import PACKAGES
from ..records import Override
from .fingerprint import PACKAGE, code_digest, steps_fingerprint
from .layout import Layout
from .libraries import READERS, versions

VARIABLE = "EEGMILL_CONFIGURATION"
HEAD_KINDS = ("channel", "segment")
DATASET_WRITERS = ("derivative/dataset.py", "provenance/bids_prov.py", "provenance/crate.py", "report/dashboard.py")


@dataclass(frozen=True)
class Plan:
    """A checked configuration, and what follows from it."""

    configuration: Configuration

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Plan:
        """Check the configuration of a workflow, recipe and overrides included."""
        plan = cls(load_configuration(values))
        check_datasets(plan.overrides, plan.configuration.datasets)
        check_kinds([row.override for row in plan.overrides], plan.recipe.steps)
        return plan

    @classmethod
    def from_environment(cls) -> Plan:
        """The plan of the workflow that started this process."""
        return cls.from_values(json.loads(os.environ[VARIABLE]))

    def to_environment(self) -> None:
        """Hand the plan to the jobs that this process starts, with this interpreter, this code and one BLAS thread."""
        os.environ[VARIABLE] = self.configuration.model_dump_json()
        _put_first("PATH", Path(sys.executable).parent)
        _put_first("PYTHONPATH", PACKAGE.parent)
        fix_environment()

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe, checked."""
        return configured_recipe(self.configuration)

    @cached_property
    def overrides(self) -> tuple[OverrideRow, ...]:
        """All decisions by a person."""
        path = self.configuration.overrides
        return read_overrides(Path(path)) if path else ()

    def layout(self, dataset: str) -> Layout:
        """The paths of a dataset."""
        return Layout(Path(self.configuration.output), dataset, self.recipe.name)

    def lock(self, dataset: str) -> Lock:
        """The lock of a dataset, checked against the overrides."""
        path = self.layout(dataset).lock
        lock = _lock_at(path, path.stat().st_mtime_ns if path.is_file() else 0)
        check_recordings(self.overrides, dataset, [entry.recording for entry in lock.recordings])
        return lock

    def recording(self, dataset: str, recording: str) -> LockedRecording:
        """A recording's part of the lock."""
        return self.lock(dataset).recording(recording)

    def overrides_of(self, dataset: str, recording: str) -> tuple[Override, ...]:
        """A person's decisions on one recording."""
        return tuple(row.override for row in self.overrides if (row.dataset, row.recording) == (dataset, recording))

    def resolve_digest(self, dataset: str) -> str:
        """Changes when the question to the API changes."""
        asked = self.configuration
        return _digest(dataset, asked.api.model_dump_json(), asked.select.model_dump_json())

    def fetch_digest(self, dataset: str, recording: str) -> str:
        """Changes when the pinned files of a recording change."""
        return _digest(self.recording(dataset, recording).model_dump_json())

    def decompose_digest(self, dataset: str, recording: str) -> str:
        """Changes when the input, its reader, a step up to the ICA, its seed or an override that acts on it changes."""
        head, _ = self.recipe.split()
        return _digest(
            self.fetch_digest(dataset, recording),
            steps_fingerprint(head),
            code_digest(PACKAGE / "reading" / "recording.py", PACKAGE / "chain.py"),
            versions(READERS),
            str(self.configuration.seed),
            *(item.model_dump_json() for item in self.overrides_of(dataset, recording) if item.kind in HEAD_KINDS),
        )

    def clean_digest(self, dataset: str, recording: str) -> str:
        """Changes when a step behind the ICA, an override, or the writing of derivatives changes."""
        _, tail = self.recipe.split()
        return _digest(
            self.decompose_digest(dataset, recording),
            steps_fingerprint(tail),
            code_digest(PACKAGE / "derivative" / "write.py", PACKAGE / "metrics.py", PACKAGE / "records.py"),
            *(item.model_dump_json() for item in self.overrides_of(dataset, recording)),
        )

    def report_digest(self) -> str:
        """Changes when the pages change."""
        templates = sorted((PACKAGE / "report").rglob("*.j2"))
        modules = sorted((PACKAGE / "report").glob("*.py"))
        return _digest(code_digest(*modules), *(path.read_text(encoding="utf-8") for path in templates))

    def dataset_digest(self, dataset: str) -> str:
        """Changes when what the dataset's files tell, or what writes them, changes; empty until it is resolved."""
        if not self.layout(dataset).lock.is_file():
            return ""
        return _digest(
            self.lock(dataset).model_dump_json(),
            self.configuration.model_dump_json(),
            self.report_digest(),
            code_digest(*(PACKAGE / module for module in DATASET_WRITERS)),
            (PACKAGE / "workflow" / "jobs" / "dataset.py")
            .read_bytes()
            .hex(),  # alone: it imports the plan, and this every step
            versions(PACKAGES),
        )


def _put_first(variable: str, folder: Path) -> None:
    others = [part for part in os.environ.get(variable, "").split(os.pathsep) if part and part != str(folder)]
    os.environ[variable] = os.pathsep.join([str(folder), *others])


_LOCKS: dict[tuple[Path, int], Lock] = {}


def _lock_at(path: Path, changed_ns: int) -> Lock:
    """Read a lock once: Snakemake asks for it several times a recording."""
    if (path, changed_ns) not in _LOCKS:
        _LOCKS[path, changed_ns] = read_lock(path)
    return _LOCKS[path, changed_ns]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
