"""``status``: how far a run is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ConfigurationError
from .options import OUTPUT, AsJson, ConfigFile, Named, configfile_among, named, plan_of


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    what: Annotated[
        str | None, typer.Argument(help="An output folder ('results' by default), or a dataset: ID, folder, table.")
    ] = None,
    configfile: ConfigFile = None,
    output: Annotated[Path | None, typer.Option(help="The output folder of the dataset.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how far each dataset of a run is, while it runs and after, and why recordings are missing.

    Example: eegmill status path/to/my_bids
    """
    from ..workflow.asked import with_what_is_asked
    from ..workflow.status import lines, run_status

    words, configfile = configfile_among([what] if what else [], configfile)
    plan = plan_of(configfile) if configfile else None
    folder = output or (Path(plan.configuration.output) if plan else None)
    wanted = named(words[0], folder) if words else Named(folder or OUTPUT)
    every = run_status(wanted.output, plan.recipe.name if plan else "")
    rows = [row for row in every if wanted.dataset in ("", row.dataset)]
    if not rows:
        known = ", ".join(dict.fromkeys(row.dataset for row in every))
        msg = f"'{wanted.output}' has no dataset '{wanted.dataset}'; it has: {known}."
        raise ConfigurationError(msg)
    found = [with_what_is_asked(wanted.output, row, plan) for row in rows]
    if as_json:
        typer.echo("[" + ",".join(dataset.model_dump_json() for dataset in found) + "]")
    else:
        typer.echo("\n".join(lines(found)))
