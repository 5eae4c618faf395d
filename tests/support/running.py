"""Runs of the workflow, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from eegmill.files.shipped import workflow_root


class Run(subprocess.CompletedProcess[str]):
    """A run that has ended, and where it was started."""

    folder: Path
    before: frozenset[Path]
    """Logs of Snakemake's that were there when it began."""


def snakemake(folder: Path, *arguments: str, **configuration: Any) -> Run:
    """Run the workflow in a folder; keywords are configuration keys."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "configuration.yaml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / "Snakefile"), "--cores", "2"]
    command += [*arguments, *(["--configfile", path.name] if configuration else [])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "EEGMILL_CONF"))}
    before = frozenset(logs_in(folder))
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=environment, check=False, timeout=900
    )
    run = Run(done.args, done.returncode, done.stdout, done.stderr)
    run.folder, run.before = folder, before
    return run


def logs_in(folder: Path) -> list[Path]:
    """Snakemake's own logs of the runs in a folder, the newest last."""
    return sorted((folder / ".snakemake" / "log").glob("*.snakemake.log"))


def jobs(run: Run) -> dict[str, int]:
    """Counts of jobs by rule, as a dry run tells them and Snakemake's own log of any other."""
    counts: dict[str, int] = {}
    lines = (run.stdout + run.stderr).splitlines()
    if not any(line.startswith("Job stats:") for line in lines):
        logs = [log for log in logs_in(run.folder) if log not in run.before]
        lines = logs[-1].read_text(encoding="utf-8").splitlines() if logs else []
    start = next((place for place, line in enumerate(lines) if line.startswith("Job stats:")), len(lines))
    for line in lines[start + 3 :]:
        words = line.split()
        if len(words) != 2 or not words[1].isdigit():
            break
        counts[words[0]] = int(words[1])
    return counts
