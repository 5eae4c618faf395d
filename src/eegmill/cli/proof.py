"""``dehydrate``, ``rehydrate``, ``publish`` and ``attest``: derivatives that travel, and who vouches for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import AsJson

Derivative = Annotated[Path, typer.Argument(help="A derivative folder that eegmill made.")]
Only = Annotated[list[str] | None, typer.Option("--recording", help="Only this recording; may be repeated.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(dehydrate)
    app.command()(rehydrate)
    app.command()(publish)
    app.command()(attest)


def dehydrate(
    derivative: Derivative,
    out: Annotated[Path | None, typer.Argument(help="A new folder; by default beside it, '…-dehydrated'.")] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a derivative without what can be made again: kilobytes to publish, with checksums of the whole.

    Example: eegmill dehydrate results/ds003805/derivatives/eegmill
    """
    from ..proof.dehydrate import dehydrate as copy

    report = copy(derivative, out)
    typer.echo(report.model_dump_json(indent=2) if as_json else report.summary)


def rehydrate(
    folder: Annotated[Path, typer.Argument(help="A dehydrated derivative; it is made whole.")],
    recording: Only = None,
    raw: Annotated[Path | None, typer.Option(help="The raw dataset; by default fetched as the lock says.")] = None,
    apart: Annotated[
        Path | None, typer.Option(help="Keep what differs within bounds in this folder; never in the derivative.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make what a dehydrated derivative leaves out, and take only what its manifest says.

    Example: eegmill rehydrate eegmill-dehydrated --recording sub-01_task-rest
    """
    from ..proof.rehydrate import rehydrate as make_whole

    report = make_whole(
        folder, recordings=recording or (), raw=raw, apart=apart, progress=lambda name: typer.echo(name, err=True)
    )
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join(report.lines()))
    raise typer.Exit(0 if report.accepted else 1)


def publish(
    derivative: Derivative,
    out: Annotated[Path, typer.Argument(help="A new folder; nothing is sent anywhere.")],
    to: Annotated[Literal["datalad", "openneuro", "nemar", "zenodo"], typer.Option(help="For whom.")],
    as_json: AsJson = False,
) -> None:
    """Make a folder that is ready to be published, and tell the next command.

    Example: eegmill publish eegmill upload --to openneuro
    """
    from ..proof.publish import publish as prepare

    report = prepare(derivative, out, to=to)
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join([f"{out} is ready. Next:", *report.next]))


def attest(
    derivative: Derivative,
    key: Annotated[Path, typer.Option(help="Your private EC key (PEM).")],
    report: Annotated[Path | None, typer.Option(help="What 'eegmill verify' wrote to --output: your verdict.")] = None,
    password: Annotated[str | None, typer.Option(envvar="EEGMILL_KEY_PASSWORD", help="Of the key.")] = None,
) -> None:
    """Sign what a derivative is, and how verifying it went, into its prov/attestations/.

    Example: eegmill attest eegmill --key me.pem --report verify.json
    """
    from ..proof.attest import attest as sign
    from ..proof.statement import read_report

    path = sign(derivative, key, report=read_report(report) if report else None, password=password)
    typer.echo(path)
