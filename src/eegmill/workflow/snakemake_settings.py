"""What Snakemake was started with, as far as the rules depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..machine import only_these

if TYPE_CHECKING:
    from snakemake.workflow import Workflow

OF_RECORDINGS = ("fetch", "clean")
"""Rules that work on groups of recordings."""


@dataclass(frozen=True)
class SnakemakeSettings:
    """Looked up when they are needed: Snakemake knows some of them only when it has read the rules."""

    workflow: Workflow

    @property
    def cores(self) -> int | None:
        """How many cores of this machine a run has; None where its jobs go to a cluster.

        A cluster is told how many jobs may be queued at once; on one machine that is another word for cores.
        """
        cores: int | None = self.workflow.resource_settings.cores
        nodes = self.workflow.resource_settings.nodes
        return None if nodes is not None and nodes != cores else cores or 1

    @property
    def again(self) -> bool:
        """Whether recordings are to be done again though they are done: ``--forceall``, ``--forcerun clean``."""
        settings = self.workflow.dag_settings
        return bool(settings.forceall) or any(_is(rule, name) for rule in settings.forcerun for name in OF_RECORDINGS)

    @property
    def only(self) -> frozenset[str] | None:
        """The recordings that whoever started the run wants; None for all."""
        return only_these()

    @property
    def retries(self) -> int:
        """How often a job that failed is tried again."""
        settings = self.workflow.execution_settings
        return settings.retries if settings else 0

    @property
    def late_s(self) -> float:
        """How long Snakemake waits for files that other machines write; 0 where all jobs run on this one."""
        settings = self.workflow.execution_settings
        return float(settings.latency_wait) if settings and self.cores is None else 0.0

    def stop_at(self, rule: str) -> bool:
        """Whether ``--until`` ends the run with a rule."""
        return any(_is(name, rule) for name in self.workflow.dag_settings.until)


def _is(name: str, rule: str) -> bool:
    """Whether a rule is meant: another workflow that uses this one gives its rules a prefix."""
    return name == rule or name.endswith(f"_{rule}")
