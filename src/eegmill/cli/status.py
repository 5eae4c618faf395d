"""``status``: how far a run is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, ConfigFile, plan_of


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    output: Annotated[
        Path | None, typer.Argument(help="The output folder of a run, by default 'results'; or name its configuration.")
    ] = None,
    configfile: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say how far each dataset of a run is, while it runs and after, and why recordings are missing."""
    from ..workflow.status import lines, run_status

    if configfile is None:
        found = run_status(output or Path("results"))  # whatever was run there
    else:
        plan = plan_of(configfile)
        found = run_status(Path(plan.configuration.output), plan.recipe.name)
    if as_json:
        typer.echo("[" + ",".join(dataset.model_dump_json() for dataset in found) + "]")
    else:
        typer.echo("\n".join(lines(found)))
