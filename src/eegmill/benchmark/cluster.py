"""The command of Snakemake that runs a benchmark as jobs."""

from __future__ import annotations

import sys
from pathlib import Path

from ..files.shipped import shipped_profile, workflow_root


def snakemake_command(
    file: Path, *, output: Path | None = None, cores: int | None = None, profile: str | None = None
) -> list[str]:
    """Words to execute, the interpreter first.

    Parameters
    ----------
    file
        The configuration of the benchmark.
    output
        Instead of the configuration's.
    profile
        The name of one that ships with eegmill, or of another that Snakemake knows.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / "workflow" / "benchmark.smk")]
    command += ["--profile", shipped_profile(profile or "default"), "--configfile", str(file)]
    command += ["--cores", str(cores)] if cores else []
    return [*command, *(["--config", f"output={output}"] if output else [])]
