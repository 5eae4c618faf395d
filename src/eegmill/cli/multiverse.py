"""``multiverse``: what cleaning does to a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import AsJson

if TYPE_CHECKING:
    from ..multiverse.run import Results
    from ..multiverse.universes import Multiverse

Grid = Annotated[Path, typer.Argument(help="A YAML file: a recipe, what could be done otherwise, what is measured.")]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(multiverse)


def multiverse(
    grid: Grid,
    cores: Annotated[int, typer.Option(min=1, help="How many recordings at once.")] = 1,
    write: Annotated[
        list[int] | None, typer.Option(min=0, help="Also write the derivatives of this universe; may be repeated.")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the universes, and run nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Clean recordings in every combination of choices, and see whether a conclusion holds.

    Example: eegmill multiverse config/multiverse_reference.yaml --cores 2
    """
    from ..multiverse.run import read_multiverse, run, write_universe

    whole = read_multiverse(grid.expanduser())
    for number in write or ():
        whole.universe(number)  # a wrong number is told before anything runs
    if list_only:
        typer.echo("\n".join(_listed(whole)))
        return
    results = run(whole, cores=cores, progress=_show)
    written = [write_universe(whole, number, progress=_show) for number in write or ()]
    if as_json:
        typer.echo(json.dumps(_for_programs(results), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*_summary_lines(results), *(str(one.folder) for one in written)]))
    raise typer.Exit(1 if results.failed or any(one.failed for one in written) else 0)


def _show(line: str) -> None:
    typer.echo(line, err=True)


def _listed(whole: Multiverse) -> list[str]:
    choices = list(whole.choices)
    lines = [
        f"{one.number}: {', '.join(f'{choice}: {way}' for choice, way in zip(choices, one.ways, strict=True))}"
        for one in whole.universes
    ]
    lines += [f"{one.number} is dropped: {one.reason}" for one in whole.dropped]
    return [*lines, f"{len(whole.universes)} universes, {len(whole.dropped)} combinations dropped"]


def _for_programs(results: Results) -> dict[str, Any]:
    """The summary, where the page is, and CPU seconds, which no file beside the receipts has."""
    costs, summary = results.costs, results.analysis.summary
    return {
        **summary.model_dump(mode="json"),
        "page": str(results.page),
        "cpu_s": round(costs.total_cpu_s, 2),
        "cpu_s_one_by_one": round(sum(costs.single_cpu_s.values()), 2),
        "cpu_s_of_cheapest": costs.single_cpu_s.get(summary.cheapest) if summary.cheapest is not None else None,
    }


def _summary_lines(results: Results) -> list[str]:
    """What a person wants to know first."""
    summary, costs = results.analysis.summary, results.costs
    lines = [f"{summary.universes} universes of {summary.recordings} recordings"]
    lines += [f"{summary.dropped} combinations were dropped: --list says which, and why"] if summary.dropped else []
    lines += [f"{one.name} is missing: {one.reason}" for one in results.failed]
    lines += [f"{count} times without a result: {reason}" for reason, count in summary.rejected.items()]
    lines += [f"{count} times: {remark}" for remark, count in summary.remarks.items()]
    lines += [summary.verdict] if summary.verdict else []
    if summary.cheapest is not None:
        cpu_s = costs.single_cpu_s.get(summary.cheapest, 0.0)
        lines.append(f"With the fewest steps it holds in universe {summary.cheapest}: {cpu_s:.1f} CPU s alone")
    if summary.trial_flips is not None:
        lines.append(f"{summary.trial_flips:.1%} of trials turn over, mean over universes")
    alone_s = sum(costs.single_cpu_s.values())
    lines.append(f"{costs.total_cpu_s:.1f} CPU s; the steps of all universes one by one: {alone_s:.1f}")
    return [*lines, str(results.page)]
