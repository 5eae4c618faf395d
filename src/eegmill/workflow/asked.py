"""What was last asked for each dataset and recipe: kept beside the receipts, for who comes without a configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config.models import load_configuration
from ..errors import EegmillError
from ..files.atomic import write_text
from ..files.tables import Row, number, read_tsv
from .layout import Layout
from .plan import Plan
from .status import DatasetStatus

FOLDER = "asked"


def note_asked(plan: Plan) -> None:
    """Write down what a run asks for, one file a dataset and recipe."""
    for name in plan.datasets:
        alone = plan.configuration.model_copy(update={"datasets": (str(plan.sources[name] or name),)})
        path = _path(plan.layout(name))
        text = alone.model_dump_json(indent=1) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


def last_asked(layout: Layout) -> Mapping[str, Any] | None:
    """The keys of the configuration that a dataset was last run with; None where no run of this recipe is known.

    Without a recipe in the layout, that of the last run counts.
    """
    paths = [_path(layout)] if layout.recipe else sorted((layout.work / FOLDER).glob("*.json"), key=_changed_ns)
    try:
        found = json.loads(paths[-1].read_bytes()) if paths else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def with_what_is_asked(output: Path, row: DatasetStatus, asked: Plan | None = None) -> DatasetStatus:
    """The status of a dataset with how many recordings are out of date, and which lack samples.

    Parameters
    ----------
    asked
        What is asked for now; by default what was asked in the last run, by today's code.
    """
    if asked is None or row.dataset not in asked.datasets:
        asked = _plan_of_last_run(Layout(output, row.dataset, row.recipe)) if row.recipe else None
    if asked is None:
        return row
    layout = asked.layout(row.dataset)
    try:
        stale, rows = out_of_date(asked, row.dataset), _table(layout)
    except (EegmillError, OSError):  # a folder or a recipe file that is gone, a lock that does not fit
        return row
    elsewhere = {"hours": _hours(rows)} if layout.derivative_folder else {}  # receipts do not say where it lies
    return row.model_copy(update={"out_of_date": len(stale), "missing": _missing(rows), **elsewhere})


def out_of_date(plan: Plan, dataset: str) -> frozenset[str]:
    """Recordings that are clean, and of which a run would make something else.

    Settings, code, libraries and raw files on this machine are held against the receipts.

    Raises
    ------
    ConfigurationError
        If the dataset has no lock.
    """
    names = [entry.recording for entry in plan.lock(dataset).recordings]
    done = [name for name in names if plan.layout(dataset).qc(name).is_file()]
    return frozenset(name for name in done if not plan.receipt("report", dataset, name).is_file())


def _plan_of_last_run(layout: Layout) -> Plan | None:
    asked = last_asked(layout)
    try:
        return Plan(load_configuration({**asked, "output": str(layout.output)})) if asked else None
    except (EegmillError, OSError):
        return None


def _table(layout: Layout) -> list[dict[str, str]]:
    """Rows of the status table of the derivative; none where it was not written yet."""
    table = layout.derivative / "status.tsv"
    return read_tsv(table) if table.is_file() else []


def _missing(rows: Sequence[Row]) -> dict[str, float]:
    """Share of samples that each recording lacks; those that lack none are left out."""
    shares = {row["recording"]: number(row.get("missing_fraction")) for row in rows}
    return {recording: share for recording, share in shares.items() if share}


def _hours(rows: Sequence[Row]) -> float:
    """Hours of clean signal."""
    durations_s = (number(row.get("duration_s")) for row in rows if row.get("status") == "ok")
    return round(sum(duration_s or 0.0 for duration_s in durations_s) / 3600, 4)


def _changed_ns(path: Path) -> int:
    return path.stat().st_mtime_ns


def _path(layout: Layout) -> Path:
    return layout.work / FOLDER / f"{layout.recipe}.json"
