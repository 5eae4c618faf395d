"""``resolve``, ``fetch``, ``lock`` and ``cache``: pinned inputs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ConfigurationError, EegmillError
from .options import ConfigFile, configfile_among, configfile_here, datasets_of, plan_of

if TYPE_CHECKING:
    from ..lock import Lock
    from ..workflow.plan import Plan

Output = Annotated[Path | None, typer.Option(help="The output folder; by default 'results', or as configured.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(resolve)
    app.command()(fetch)
    app.command()(lock)


def resolve(
    dataset: Annotated[str | None, typer.Argument(help="ID, folder or table; by default all configured.")] = None,
    configfile: ConfigFile = None,
    output: Output = None,
    update: Annotated[bool, typer.Option(help="Renew a lock that is there, after showing what differs.")] = False,
) -> None:
    """Ask the metadata API, or look through a folder, and pin what is there into lock files.

    Example: eegmill resolve --configfile ds003805.yaml
    """
    from ..inputs.resolve.any_source import lock_of
    from ..inputs.resolve.dataset import write_lock
    from ..inputs.resolve.difference import difference
    from ..inputs.resolve.seal import reseal
    from ..lock import read_lock

    plan, names = _plan_of(dataset, configfile, output)
    asked = plan.configuration
    for name in names:
        layout = plan.layout(name)
        path = layout.lock
        if path.exists() and not update:
            typer.echo(f"{path} stands; --update renews it.")
            continue
        new = lock_of(name, plan.sources[name], api=asked.api, select=asked.select, made=layout.made)
        if path.exists():
            old = read_lock(path)
            new = reseal(old, new)
            typer.echo(difference(old, new) or "The source has what the lock pins.")
        write_lock(new, path)
        typer.echo(f"{path}: {len(new.recordings)} recordings{_without(new)}")
        for one in new.refused:
            typer.echo(f"refused: {one.recording}: {one.reason}")


def _plan_of(dataset: str | None, configfile: Path | None, output: Path | None) -> tuple[Plan, tuple[str, ...]]:
    """The plan, and the datasets of it that are meant: one that the configuration does not name is taken alone."""
    from ..config.datasets import named_sources

    words, configfile = configfile_among([dataset] if dataset else [], configfile)
    if not words and configfile is None:
        configfile = configfile_here("resolve")
    changes = {"output": str(output)} if output else {}
    plan = plan_of(configfile, changes)
    if not words:
        return plan, plan.datasets
    entries = datasets_of(words)
    name = next(iter(named_sources(entries)))
    if name not in plan.datasets:
        plan = plan_of(configfile, {**changes, "datasets": entries, "overrides": None})
    return plan, (name,)


def _without(lock: Lock) -> str:
    from ..reading.sidecars import missing_sidecars

    raw = {entry.recording for entry in lock.recordings if entry.raw in entry.missing}
    named = {path for entry in lock.recordings for path in missing_sidecars(entry)}
    told = [f"; {len(named)} sidecars that the catalogue names are not at their source"] if named else []
    told += [f"; without raw file: {', '.join(sorted(raw))}"] if raw else []
    return "".join(told)


def fetch(
    dataset: Annotated[str, typer.Argument(help="ID, folder or table, already resolved.")],
    recording: Annotated[list[str] | None, typer.Argument(help="Recordings; by default all.")] = None,
    configfile: ConfigFile = None,
    output: Output = None,
) -> None:
    """Fetch what a lock pins. EEGMILL_CACHE names a shared cache, EEGMILL_OFFLINE=1 forbids the network."""
    from ..inputs.fetch.many import fetch_recordings
    from ..inputs.fetch.progress import showing
    from ..machine import Sharing
    from ..sizes import size_in_words

    plan, (dataset,) = _plan_of(dataset, configfile, output)
    layout, pinned = plan.layout(dataset), plan.lock(dataset)
    names = recording or [entry.recording for entry in pinned.recordings]
    with showing(sys.stderr) as progress:
        sharing = Sharing.from_environment()
        outcomes = fetch_recordings(
            pinned,
            names,
            layout.raw,
            progress=progress,
            slots=layout.transfers,
            cache=sharing.cache,
            offline=sharing.offline,
        )
    fetched = {name: files for name, files in outcomes.items() if not isinstance(files, EegmillError)}
    size = sum(file.size for file in {file for files in fetched.values() for file in files})
    typer.echo(f"{len(fetched)} of {len(names)} recordings in {layout.raw}, {size_in_words(size)}{_without(pinned)}")
    if len(fetched) < len(names):
        raise typer.Exit(1)


def lock(
    path: Annotated[Path, typer.Argument(help="A lock file.")],
    seal: Annotated[Path | None, typer.Option(help="Add SHA-256 of the files fetched into this raw dataset.")] = None,
) -> None:
    """Show a lock, or seal it with the checksums of what was fetched."""
    from ..inputs.resolve.dataset import write_lock
    from ..inputs.resolve.seal import seal as sealed
    from ..lock import read_lock

    pinned = read_lock(path)
    if seal is not None:
        if not seal.is_dir():
            msg = f"'{seal}' is no folder; --seal takes the fetched raw dataset."
            raise ConfigurationError(msg)
        pinned = sealed(pinned, seal)
        write_lock(pinned, path)
    files = {file.path: file for entry in pinned.recordings for file in entry.files}
    size = sum(file.size or 0 for file in files.values())
    state = "sealed" if pinned.sealed else "not sealed"
    typer.echo(f"{pinned.dataset}: {len(pinned.recordings)} recordings, {len(files)} files, {size} bytes, {state}")
