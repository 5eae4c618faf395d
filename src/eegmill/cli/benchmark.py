"""``benchmark``: what simple models tell from cleaned recordings."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson

if TYPE_CHECKING:
    from ..benchmark.running import BenchmarkReport


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(benchmark)


def benchmark(
    file: Annotated[Path, typer.Argument(help="YAML: cohorts, targets, features, models; see docs/benchmark.md.")],
    output: Annotated[Path | None, typer.Option(help="Folder that everything is written to.")] = None,
    cores: Annotated[int | None, typer.Option(min=1, help="Jobs of Snakemake at once; else one process.")] = None,
    profile: Annotated[
        str | None, typer.Option(help="slurm, slurm-noaccounting, cluster-generic, or a folder: run on a cluster.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score simple models on people whom they never saw, and say how sure that is.

    Example: eegmill benchmark config/benchmarks/target_or_reaction.yaml
    """
    from ..benchmark.plan import plan_of
    from ..benchmark.running import read_benchmark, write_results
    from ..benchmark.stages import pieces_to_do, run_stages

    configuration = read_benchmark(file)
    if output:
        configuration = configuration.model_copy(update={"output": str(output)})
    plan = plan_of(configuration)
    if dry_run:
        typer.echo("\n".join(words for words, _ in pieces_to_do(plan)) or "Nothing is to be done.")
        return
    if cores or profile:
        from ..benchmark.cluster import snakemake_command

        sys.stdout.flush()
        os.execv(sys.executable, snakemake_command(file, output=output, cores=cores, profile=profile))
    run_stages(plan, lambda number, count, words: typer.echo(f"{number} of {count}: {words}", err=True))
    report = write_results(plan)
    typer.echo(report.model_dump_json(indent=2) if as_json else _text(report))
    raise typer.Exit(1 if report.refused else 0)


def _text(report: BenchmarkReport) -> str:
    from itertools import groupby

    from ..benchmark.sentences import said_of, sentence

    parts = []
    for (target, cohort), same in groupby(report.summary, lambda row: (row.target, row.cohort)):
        rows = list(same)
        parts += [f"{target}, {cohort}:", *(f"  {sentence(row)}" for row in rows if row.counts)]
        parts += [f"  {words}" for words in said_of(rows)]
    return "\n".join([*parts, f"Look at {report.folder}/index.html"])
