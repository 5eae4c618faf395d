"""``init`` and ``run``: a configuration, and the whole workflow."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ConfigurationError
from ..files.shipped import workflow_root
from .options import ConfigFile, plan_of


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(run)


def init(
    dataset: Annotated[str, typer.Argument(help="Dataset ID, for example ds003805.")],
    api: Annotated[str, typer.Option(help="Metadata API: a URL, or 'embedded'.")] = "embedded",
    output: Annotated[Path | None, typer.Option(help="The file to write; by default DATASET.yaml here.")] = None,
) -> None:
    """Write a commented configuration for a dataset."""
    from ..config.models import Configuration
    from ..config.text import commented_configuration
    from ..files.atomic import write_text

    target = output or Path(f"{dataset}.yaml")
    if target.exists():
        msg = f"'{target}' is there already; name another file with --output, or delete it."
        raise ConfigurationError(msg)
    configuration = Configuration.model_validate({"datasets": [dataset], "api": {"url": api}})
    write_text(target, commented_configuration(configuration))
    typer.echo(f"Wrote {target}. Now: eegmill run --configfile {target}")


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
