"""All recordings of a dataset to one derivative dataset: shared files, status, dashboard, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...bids.paths import DerivativePaths
from ...config.models import OF_THE_MACHINE
from ...derivative.code import write_recipe
from ...derivative.dataset import write_dataset_files
from ...files.atomic import write_text
from ...files.tables import number, read_tsv
from ...lock import Lock
from ...provenance.activity import Activity
from ...provenance.bids_prov import write_prov
from ...provenance.citation import written_paragraph
from ...provenance.crate import write_crate
from ...provenance.environment import Environment, describe
from ...records import RecordingRecord
from ...report.dashboard import Electrodes, Row, dashboard_page
from ...report.essence import EMPTY, read_essence
from ...signal.types import Floats
from ...version import __version__
from ..layout import Layout
from ..outcomes import outcomes
from ..plan import Plan
from ..receipts import read_receipt
from .unfinished import write_unfinished_pages


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Write the files that belong to no single recording."""
    layout, lock = plan.layout(dataset), plan.lock(dataset)
    records = outcomes(plan, dataset)
    config = plan.configuration_of(dataset).model_dump(mode="json", exclude={"index", *OF_THE_MACHINE})
    written = write_dataset_files(
        layout.derivative,
        lock=lock,
        recipe=plan.recipe.name,
        config=config,
        records=records,
        raw_root=layout.raw,
    )
    code = write_recipe(layout.derivative, plan.recipe, config)
    failed = write_unfinished_pages(plan, dataset, records)
    index = write_index(layout, lock, records)
    done = activities(plan, dataset, records)
    environment = describe()
    prov = write_prov(layout.derivative, done, environment, lock)
    crate = write_crate(layout.derivative, done, environment, lock, credit=plan.configuration.credit)
    return tuple(sorted({*written, *code, index, *failed, *prov, *([crate] if crate else [])}))


def write_index(layout: Layout, lock: Lock, records: Sequence[RecordingRecord]) -> Path:
    """Write the page of all recordings."""
    index = layout.derivative / "index.html"
    write_text(index, index_page(layout, lock, records))
    return index


def index_page(layout: Layout, lock: Lock, records: Sequence[RecordingRecord]) -> str:
    """HTML of the page of all recordings."""
    rows = [_row(layout, record) for record in records]
    recipe = next((record.recipe for record in records), "")
    cleaned = [record.recording for record in records if record.status == "ok"]
    electrodes = _electrodes(layout.derivative, cleaned)
    return dashboard_page(
        lock,
        rows,
        recipe=recipe,
        version=__version__,
        electrodes=electrodes,
        methods=written_paragraph(layout.derivative),
        versions=versions_of(layout.derivative),
    )


def _row(layout: Layout, record: RecordingRecord) -> Row:
    page = _report(layout, record)
    essence = read_essence(layout.derivative / page) if page and record.status == "ok" else EMPTY
    return Row(record, page, essence)


def versions_of(derivative: Path) -> dict[str, str]:
    """Of what the derivative says that it was made with."""
    path = derivative / "code" / "environment.json"
    if not path.is_file():
        return {}
    made_with = Environment.model_validate_json(path.read_bytes())
    return {"eegmill": made_with.eegmill, "Python": made_with.python, **made_with.packages}


def _electrodes(derivative: Path, recordings: Sequence[str]) -> Electrodes:
    """The electrodes of all recordings; each is drawn where the first recording that has it says."""
    positions: dict[str, Floats] = {}
    counts: Counter[str] = Counter()
    for recording in recordings:
        table = derivative / DerivativePaths(recording).electrodes
        for row in read_tsv(table) if table.is_file() else ():
            counts[row["name"]] += 1
            place = [number(row[axis]) for axis in ("x", "y", "z")]
            if row["name"] not in positions and None not in place:
                positions[row["name"]] = np.array(place, dtype=np.float64)
    return Electrodes(positions, counts)


def activities(plan: Plan, dataset: str, records: list[RecordingRecord]) -> tuple[Activity, ...]:
    """What the jobs of finished recordings did."""
    cleaned = (record.recording for record in records if record.status in {"ok", "rejected"})
    receipts = (plan.receipt("clean", dataset, recording) for recording in cleaned)
    found = (read_receipt(path).activity for path in receipts if path.is_file())
    return tuple(activity for activity in found if activity is not None)


def _report(layout: Layout, record: RecordingRecord) -> str:
    """The address of a recording's page, relative to the dashboard."""
    if record.status not in {"ok", "rejected", "failed"}:
        return ""
    page = layout.failed_page(record.recording) if record.status == "failed" else layout.report(record.recording)
    return page.relative_to(layout.derivative).as_posix() if page.is_file() else ""
