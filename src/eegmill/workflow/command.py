"""The command of Snakemake that runs a plan."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigurationError
from ..files.atomic import write_text
from ..files.shipped import shipped_profile, workflow_root
from .plan import Plan

DIGITS = 12


def snakemake_command(
    plan: Plan,
    *,
    configfile: Path | None = None,
    cores: int | None = None,
    profile: str | None = None,
    dry_run: bool = False,
    json_log: str | None = None,
    further: Sequence[str] = (),
) -> list[str]:
    """Words to execute, the interpreter first.

    Parameters
    ----------
    configfile
        The file that the plan was read from; None writes one, below ``work/`` of the output folder.
    cores
        By default all of this machine; a profile of a cluster says for itself.
    profile
        The name of one that ships with eegmill, or of another that Snakemake knows.
    json_log
        What happens is added to this file, or written to the standard output (``-``).
    further
        Further words for Snakemake.

    Raises
    ------
    ConfigurationError
        If the output folder cannot be written.
    """
    snakefile = workflow_root() / "Snakefile"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile)]
    command += ["--profile", shipped_profile(profile)] if profile else []
    command += ["--cores", str(cores or os.cpu_count() or 1)] if cores or not profile else []
    command += ["--configfile", str(configfile or _written(plan))]
    command += [] if any(word.startswith("--logger") for word in further) else ["--logger", "eegmill"]
    command += [f"--logger-eegmill-json-log={json_log}"] if json_log else []
    return [*command, *(["--dry-run"] if dry_run else []), *further]


def _written(plan: Plan) -> Path:
    """The configuration as a file whose name holds its digest: runs with other settings do not disturb each other."""
    text = plan.configuration.model_dump_json(indent=2) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
    output = Path(plan.configuration.output)
    path = output / "work" / "configurations" / f"{digest}.yaml"  # JSON is YAML
    try:
        write_text(path, text)
    except OSError as error:
        msg = f"'{output}' cannot be written ({error.strerror or error}): choose another 'output'."
        raise ConfigurationError(msg) from None
    return path
