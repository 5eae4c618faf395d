"""The application that all commands hang on."""

from __future__ import annotations

import typer

from ..version import __version__
from . import (
    benchmark,
    cache,
    catalogue,
    derivative,
    discovery,
    features,
    index,
    inputs,
    multiverse,
    proof,
    recording,
    stability,
    status,
    workflow,
)
from .other_names import Group

app = typer.Typer(
    name="eegmill",
    cls=Group,
    help="From an EEG dataset ID to clean BIDS derivatives that another lab can regenerate and prove equal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """From an EEG dataset ID to clean BIDS derivatives that another lab can regenerate and prove equal."""


for group in (
    discovery,
    workflow,
    status,
    inputs,
    cache,
    recording,
    stability,
    derivative,
    features,
    benchmark,
    multiverse,
    proof,
    index,
    catalogue,
):
    group.add_to(app)
