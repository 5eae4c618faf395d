"""Observes a job: when it ran and what it took."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ..provenance.activity import Activity, FileDigest
from ..provenance.environment import describe
from ..records import StepTime
from .task import Task

COMMAND = "eegmill run --configfile code/config.yaml"
"""What to type in the derivative to do it again."""
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Observed:
    """A piece of work, while it runs and after."""

    started_at: datetime
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    """Of the process up to its end."""

    def activity(
        self,
        task: Task,
        *,
        used: tuple[FileDigest, ...],
        generated: tuple[FileDigest, ...],
        parameters_digest: str,
        steps: Sequence[StepTime],
    ) -> Activity:
        """What was done, for the provenance records."""
        return Activity(
            stage="clean",
            recording=task.recording,
            command=COMMAND,
            started_at=self.started_at,
            ended_at=datetime.now(UTC),
            cpu_s=self.cpu_s,
            peak_rss_mb=self.peak_mb,
            used=used,
            generated=generated,
            parameters_digest=parameters_digest,
            seed=task.seed,
            steps=tuple(steps),
            environment=describe(),
        )


@contextmanager
def observe() -> Iterator[Observed]:
    """Measure the CPU seconds of a block, and how far the memory of the process has grown."""
    job, started_cpu_s = Observed(datetime.now(UTC)), time.process_time()
    yield job
    job.cpu_s = round(time.process_time() - started_cpu_s, 4)
    job.peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT / 1e6, 1)
