"""All recordings of a dataset to one derivative dataset: shared files, status, dashboard, provenance."""

from __future__ import annotations

from ...bids.names import folder_of
from ...config.recipes import recipe_text
from ...derivative.dataset import write_dataset_files
from ...derivative.write import owned_files
from ...files.atomic import write_text
from ...provenance.activity import Activity, read_activity
from ...provenance.bids_prov import write_prov
from ...provenance.crate import write_crate
from ...provenance.environment import describe
from ...records import RecordingRecord
from ...report.dashboard import Row, dashboard_page
from ...version import __version__
from ..layout import Layout
from ..outcomes import outcomes
from ..plan import Plan

WITH_ACTIVITY = ("decompose", "clean")


def run(plan: Plan, dataset: str) -> None:
    """Write the files that belong to no single recording."""
    layout = plan.layout(dataset)
    lock = plan.lock(dataset)
    records = outcomes(plan, dataset)
    _remove_stale(layout, records)
    write_dataset_files(
        layout.derivative,
        lock=lock,
        recipe=plan.recipe.name,
        config=plan.configuration.model_dump(mode="json"),
        records=records,
        raw_root=layout.raw,
    )
    write_text(layout.derivative / "code" / "recipe.yaml", recipe_text(plan.recipe))
    rows = [Row(record, report=_report(layout, record)) for record in records]
    page = dashboard_page(lock, rows, recipe=plan.recipe.name, version=__version__)
    write_text(layout.derivative / "index.html", page)
    done = activities(layout, records)
    environment = describe()
    write_prov(layout.derivative, done, environment, lock)
    write_crate(layout.derivative, done, environment, lock)


def activities(layout: Layout, records: list[RecordingRecord]) -> tuple[Activity, ...]:
    """What the jobs of finished recordings did."""
    paths = [layout.activity(stage, record.recording) for record in records for stage in WITH_ACTIVITY]
    return tuple(read_activity(path) for path in paths if path.is_file())


def _remove_stale(layout: Layout, records: list[RecordingRecord]) -> None:
    """Take away what an earlier run left of recordings that have failed since: old results must not pass as new.

    Where only the page failed, the signal is this run's own and stays.
    """
    for record in records:
        if record.status == "failed":
            layout.report(record.recording).unlink(missing_ok=True)
            own = owned_files(layout.derivative, folder_of(record.recording), record.recording)
            for path in own if record.metrics.get("stage") != "report" else ():
                path.unlink(missing_ok=True)


def _report(layout: Layout, record: RecordingRecord) -> str:
    """The address of a recording's page, relative to the dashboard."""
    page = layout.report(record.recording)
    finished = record.status != "failed" and page.is_file()
    return page.relative_to(layout.derivative).as_posix() if finished else ""
