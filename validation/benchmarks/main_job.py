"""Measure the main job on the embedded sample: CPU seconds and memory per job, overhead, no-op and dry run.

    python scripts/bench.py > /tmp/bench.md

Prints a Markdown section. CPU seconds are user and system time of a process and its children; the machine may be noisy, so
look at them rather than at the clock.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from eegmill.files.shipped import workflow_root
from eegmill.provenance.activity import read_activity


@dataclass(frozen=True)
class Cost:
    """What a process and its children took."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def measured(command: list[str], *, folder: Path) -> Cost:
    """Run a command to its end, which must be a good one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_s, wall_s, after.ru_maxrss / 1024)


def snakemake(*arguments: str) -> list[str]:
    """The main command."""
    root = workflow_root()
    configuration = str(root / "config" / "ds.yaml")
    base = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--cores", "2"]
    return [*base, "--configfile", configuration, *arguments]


def job_rows(folder: Path) -> tuple[list[str], float, int]:
    """A row for each job with its steps, the CPU seconds in steps, and the number of recordings."""
    rows, in_steps = [], 0.0
    paths = sorted((folder / "results" / "work").rglob("*.activity.json"))
    for path in paths:
        activity = read_activity(path)
        steps = ", ".join(f"{step.name} {step.cpu_s:.2f}" for step in activity.steps if step.cpu_s >= 0.05)
        inside = sum(step.cpu_s for step in activity.steps)
        in_steps += inside
        figures = f"{activity.cpu_s:.2f} | {inside:.2f} | {activity.peak_rss_mb:.0f}"
        rows.append(f"| {activity.stage} | {activity.recording} | {figures} | {steps} |")
    return rows, in_steps, len({path.parent for path in paths})


def main() -> None:
    """Run everything once in an empty folder and print what it took."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = measured(snakemake(), folder=folder)
        nothing = measured(snakemake(), folder=folder)
        dry = measured(snakemake("--dry-run"), folder=folder)
        rows, in_steps, n = job_rows(folder)
    overhead = (whole.cpu_s - in_steps) / n
    lines = [
        "| what | CPU s | wall s | peak MB |",
        "| --- | --- | --- | --- |",
        f"| whole run, {n} recordings, 2 cores | {whole.cpu_s:.1f} | {whole.wall_s:.1f} | {whole.peak_mb:.0f} |",
        f"| of it in steps | {in_steps:.1f} | | |",
        f"| overhead a recording (aim: 6) | {overhead:.1f} | | |",
        f"| second run, nothing to do (aim: 5) | {nothing.cpu_s:.1f} | {nothing.wall_s:.1f} | |",
        f"| dry run | {dry.cpu_s:.1f} | {dry.wall_s:.1f} | |",
        "",
        "| job | recording | CPU s | in steps | peak MB | steps of 0.05 s and more |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
