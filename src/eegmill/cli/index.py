"""``index``: the windows of a derivative."""

from __future__ import annotations

from typing import Annotated

import typer

from .derivative import Derivative
from .options import AsJson


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(index)


def index(
    derivative: Derivative,
    window_s: Annotated[float, typer.Option(help="Length of the windows; epochs are taken where there are any.")] = 2.0,
    split: Annotated[
        list[str] | None, typer.Option(help="A part and its share of the subjects, such as train=0.8; repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the split; by default that of the derivative.")] = None,
    as_json: AsJson = False,
) -> None:
    """Index the windows of a derivative, so that it can be streamed: index.parquet and croissant.json.

    Example: eegmill index results/ds003805/derivatives/eegmill --split train=0.8 --split test=0.2
    """
    from ..config.models import index_choice
    from ..derivative.index import index_derivative

    choice = index_choice(window_s, split or ())
    report = index_derivative(derivative, window_s=choice.window_s, split=choice.split, seed=seed)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    typer.echo("".join(f"{note}\n" for note in report.notes), nl=False)
    typer.echo(f"{sum(report.windows.values())} {report.kind} of {len(report.windows)} recordings")
