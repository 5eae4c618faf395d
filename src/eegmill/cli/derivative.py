"""``report``, ``verify``, ``check``, ``prune`` and ``export``: finished derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import ConfigurationError
from .options import AsJson, named

Derivative = Annotated[Path, typer.Argument(help="A derivative folder that eegmill made.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(report)
    app.command()(verify)
    app.command()(check)
    app.command()(prune)
    app.command()(export)


def report(
    what: Annotated[str, typer.Argument(help="A derivative, an output folder, or a dataset: ID, folder, table.")],
    output: Annotated[Path | None, typer.Option(help="The output folder of the dataset; by default 'results'.")] = None,
    recipe: Annotated[str, typer.Option(help="Only the derivative of this recipe.")] = "",
    raw: Annotated[Path | None, typer.Option(help="The raw dataset; by default where the run left it.")] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Draw no page again, but compare with this derivative: another recipe or version."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="With --against: the page to write; by default beside WHAT.")
    ] = None,
) -> None:
    """Draw the pages of a derivative and its index again: no run, no configuration, no raw files needed.

    Example: eegmill report results/ds003805/derivatives/eegmill
    """
    from ..workflow.pages import draw_again

    if against is not None:
        _compare(_derivatives(what, output, recipe), against, page)
        return

    failed = 0
    for derivative in _derivatives(what, output, recipe):
        drawn = draw_again(derivative, raw=raw, progress=lambda name: typer.echo(name, err=True))
        for name, reason in drawn.failed.items():
            typer.echo(f"{name}: failed: {reason}")
        if drawn.without_raw:
            typer.echo(f"without the raw signal, which is not there: {', '.join(drawn.without_raw)}")
        typer.echo(f"{len(drawn.pages)} pages: {drawn.index or derivative}")
        failed += len(drawn.failed)
    raise typer.Exit(1 if failed else 0)


def _compare(derivatives: list[Path], against: Path, page: Path | None) -> None:
    """Write the page about two derivatives.

    Raises
    ------
    ConfigurationError
        If more than one is to be compared with the other.
    """
    from ..workflow.comparison import compare_derivatives

    if len(derivatives) != 1:
        names = ", ".join(derivative.name for derivative in derivatives)
        msg = f"There are {len(derivatives)} derivatives ({names}): name the folder of one, or its --recipe."
        raise ConfigurationError(msg)
    typer.echo(compare_derivatives(derivatives[0], against, page))


def _derivatives(what: str, output: Path | None, recipe: str) -> list[Path]:
    """The derivatives that a word names.

    Raises
    ------
    ConfigurationError
        If there is none.
    """
    from ..bids.paths import derivative_name
    from ..config.datasets import is_derivative

    path = Path(what).expanduser()
    if is_derivative(path):
        return [path]
    wanted = named(what, output)
    pattern = f"{wanted.dataset or '*'}/derivatives/{derivative_name(recipe) if recipe else 'eegmill*'}"
    found = sorted(one for one in wanted.output.glob(pattern) if is_derivative(one))
    if not found:
        msg = f"There is no derivative '{wanted.output / pattern}': run it first, or name its folder."
        raise ConfigurationError(msg)
    return found


def verify(
    derivative: Derivative,
    recording: Annotated[list[str] | None, typer.Option(help="Only this recording; may be repeated.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many recordings, always the same ones.")] = None,
    raw: Annotated[Path | None, typer.Option(help="The raw dataset; by default where the run left it.")] = None,
    manifest_only: Annotated[bool, typer.Option("--manifest-only", help="Compare checksums only: seconds.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.")] = None,
    statement: Annotated[
        list[Path] | None, typer.Option(help="Check this signed statement, or a folder of them: seconds.")
    ] = None,
    public_key: Annotated[list[Path] | None, typer.Option(help="A public key that you trust; may be repeated.")] = None,
    with_lock: Annotated[
        Path | None,
        typer.Option(help="Compare, step by step, with an environment made of this requirements file: minutes."),
    ] = None,
    with_python: Annotated[
        Path | None, typer.Option(help="The same with an environment that is there, by its Python.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a derivative again from its own records, and compare: bits, then JSON, then numbers and decisions.

    Example: eegmill verify eegmill --statement eegmill/prov/attestations --public-key lab.pub
    """
    if with_lock or with_python:
        if (with_lock and with_python) or statement or public_key or manifest_only:
            msg = "--with-lock and --with-python go with neither each other nor --statement or --manifest-only."
            raise typer.BadParameter(msg)
        chosen = _Chosen(tuple(recording or ()), sample, raw)
        raise typer.Exit(_versions(derivative, chosen, with_lock, with_python, output=output, as_json=as_json))
    if statement or public_key:
        raise typer.Exit(_statements(derivative, statement or [], public_key or [], as_json=as_json))
    from ..provenance.verify import table, verify_manifest, write_verify_record
    from ..provenance.verify import verify as make_again

    if manifest_only:
        report = verify_manifest(derivative)
        proved = report.intact
    else:
        from ..derivative.index import index_again
        from ..proof.dataset_again import dataset_again
        from ..workflow.rebuild import rebuilder

        rebuild = rebuilder(derivative, raw)
        report = make_again(
            derivative,
            rebuild=rebuild,
            index_again=index_again,
            dataset_again=dataset_again,
            recordings=recording or (),
            sample=sample,
            raw=raw,
        )
        proved = report.equal
    if output is not None:
        write_verify_record(output, report)
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join(table(report)))
    raise typer.Exit(0 if proved else 1)


@dataclass(frozen=True)
class _Chosen:
    """What of a derivative is made again, and of which raw files."""

    recordings: tuple[str, ...]
    sample: int | None
    raw: Path | None


def _versions(
    derivative: Path, chosen: _Chosen, lock: Path | None, python: Path | None, *, output: Path | None, as_json: bool
) -> int:
    """Make recordings again with other libraries too, and compare; 0 if they are equal within the bounds."""
    from ..files.atomic import write_json
    from ..proof.versions.verify import verify_versions

    report = verify_versions(
        derivative,
        lock=lock,
        python=python,
        recordings=chosen.recordings,
        sample=chosen.sample,
        raw=chosen.raw,
        progress=lambda text: typer.echo(text, err=True),
    )
    if output is not None:
        told = {"summary": report.summary, "equal": report.equal, **report.model_dump(mode="json")}
        write_json(output, told)
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join(report.lines()))
    return 0 if report.equal else 1


def _statements(derivative: Path, paths: list[Path], keys: list[Path], *, as_json: bool) -> int:
    """Compare files with the manifest, and the manifest with signed statements; 0 if all is proved."""
    from ..proof.attest import check_statements
    from ..provenance.manifest import ATTESTATIONS
    from ..provenance.verify import table, verify_manifest

    files = verify_manifest(derivative)
    report = check_statements(derivative, paths or [derivative / ATTESTATIONS], keys)
    shown = [*table(files), *(item.line for item in report.statements), report.summary]
    typer.echo(report.model_dump_json(indent=2) if as_json else "\n".join(shown))
    return 0 if files.intact and report.proved else 1


def check(derivative: Derivative, as_json: AsJson = False) -> None:
    """Check what the BIDS validator leaves out: required keys, sources, labels, copies, provenance, manifest."""
    from ..provenance.check import check as run

    findings = run(derivative)
    if as_json:
        typer.echo("[" + ",".join(finding.model_dump_json() for finding in findings) + "]")
    else:
        typer.echo("\n".join(str(finding) for finding in findings) or "Nothing is wrong.")
    raise typer.Exit(1 if findings else 0)


def prune(
    derivative: Derivative,
    lock: Annotated[Path, typer.Argument(help="The lock that counts: what it does not name goes.")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove; without it they are only listed.")] = False,
) -> None:
    """List, or remove, derivatives of recordings that the lock no longer has."""
    from ..lock import read_lock
    from ..provenance.prune import prune as remove
    from ..provenance.prune import stale_recordings

    pinned = read_lock(lock)
    names = remove(derivative, pinned) if yes else tuple(sorted(stale_recordings(derivative, pinned)))
    typer.echo("\n".join(names) or "Nothing is stale.")


def export(
    derivative: Derivative,
    folder: Annotated[Path, typer.Argument(help="Where to write; not in the derivative.")],
    to: Annotated[
        Literal["fif", "set", "edf", "zarr", "braindecode-hub", "older-prov"],
        typer.Option(help="Format; older-prov: provenance in the names that BIDS-Prov had until 2025."),
    ] = "set",
    recording: Annotated[list[str] | None, typer.Option(help="Only this recording; may be repeated.")] = None,
    epochs: Annotated[bool, typer.Option(help="The epochs instead of the continuous signal.")] = False,
) -> None:
    """Write clean recordings in another format."""
    from ..derivative.export import HELD, export_dataset, export_recording
    from ..derivative.read import cleaned_recordings
    from ..provenance.origin import read_origin

    if to == "older-prov":
        from ..provenance.older_names import write_older_names

        for path in write_older_names(derivative, folder):
            typer.echo(path)
        return
    names = recording or list(cleaned_recordings(derivative))
    if not recording and (
        left_out := {entry.recording for entry in read_origin(derivative).lock.recordings} - {*names}
    ):
        typer.echo(f"Left out, without a clean signal: {', '.join(sorted(left_out))}.", err=True)
    if to == "zarr" or to == "braindecode-hub":  # a type checker does not follow a tuple
        if epochs:
            msg = f"'{to}' holds no epochs: export them as 'set' or 'fif'."
            raise typer.BadParameter(msg)
        for path in export_dataset(derivative, names, folder, to=to):
            typer.echo(path)
    else:
        for name in names:
            typer.echo(export_recording(derivative, name, folder, to=to, epochs=epochs))
    typer.echo(f"'{to}' holds {HELD[to]}.", err=True)
