"""``clean``: one file, without workflow or dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ConfigurationError


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(clean)


def clean(
    file: Annotated[Path, typer.Argument(help="A recording that MNE reads: .edf .bdf .vhdr .set .cnt .fif …")],
    output: Annotated[Path, typer.Argument(help="What to write: a .vhdr file; the record goes beside it.")],
    recipe: Annotated[str, typer.Option(help="Name or file of a recipe.")] = "eegprep",
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 20260101,
) -> None:
    """Clean one file by a recipe."""
    from ..cleaning import clean as run
    from ..derivative.brainvision import write_brainvision
    from ..files.atomic import write_json
    from ..reading.raw_files import open_raw

    if output.suffix != ".vhdr":
        msg = f"'{output.name}' must end in .vhdr: the clean signal is written as BrainVision."
        raise ConfigurationError(msg)
    notes: list[str] = []
    cleaned = run(open_raw(file, notes), recipe, seed=seed)
    record = cleaned.record.model_copy(update={"recording": file.stem, "notes": (*notes, *cleaned.record.notes)})
    if record.status == "ok":
        output.parent.mkdir(parents=True, exist_ok=True)
        write_brainvision(cleaned.raw, output.parent, output.stem)
    write_json(output.with_name(f"{output.stem}_qc.json"), record.model_dump(mode="json"))
    typer.echo(f"{file.name}: {record.status}{': ' + record.reason if record.reason else ''}")
    if record.status != "ok":
        raise typer.Exit(1)
