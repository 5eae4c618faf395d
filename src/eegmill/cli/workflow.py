"""``run``: the whole workflow."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import (
    ConfigFile,
    Labels,
    configfile_among,
    configfile_here,
    datasets_of,
    labels_of,
    plan_of,
    read_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..workflow.plan import Plan

SELECTED = {"sub": "subject", "ses": "session", "task": "task", "run": "run"}
"""Keys of ``select`` by the BIDS entity."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)


def run(
    context: typer.Context,
    datasets: Annotated[list[str] | None, typer.Argument(help="Dataset IDs, BIDS folders, tables.")] = None,
    configfile: ConfigFile = None,
    recipe: Annotated[str | None, typer.Option(help="Name or file of a recipe.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder that everything is written to.")] = None,
    participant_label: Annotated[Labels, typer.Option(help="Only this subject; may be repeated.")] = None,
    session_label: Annotated[Labels, typer.Option(help="Only this session; may be repeated.")] = None,
    task: Annotated[Labels, typer.Option(help="Only this task; may be repeated.")] = None,
    run_label: Annotated[Labels, typer.Option(help="Only this run; may be repeated.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    overrides: Annotated[Path | None, typer.Option(help="A TSV of decisions by a person.")] = None,
    api: Annotated[str | None, typer.Option(help="Metadata API for IDs: a URL, or 'embedded'.")] = None,
    cores: Annotated[int | None, typer.Option(min=1, help="How many recordings at once; all cores of here.")] = None,
    recordings_per_job: Annotated[
        int | None, typer.Option(min=1, help="How many one job cleans at most; by default as many as are worth it.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="slurm, slurm-noaccounting, cluster-generic, or a folder: run on a cluster.")
    ] = None,
    search_again: Annotated[
        bool, typer.Option("--search-again", help="Put the query of 'datasets' again; the list may change.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done.")] = False,
    json_log: Annotated[
        str | None, typer.Option(help="Add what happens to this file, one JSON object a line; '-' for standard output.")
    ] = None,
    expect: Annotated[Path | None, typer.Option(help="Compare with this file afterwards; exit code 1 if not.")] = None,
    write_expected: Annotated[Path | None, typer.Option(help="Write what the run gave, for --expect.")] = None,
) -> None:
    """Run the whole workflow; what follows '--' goes to Snakemake as it is.

    Example: eegmill run ds003805 ./my_bids --recipe prep
    """
    words, configfile = configfile_among(datasets or [], configfile)
    if not words and configfile is None:
        configfile = configfile_here("run")
    named = datasets_of(words)
    api = api or (_api_of(named) if configfile is None else None)
    given: dict[str, Any] = {
        "datasets": named or None,
        "recipe": recipe,
        "output": str(output) if output else None,
        "seed": seed,
        "api": {**_configured(configfile, "api"), "url": api} if api else None,
        "recordings_per_job": recordings_per_job,
        "overrides": str(overrides.expanduser().absolute()) if overrides else None,
        "select": _selection(
            configfile, {"sub": participant_label, "ses": session_label, "task": task, "run": run_label}
        ),
    }
    changes = {key: value for key, value in given.items() if value is not None}
    plan = plan_of(configfile, changes, search_again=search_again)
    settings: dict[str, Any] = {"cores": cores, "profile": profile, "dry_run": dry_run, "json_log": json_log}
    settings["further"] = context.obj or ()
    command = partial(_command_of, whole=plan, configfile=None if changes else configfile, **settings)
    compares = bool(expect or write_expected) and not dry_run
    ended = _ended(plan, command, dry_run=dry_run, comes_back=compares, skip_whole=not context.obj)
    raise typer.Exit((_compare(plan, expect, write_expected) if compares else 0) or ended)


def _command_of(part: Plan, *, whole: Plan, configfile: Path | None, **settings: Any) -> list[str]:
    """The command of Snakemake for a part of a plan; only the whole plan is what the file says."""
    from ..workflow.command import snakemake_command

    return snakemake_command(part, configfile=configfile if part is whole else None, **settings)


def _ended(
    plan: Plan, command: Callable[[Plan], list[str]], *, dry_run: bool, comes_back: bool, skip_whole: bool
) -> int:
    """Run a plan; its exit code. Where nothing comes behind one dataset, Snakemake takes the place of this process."""
    from ..workflow.shards import run_in_shards, run_to_its_end

    sys.stdout.flush()
    if len(plan.datasets) > 1:
        return run_in_shards(plan, command, dry_run=dry_run, skip_whole=skip_whole)
    if not comes_back:
        os.execv(sys.executable, command(plan))
    return run_to_its_end(command(plan))


def _selection(configfile: Path | None, words: dict[str, Labels]) -> dict[str, Any] | None:
    """What the command line selects, over what the configuration does; None if it selects nothing."""
    labels = {SELECTED[key]: found for key, given in words.items() if (found := labels_of(given, key))}
    return {**_configured(configfile, "select"), **labels} if labels else None


def _api_of(datasets: list[str]) -> str | None:
    """The API that lists what is named, if it is not the shipped catalogue; says so."""
    from ..catalog.discovery import EMBEDDED, url_for

    url = url_for(datasets)
    if url == EMBEDDED:
        return None
    typer.echo(f"eegmill: asks {url}: the shipped catalogue lists no recordings of public datasets.", err=True)
    return url


def _configured(configfile: Path | None, key: str) -> dict[str, Any]:
    """What a configuration has under a key that holds keys of its own."""
    return (read_values(configfile).get(key) if configfile else None) or {}


def _compare(plan: Plan, expect: Path | None, write_to: Path | None) -> int:
    """Compare what a run gave with what is expected of it; the exit code."""
    from ..workflow.expected import differences, found_of, read_expected, write_expected

    found = found_of(plan)
    if write_to:
        write_expected(write_to, found)
    told = differences(read_expected(expect), found) if expect else []
    if expect:
        typer.echo("\n".join(told) or "Everything is as expected.")
    return 1 if told else 0
