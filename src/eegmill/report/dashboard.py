"""The page of a dataset: one row a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..lock import Lock
from ..records import RecordingRecord
from .page import templates

ORDER = ("failed", "refused", "pending", "rejected", "ok")
"""What needs attention comes first."""


@dataclass(frozen=True)
class Row:
    """One recording on the dashboard; ``report`` is the relative address of its page, empty if there is none."""

    record: RecordingRecord
    report: str = ""

    @property
    def stage(self) -> str:
        """Where a failed recording failed."""
        return self.record.stage

    @property
    def removed(self) -> int:
        """Components taken out."""
        return len(self.record.components.removed) if self.record.components else 0

    @property
    def total(self) -> int:
        """Components found."""
        return self.record.components.total if self.record.components else 0

    @property
    def good_percent(self) -> float | None:
        """Share of the time without a BAD segment."""
        value = self.record.metrics.get("good_fraction")
        return 100.0 * value if isinstance(value, int | float) else None

    @property
    def missing_percent(self) -> float | None:
        """Share of the samples that header or sidecar promise and that are not there; None where none is missing."""
        value = self.record.metrics.get("missing_fraction")
        return 100.0 * value if isinstance(value, int | float) and value else None


def dashboard_page(lock: Lock, rows: Sequence[Row], *, recipe: str, version: str) -> str:
    """HTML of a dataset. Holds no time and no path of the machine."""
    counts = {status: sum(row.record.status == status for row in rows) for status in reversed(ORDER)}
    counts = {status: count for status, count in counts.items() if count or status in {"ok", "rejected", "failed"}}
    listed = sorted(rows, key=lambda row: (ORDER.index(row.record.status), row.record.recording))
    template = templates().get_template("dataset.html.j2")
    return template.render(lock=lock, rows=listed, counts=counts, recipe=recipe, version=version, title=lock.dataset)
