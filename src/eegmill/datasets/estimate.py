"""What cleaning a dataset will take, from what the catalogue knows of it: rough, to choose a machine by."""

from __future__ import annotations

from dataclasses import dataclass

from ..catalog.documents.rows import DatasetRow
from ..sizes import size_in_words

JOBS_A_RECORDING = 2
JOBS_A_DATASET = 4
"""Resolve, dataset, validate, manifest."""

CPU_S_A_RECORDING = 6.0
"""Start, reading and writing (docs/validation.md, Main job)."""
CPU_S_A_SECOND = 0.67
"""ICA and the rest of 64 channels at 500 Hz, per second recorded (docs/validation.md, Speed and memory of steps)."""
CHANNELS = 64
SFREQ_HZ = 500.0

BASE_MB = 300.0
"""Libraries (the same table)."""
COPIES = 1.5
"""Memory over that, as a multiple of the recording in 64 bits."""


@dataclass(frozen=True)
class Estimate:
    """What one dataset takes; None where the catalogue does not know enough."""

    size_bytes: int | None
    recordings: int | None
    jobs: int | None
    cpu_hours: float | None
    memory_mb: float | None
    """Of one job, for a recording of mean length."""

    def lines(self) -> list[str]:
        """The same in words, a line each."""
        size = "unknown" if self.size_bytes is None else size_in_words(self.size_bytes)
        jobs = "unknown" if self.jobs is None else f"{self.jobs} for {_counted(self.recordings or 0, 'recording')}"
        cpu = "unknown" if self.cpu_hours is None else f"about {_duration(self.cpu_hours)} with the recipe eegprep"
        memory = "unknown" if self.memory_mb is None else f"about {self.memory_mb:.0f} MB"
        return [
            f"estimated bytes to fetch: {size}, if all of the dataset is taken",
            f"estimated jobs: {jobs}",
            f"estimated CPU time: {cpu}",
            f"estimated memory of a job: {memory}, for a recording of mean length",
        ]


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _duration(hours: float) -> str:
    return f"{hours:.2g} hours" if hours >= 1 else _counted(max(1, round(hours * 60)), "minute")


def estimate(row: DatasetRow) -> Estimate:
    """Estimate bytes, jobs, CPU hours and memory.

    ICA dominates: its time grows with the square of the number of channels, and with the number of samples.
    """
    recordings = row.records
    jobs = None if recordings is None else JOBS_A_RECORDING * recordings + JOBS_A_DATASET
    if not recordings or row.hours is None or not row.channels or not row.sfreqs_hz:
        return Estimate(row.size_bytes, recordings, jobs, None, None)
    channels, sfreq_hz, seconds = max(row.channels), max(row.sfreqs_hz), row.hours * 3600
    cpu_s = CPU_S_A_RECORDING * recordings
    cpu_s += CPU_S_A_SECOND * seconds * (channels / CHANNELS) ** 2 * (sfreq_hz / SFREQ_HZ)
    recording_mb = channels * sfreq_hz * seconds / recordings * 8 / 1e6
    return Estimate(row.size_bytes, recordings, jobs, cpu_s / 3600, BASE_MB + COPIES * recording_mb)
