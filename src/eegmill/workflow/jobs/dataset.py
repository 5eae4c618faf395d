"""All recordings of a dataset to one derivative dataset: shared files, status, dashboard, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...config.models import OF_THE_MACHINE
from ...config.recipes import recipe_text
from ...derivative.dataset import write_dataset_files
from ...files.atomic import write_text
from ...lock import Lock
from ...provenance.activity import Activity
from ...provenance.bids_prov import write_prov
from ...provenance.crate import write_crate
from ...provenance.environment import describe
from ...records import RecordingRecord
from ...report.dashboard import Row, dashboard_page
from ...version import __version__
from ..layout import Layout
from ..outcomes import outcomes
from ..plan import Plan
from ..receipts import read_receipt


def run(plan: Plan, dataset: str) -> tuple[Path, ...]:
    """Write the files that belong to no single recording."""
    layout, lock = plan.layout(dataset), plan.lock(dataset)
    records = outcomes(plan, dataset)
    written = write_dataset_files(
        layout.derivative,
        lock=lock,
        recipe=plan.recipe.name,
        config=plan.configuration_of(dataset).model_dump(mode="json", exclude={"index", *OF_THE_MACHINE}),
        records=records,
        raw_root=layout.raw,
    )
    write_text(layout.derivative / "code" / "recipe.yaml", recipe_text(plan.recipe))
    index = write_index(layout, lock, records)
    done = activities(plan, dataset, records)
    environment = describe()
    prov = write_prov(layout.derivative, done, environment, lock)
    crate = write_crate(layout.derivative, done, environment, lock)
    pages = (index, layout.derivative / "code" / "recipe.yaml")
    return tuple(sorted({*written, *pages, *prov, *([crate] if crate else [])}))


def write_index(layout: Layout, lock: Lock, records: Sequence[RecordingRecord]) -> Path:
    """Write the page of all recordings."""
    index = layout.derivative / "index.html"
    write_text(index, index_page(layout, lock, records))
    return index


def index_page(layout: Layout, lock: Lock, records: Sequence[RecordingRecord]) -> str:
    """HTML of the page of all recordings."""
    rows = [Row(record, report=_report(layout, record)) for record in records]
    recipe = next((record.recipe for record in records), "")
    return dashboard_page(lock, rows, recipe=recipe, version=__version__)


def activities(plan: Plan, dataset: str, records: list[RecordingRecord]) -> tuple[Activity, ...]:
    """What the jobs of finished recordings did."""
    cleaned = (record.recording for record in records if record.status in {"ok", "rejected"})
    receipts = (plan.receipt("clean", dataset, recording) for recording in cleaned)
    found = (read_receipt(path).activity for path in receipts if path.is_file())
    return tuple(activity for activity in found if activity is not None)


def _report(layout: Layout, record: RecordingRecord) -> str:
    """The address of a recording's page, relative to the dashboard."""
    page = layout.report(record.recording)
    finished = record.status in {"ok", "rejected"} and page.is_file()
    return page.relative_to(layout.derivative).as_posix() if finished else ""
