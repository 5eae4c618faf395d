"""What a job asks of a cluster: memory and time from what the lock knows of its recordings.

A lock knows sizes of files, so the size of the signal follows from the bytes a value takes in each format. Peak memory
and CPU time grow in proportion to it. The constants are the lowest lines above all runs in
``validation/benchmarks/resources.tsv``, where ``python -m validation.benchmarks.resources`` fits them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..lock import LockedFile, LockedRecording
from ..recipe import Recipe

BYTES_PER_VALUE: Mapping[str, float] = {".edf": 2, ".bdf": 3, ".eeg": 2, ".fdt": 4, ".set": 4, ".cnt": 2, ".fif": 4}
"""The fewest that a value takes in a format, so that the signal is never thought smaller than it is."""
UNKNOWN_MB = 500.0
"""Of the signal, where the lock knows no size."""
MARGIN = 1.5
"""Machines and recordings differ from those that were measured; and where temporary files lie in memory, or have no
room, what waits there does too."""


@dataclass(frozen=True)
class Line:
    """Peak memory and CPU time of a recording, over the size of its signal in float64."""

    base_mb: float
    mb_per_mb: float
    base_s: float
    s_per_mb: float


@dataclass(frozen=True)
class Need:
    """What one recording takes, with a margin."""

    memory_mb: float
    time_s: float


EXPENSIVE = Line(base_mb=250, mb_per_mb=1.67, base_s=5, s_per_mb=1.0)
"""Twice the time of the slowest in the table, as ICA of nearly Gaussian sources takes more steps: that of 127 made
channels (610 MB) ended after 559 s, at its largest number of iterations."""
CHEAP = Line(base_mb=150, mb_per_mb=1.54, base_s=2, s_per_mb=0.12)
BATCHES_MB = 500
"""What batches of windows fill beside the signal, as features are computed of them."""
FEATURES_S_PER_MB = 1.5
"""All families together took 110 CPU s for ten minutes of 64 channels, which are 77 MB."""
BESIDE_MB = 500
"""Of a job beside its recordings: Snakemake, which starts twice on a node, and the process that loads the libraries."""
FETCH_MB = 500
FETCH_MB_PER_MIN = 60.0
"""A megabyte a second: a slow line."""
QUEUE_MIN = 10
"""Starting Python and Snakemake on a node, on a file system that many use."""
LIGHT_MB = 1000
LIGHT_MIN = 60


@dataclass(frozen=True)
class Allotment:
    """What a job was given, and which attempt it is; 0 is not limited."""

    attempt: int = 1
    mem_mb: int = 0
    runtime_min: int = 0

    @property
    def out_of_time(self) -> str:
        """What is said where the time was too short."""
        return f"ran out of time: it had {self.runtime_min} min; run again with a longer 'runtime'"

    def out_of_memory(self, peak_mb: int) -> str:
        """What is said where the system killed the job."""
        given = f" of {self.mem_mb} MB that it asked for" if self.mem_mb else ""
        return (
            f"killed by the system: most often the memory ran out (its peak was {peak_mb} MB{given}); "
            "run again with more 'mem_mb'"
        )


def signal_mb(entry: LockedRecording) -> float:
    """Size of the signal in float64, in 10⁶ bytes, from the sizes of the raw files."""
    sizes = {file.path: file.size for file in entry.files if _has_signal(file, entry)}
    values = [(size or 0) / BYTES_PER_VALUE.get(_suffix(path), 2) for path, size in sizes.items()]
    return sum(values) * 8 / 1e6 or UNKNOWN_MB


def clean_need(entry: LockedRecording, recipe: Recipe) -> Need:
    """What it takes to clean a recording."""
    line = EXPENSIVE if any(step.expensive for step in recipe.steps) else CHEAP
    size = signal_mb(entry)
    return Need(MARGIN * (line.base_mb + line.mb_per_mb * size), MARGIN * (line.base_s + line.s_per_mb * size))


def features_need(entry: LockedRecording) -> Need:
    """What it takes to compute features of a recording; rates that cleaning lowers make it less."""
    size = signal_mb(entry)
    memory_mb = CHEAP.base_mb + BATCHES_MB + CHEAP.mb_per_mb * size
    return Need(MARGIN * memory_mb, MARGIN * (CHEAP.base_s + FEATURES_S_PER_MB * size))


def fetch_need(entry: LockedRecording) -> Need:
    """What it takes to bring a recording: the job holds pieces, and never whole files."""
    size_mb = sum(file.size or 0 for file in entry.files) / 1e6
    return Need(FETCH_MB, 60 * size_mb / FETCH_MB_PER_MIN)


def allotment_for(needs: Sequence[Need], *, side_by_side: int = 1) -> Allotment:
    """Memory and time of the job on some recordings, at its first attempt.

    ``side_by_side`` of them are in memory at once; the last to end begins, at worst, when all others are done.
    """
    memory_mb = BESIDE_MB + sum(sorted((need.memory_mb for need in needs), reverse=True)[:side_by_side])
    longest_s = max((need.time_s for need in needs), default=0.0)
    time_s = longest_s + (sum(need.time_s for need in needs) - longest_s) / side_by_side
    return Allotment(mem_mb=_rounded(memory_mb, 100), runtime_min=QUEUE_MIN + math.ceil(time_s / 60))


def light_resources() -> Allotment:
    """Memory and time of the jobs on a dataset."""
    return Allotment(mem_mb=LIGHT_MB, runtime_min=LIGHT_MIN)


def _has_signal(file: LockedFile, entry: LockedRecording) -> bool:
    return file.path == entry.raw or file.role in ("raw", "companion")


def _rounded(value: float, to: int) -> int:
    return math.ceil(value / to) * to


def _suffix(path: str) -> str:
    return path[path.rfind(".") :].lower()
