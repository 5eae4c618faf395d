"""The page of a whole run: one row a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..records import Status
from ..sizes import size_in_words
from .templating import templates

ORDER: tuple[Status, ...] = ("ok", "rejected", "failed", "refused", "pending")
MAX_NAMED = 20
"""Recordings that are named with a reason; of the others it is said how many there are."""


@dataclass(frozen=True)
class Why:
    """One reason why recordings have no clean signal."""

    status: Status
    reason: str
    recordings: tuple[str, ...]
    """Empty where it concerns the dataset as a whole."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Relative addresses of the pages of the first recordings."""


@dataclass(frozen=True)
class DatasetRow:
    """One dataset, with one recipe; ``page`` is the relative address of its own page, empty if there is none."""

    dataset: str
    recipe: str
    counts: Mapping[Status, int]
    hours: float
    bytes: int
    reasons: tuple[Why, ...] = ()
    page: str = ""

    @property
    def size(self) -> str:
        """Of the derivative, in words."""
        return size_in_words(self.bytes)

    @property
    def attention(self) -> tuple[int, int, str]:
        """By which rows are sorted: what failed comes first, then what is not done."""
        failed = self.counts.get("failed", 0) + sum(not why.recordings for why in self.reasons)
        return -failed, -self.counts.get("pending", 0), self.dataset


def overview_page(rows: Sequence[DatasetRow], *, version: str) -> str:
    """HTML of a run. Holds no time and no path of the machine."""
    totals = {status: sum(row.counts.get(status, 0) for row in rows) for status in ORDER}
    whole = DatasetRow("", "", totals, sum(row.hours for row in rows), sum(row.bytes for row in rows))
    template = templates().get_template("overview.html.j2")
    listed = sorted(rows, key=lambda row: row.attention)
    return template.render(
        rows=listed, whole=whole, order=ORDER, version=version, title="All datasets", max_named=MAX_NAMED
    )
