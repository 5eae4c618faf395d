"""``run``: the whole workflow."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from ..files.shipped import workflow_root
from .options import ConfigFile, plan_of


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(run)


def run(
    context: typer.Context,
    configfile: ConfigFile = None,
    cores: Annotated[int, typer.Option(min=1, help="How many recordings at once.")] = os.cpu_count() or 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done.")] = False,
) -> None:
    """Run the whole workflow; what follows '--' goes to Snakemake as it is."""
    plan_of(configfile)
    root = workflow_root()
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--cores", str(cores)]
    command += ["--configfile", str(configfile)] if configfile else []
    command += ["--dry-run"] if dry_run else []
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *context.args])
