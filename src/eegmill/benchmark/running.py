"""A benchmark from its configuration to its tables and page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..derivative.portable import portable
from ..errors import ConfigurationError
from ..files.atomic import write_bytes, write_json
from ..models import Frozen
from ..provenance.environment import describe
from ..workflow.libraries import version
from .configuration import Benchmark, load_benchmark
from .page import benchmark_page
from .plan import Plan, plan_of
from .stages import Progress, read_result, run_stages
from .summary import Comparison, Result, SummaryRow, comparisons, summary_rows
from .tables import (
    COMPARISON_COLUMNS,
    PREDICTION_COLUMNS,
    SCORE_COLUMNS,
    markdown,
    parquet,
    prediction_rows,
    score_rows,
    summary_table,
)

LIBRARIES = ("pandas", "pyarrow", "pyriemann")
PROVENANCE = "provenance.json"


class BenchmarkReport(Frozen):
    """What a benchmark gave."""

    folder: str
    files: tuple[str, ...]
    summary: tuple[SummaryRow, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def refused(self) -> tuple[SummaryRow, ...]:
        """What has no score."""
        return tuple(row for row in self.summary if row.refused)


def read_benchmark(path: Path) -> Benchmark:
    """Read the configuration of a benchmark.

    Raises
    ------
    ConfigurationError
        If the file is missing, is no YAML of keys and values, or is wrong.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"The benchmark '{path}' cannot be read: {' '.join(str(error).split())}."
        raise ConfigurationError(msg) from None
    if not isinstance(values, dict):
        msg = f"The benchmark '{path}' must hold keys and values: name, cohorts, targets, features, models."
        raise ConfigurationError(msg)
    return load_benchmark(values, path.absolute().parent)


def run(
    configuration: Benchmark | Mapping[str, Any] | Path | str, *, progress: Progress = lambda *_: None
) -> BenchmarkReport:
    """Run a benchmark; what stands from an earlier run is taken from there.

    Parameters
    ----------
    configuration
        The path of a YAML file, what it holds, or a checked configuration.
    progress
        Called before each piece of work.

    Returns
    -------
    BenchmarkReport
        Rows of ``summary.parquet`` and ``comparisons.parquet``, and where they lie.

    Raises
    ------
    ConfigurationError
        If the configuration is wrong, or a cohort is empty.
    Leak
        If a cohort has one recording twice.
    """
    if isinstance(configuration, Path | str):
        configuration = read_benchmark(Path(configuration))
    elif isinstance(configuration, Mapping):
        configuration = load_benchmark(configuration)
    plan = plan_of(configuration)
    run_stages(plan, progress)
    return write_results(plan)


def write_results(plan: Plan) -> BenchmarkReport:
    """Put the scores together: tables, page and provenance. The same scores give the same bytes."""
    results = [(scoring, read_result(plan, scoring)) for scoring in plan.scorings]
    rows, compared = summary_rows(results), comparisons(results)
    contents = {
        "scores.parquet": parquet(score_rows(results), SCORE_COLUMNS),
        "predictions.parquet": parquet(prediction_rows(results), PREDICTION_COLUMNS),
        "summary.parquet": summary_table(rows),
        "comparisons.parquet": parquet((one.model_dump() for one in compared), COMPARISON_COLUMNS),
        "summary.md": markdown(plan.benchmark.name, rows).encode(),
        "index.html": benchmark_page(plan, results, rows, compared).encode(),
    }
    for name, content in contents.items():
        write_bytes(plan.folder / name, content)
    write_json(plan.folder / PROVENANCE, _provenance(plan, results, contents))
    return BenchmarkReport(folder=str(plan.folder), files=(*contents, PROVENANCE), summary=rows, comparisons=compared)


def _provenance(plan: Plan, results: list[Result], contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Who was compared, by which settings and software, and what came of it. The splits are in the predictions."""
    return {
        "benchmark": portable(plan.benchmark.model_dump(mode="json")),
        "cohorts": {
            name: [{**portable(member.model_dump(mode="json")), "subject": member.subject} for member in members]
            for name, members in plan.members.items()
        },
        "scores": [
            {
                **scoring.model_dump(mode="json"),
                "recordings": sorted({item.recording for item in found.items}),
                "n_columns": len(found.columns),
                "notes": found.notes,
                "refused": found.refused,
            }
            for scoring, found in results
        ],
        "splits": "predictions.parquet: the fold in which each item was tested; the others, but for a gap, were "
        "trained on",
        "environment": describe().model_dump(mode="json"),
        "libraries": {name: version(name) for name in LIBRARIES},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
