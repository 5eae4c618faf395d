"""``features``: tables of features of a derivative."""

from __future__ import annotations

from typing import Annotated

import typer

from .derivative import Derivative
from .options import AsJson


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(features)


def features(
    derivative: Derivative,
    sets: Annotated[
        list[str], typer.Option("--set", help="A family, a feature, or a YAML file of them; may be repeated.")
    ],
    recording: Annotated[list[str] | None, typer.Option(help="Only this recording; may be repeated.")] = None,
    window_s: Annotated[float, typer.Option(min=0, help="Length of the windows; 0: the whole recording is one.")] = 2.0,
    step_s: Annotated[
        float | None, typer.Option(min=0, help="Between the starts of windows; else side by side.")
    ] = None,
    epochs: Annotated[bool, typer.Option(help="Of the epochs instead of windows.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute features of cleaned recordings: one table a family, features/<family>.parquet.

    Example: eegmill features results/ds003805/derivatives/eegmill --set spectral --set complexity_lempel_ziv
    """
    from ..config.features import wanted_features
    from ..derivative.features import write_features
    from ..provenance.origin import refuse_foreign

    refuse_foreign(derivative)
    report = write_features(
        derivative,
        wanted_features(sets),
        recordings=recording or (),
        window_s=window_s or None,
        step_s=step_s,
        epochs=epochs,
    )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        lines = [f"{name}: {note}" for name, told in report.notes.items() for note in told]
        done = f"{sum(report.windows.values())} windows of {len(report.windows)} recordings"
        typer.echo("\n".join([*lines, f"{done}: {', '.join(report.files)}"]))
    raise typer.Exit(1 if report.failed else 0)
