"""Measure the main job on the embedded sample: CPU seconds and memory per job, overhead, no-op and dry run.

    python -m validation.benchmarks.main_job

Prints a Markdown section. CPU seconds are user and system time of a process and its children; the machine may be noisy, so
look at them rather than at the clock.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from eegmill.files.shipped import workflow_root
from eegmill.workflow.receipts import read_receipt
from eegmill.workflow.stages import OF_RECORDINGS
from validation.markdown import print_table
from validation.processes import cost_of


def snakemake(*arguments: str) -> list[str]:
    """The main command."""
    root = workflow_root()
    configuration = str(root / "config" / "ds.yaml")
    base = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--cores", "2"]
    return [*base, "--configfile", configuration, *arguments]


def job_rows(folder: Path) -> tuple[list[tuple[str, ...]], float, int]:
    """A row for each stage with its steps, the CPU seconds in steps, and the number of recordings."""
    rows: list[tuple[str, ...]] = []
    in_steps = 0.0
    stages = (path for stage in OF_RECORDINGS for path in sorted((folder / "results/work").glob(f"*/{stage}/*.json")))
    for receipt in map(read_receipt, stages):
        steps = receipt.activity.steps if receipt.activity else ()
        telling = ", ".join(f"{step.name} {step.cpu_s:.2f}" for step in steps if step.cpu_s >= 0.05)
        inside = sum(step.cpu_s for step in steps)
        in_steps += inside
        peak_mb = f"{receipt.activity.peak_rss_mb:.0f}" if receipt.activity else ""
        rows.append((receipt.stage, receipt.name, f"{receipt.cpu_s:.2f}", f"{inside:.2f}", peak_mb, telling))
    return rows, in_steps, len({name for _, name, *_ in rows})


def main() -> None:
    """Run everything once in an empty folder and print what it took."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = cost_of(snakemake(), folder=folder)
        nothing = cost_of(snakemake(), folder=folder)
        dry = cost_of(snakemake("--dry-run"), folder=folder)
        rows, in_steps, n = job_rows(folder)
    overhead = (whole.cpu_s - in_steps) / n
    print("## Main job")
    print_table(
        "what | CPU s | wall s | peak MB",
        [
            (
                f"whole run, {n} recordings, 2 cores",
                f"{whole.cpu_s:.1f}",
                f"{whole.wall_s:.1f}",
                f"{whole.peak_mb:.0f}",
            ),
            ("of it in steps", f"{in_steps:.1f}", "", ""),
            ("overhead a recording (aim: 2.5)", f"{overhead:.1f}", "", ""),
            ("second run, nothing to do (aim: 1.5)", f"{nothing.cpu_s:.1f}", f"{nothing.wall_s:.1f}", ""),
            ("dry run", f"{dry.cpu_s:.1f}", f"{dry.wall_s:.1f}", ""),
        ],
    )
    print_table("stage | recording | CPU s | in steps | peak MB | steps of 0.05 s and more", rows)


if __name__ == "__main__":
    main()
