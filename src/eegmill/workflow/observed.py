"""Observes a job: when it ran, what it took, what it used and made."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..chain import parameters_digest
from ..provenance.activity import Activity, FileDigest, activity_id, file_digests, write_activity
from ..provenance.environment import describe
from ..records import StepTime
from .plan import Plan

BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Observed:
    """A job while it runs; it fills in what it made."""

    stage: str
    recording: str
    parameters_digest: str
    seed: int
    used: tuple[FileDigest, ...]
    generated: tuple[FileDigest, ...] = ()
    steps: Sequence[StepTime] = ()

    @property
    def id(self) -> str:
        """The BIDS-Prov identifier, known before the job ends."""
        return activity_id(
            self.stage, self.recording, used=self.used, parameters_digest=self.parameters_digest, seed=self.seed
        )


@contextmanager
def observed(stage: str, plan: Plan, *, dataset: str, recording: str) -> Iterator[Observed]:
    """Observe a job on one recording, and write its activity if it ends well."""
    layout = plan.layout(dataset)
    digest = parameters_digest(plan.recipe, plan.overrides_of(dataset, recording))
    job = Observed(stage, recording, digest, plan.configuration.seed, used=fetched_files(layout.fetched(recording)))
    started_at, started_cpu_s = datetime.now(UTC), time.process_time()
    yield job
    activity = Activity(
        stage=stage,
        recording=recording,
        command=f"eegmill {stage} {dataset} {recording}",
        started_at=started_at,
        ended_at=datetime.now(UTC),
        cpu_s=round(time.process_time() - started_cpu_s, 4),
        peak_rss_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT / 1e6, 1),
        used=job.used,
        generated=job.generated,
        parameters_digest=digest,
        seed=job.seed,
        steps=tuple(job.steps),
        environment=describe(),
    )
    write_activity(layout.activity(stage, recording), activity)


def fetched_files(path: Path) -> tuple[FileDigest, ...]:
    """The raw files of a recording with the digests that were computed as they were fetched."""
    listed = json.loads(path.read_bytes())
    return tuple(
        FileDigest(place="raw", path=name, size=entry["size"], sha256=entry["sha256"])
        for name, entry in sorted(listed.items())
    )


def scratch_digest(path: Path) -> tuple[FileDigest, ...]:
    """A file passed between two jobs."""
    return file_digests([path], root=path.parent, place="scratch")
