"""Datasets resolved outside of Snakemake: before it looks for their jobs, or for many datasets at once."""

from __future__ import annotations

import subprocess
import sys

from ..errors import ConfigurationError
from .plan import Plan
from .standing import is_resolved
from .supervision import read_failure


def resolve_now(plan: Plan) -> None:
    """Resolve what has no lock yet.

    Raises
    ------
    ConfigurationError
        If a dataset cannot be resolved; the reason is the job's.
    """
    plan.to_environment()
    for dataset in plan.datasets:
        if not is_resolved(plan, dataset) and (reason := resolve_one(plan, dataset)):
            msg = f"Dataset '{dataset}' cannot be resolved: {reason}"
            raise ConfigurationError(msg)


def resolve_one(plan: Plan, dataset: str) -> str:
    """Resolve one dataset in a process of its own, with the plan of its environment; why it failed, if it did."""
    command = [sys.executable, "-m", "eegmill.workflow", "resolve", dataset, plan.digest("resolve", dataset)]
    if subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return ""
    failure = read_failure(plan.failure("resolve", dataset))
    return failure.reason if failure else "the job was ended"
