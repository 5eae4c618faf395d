"""``features``: tables of features of a derivative."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ConfigurationError
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
    from ..derivative.features import write_features
    from ..provenance.origin import refuse_foreign

    refuse_foreign(derivative)
    report = write_features(
        derivative,
        [one for given in sets for one in _wanted(given)],
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


def _wanted(given: str) -> list[Any]:
    """A name, or what a YAML file lists."""
    if not given.endswith((".yaml", ".yml")):
        return [given]
    import yaml

    try:
        listed = yaml.safe_load(Path(given).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        msg = f"The features '{given}' cannot be read: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    if not isinstance(listed, list):
        msg = f"'{given}' must hold a list of features, such as '- spectral' and '- signal_quantile: {{q: 0.9}}'."
        raise ConfigurationError(msg)
    return listed
