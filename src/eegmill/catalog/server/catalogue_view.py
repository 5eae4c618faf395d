"""What the catalogue page shows: the datasets that match, in order, and the facets to narrow them by."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ..documents.rows import DatasetRow, row_of
from ..documents.search import Search
from ..documents.summaries import summary_row
from ..filters.language import EVERYTHING
from ..stores.contract import Store

PAGE = 1000
GB = 1024**3

Sort: TypeAlias = Literal["dataset", "title", "subjects", "recordings", "channels", "rate", "size"]
Order: TypeAlias = Literal["asc", "desc"]
Channels: TypeAlias = Literal["", "1-32", "33-64", "65-128", "129-"]
Rate: TypeAlias = Literal["", "-249", "250-499", "500-999", "1000-1999", "2000-"]
Size: TypeAlias = Literal["", "-1", "1-10", "10-100", "100-"]

CHANNEL_RANGES = {"1-32": "up to 32", "33-64": "33 to 64", "65-128": "65 to 128", "129-": "over 128"}
RATE_RANGES = {
    "-249": "under 250 Hz",
    "250-499": "250 to 499 Hz",
    "500-999": "500 to 999 Hz",
    "1000-1999": "1000 to 1999 Hz",
    "2000-": "2000 Hz and more",
}
SIZE_RANGES = {"-1": "under 1 GB", "1-10": "1 to 10 GB", "10-100": "10 to 100 GB", "100-": "over 100 GB"}


@dataclass(frozen=True)
class Choice:
    """What a visitor chose in the form; empty means any."""

    q: str = ""
    modality: str = ""
    task: str = ""
    cohort: str = ""
    source: str = ""
    licence: str = ""
    channels: Channels = ""
    rate: Rate = ""
    size: Size = ""
    sort: Sort = "dataset"
    order: Order = "asc"

    def narrowed(self) -> bool:
        """Whether anything was chosen but the order: the page then offers to clear it."""
        return replace(self, sort="dataset", order="asc") != Choice()

    def search(self) -> Search:
        """The same as a search; licences and kinds of experiment are compared as a whole by :func:`matching`."""
        channels, rate, size = _bounds(self.channels), _bounds(self.rate), _bounds(self.size)
        return Search(
            text=self.q,
            modality=self.modality,
            source=self.source,
            min_channels=None if channels[0] is None else int(channels[0]),
            max_channels=None if channels[1] is None else int(channels[1]),
            min_sfreq_hz=rate[0],
            max_sfreq_hz=rate[1],
            min_size_bytes=None if size[0] is None else int(size[0] * GB),
            max_size_bytes=None if size[1] is None else int(size[1] * GB) - 1,
        )


@dataclass(frozen=True)
class Option:
    """One value of a facet, and how many datasets choosing it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One list to choose from."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class View:
    """Everything that the list page shows."""

    choice: Choice
    rows: tuple[DatasetRow, ...]
    total: int
    facets: tuple[Facet, ...]


def view(rows: Iterable[DatasetRow], choice: Choice) -> View:
    """Narrow, sort and count."""
    known = tuple(rows)
    found = sorted(matching(known, choice), key=lambda row: row.dataset_id)
    key = _SORT_KEYS[choice.sort]
    # What is unknown stands last, whichever way the rest is sorted.
    stated = sorted((row for row in found if key(row) is not None), key=key, reverse=choice.order == "desc")
    unknown = [row for row in found if key(row) is None]
    return View(choice, (*stated, *unknown), len(known), tuple(_facets(known, choice)))


def matching(rows: Iterable[DatasetRow], choice: Choice) -> Iterator[DatasetRow]:
    """Datasets that have all that was chosen."""
    search = choice.search()
    for row in rows:
        if (
            (not choice.task or choice.task in row.tasks)
            and (not choice.cohort or choice.cohort in row.cohort)
            and (not choice.licence or choice.licence == row.licence)
            and search.matches(row)
        ):
            yield row


class RowCache:
    """The rows of each database, read anew only after it has changed."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, tuple[DatasetRow, ...]]] = {}
        self._lock = threading.Lock()

    def rows(self, store: Store, database: str) -> tuple[DatasetRow, ...]:
        """All datasets of a database."""
        counter = store.change_counter(database)
        with self._lock:
            known = self._rows.get(database)
            if known is None or known[0] != counter:
                known = (counter, tuple(map(row_of, _documents(store, database))))
                self._rows[database] = known
            return known[1]


def _documents(store: Store, database: str) -> Iterator[dict[str, Any]]:
    """All dataset documents, with the readme in which a search looks too."""
    skip = 0
    while True:
        found = store.find(database, "datasets", EVERYTHING, limit=PAGE, skip=skip)
        for text in found:
            document = json.loads(text)
            yield {**summary_row(document), "readme": document.get("readme")}
        if len(found) < PAGE:
            return
        skip += PAGE


_SORT_KEYS: Mapping[Sort, Callable[[DatasetRow], Any]] = {
    "dataset": lambda row: row.dataset_id,
    "title": lambda row: row.title.casefold(),
    "subjects": lambda row: row.subjects,
    "recordings": lambda row: row.records,
    "channels": lambda row: max(row.channels, default=None),
    "rate": lambda row: max(row.sfreqs_hz, default=None),
    "size": lambda row: row.size_bytes,
}


def _facets(rows: tuple[DatasetRow, ...], choice: Choice) -> Iterator[Facet]:
    for name, label, values in _VALUES:
        without: dict[str, Any] = {name: ""}
        others = replace(choice, **without)
        counts = Counter(value for row in matching(rows, others) for value in set(values(row)) if value)
        chosen = str(getattr(choice, name))
        labels = _RANGES.get(name)
        order = list(labels) if labels else sorted({*counts, *([chosen] if chosen else [])}, key=str.casefold)
        options = (Option(value, (labels or {}).get(value, value), counts[value], value == chosen) for value in order)
        yield Facet(name, label, tuple(option for option in options if option.count or option.chosen))


def _in_ranges(values: Iterable[float], ranges: Iterable[str]) -> Iterator[str]:
    bounds = {text: _bounds(text) for text in ranges}
    for value in values:
        yield from (t for t, (low, high) in bounds.items() if (low or 0) <= value and (high is None or value <= high))


def _bounds(text: str) -> tuple[float | None, float | None]:
    low, _, high = text.partition("-")
    return (float(low) if low else None, float(high) if high else None)


def _size_range(row: DatasetRow) -> Iterator[str]:
    if row.size_bytes is not None:
        yield next(text for text in reversed(SIZE_RANGES) if (_bounds(text)[0] or 0) * GB <= row.size_bytes)


_RANGES: dict[str, dict[str, str]] = {"channels": CHANNEL_RANGES, "rate": RATE_RANGES, "size": SIZE_RANGES}
_VALUES: tuple[tuple[str, str, Callable[[DatasetRow], Iterable[str]]], ...] = (
    ("modality", "Modality", lambda row: row.modalities),
    ("task", "Task", lambda row: row.tasks),
    ("cohort", "Cohort", lambda row: row.cohort),
    ("channels", "Channels", lambda row: _in_ranges(row.channels, CHANNEL_RANGES)),
    ("rate", "Sampling rate", lambda row: _in_ranges(row.sfreqs_hz, RATE_RANGES)),
    ("licence", "Licence", lambda row: (row.licence,)),
    ("size", "Size", _size_range),
    ("source", "Source", lambda row: (row.source,)),
)
