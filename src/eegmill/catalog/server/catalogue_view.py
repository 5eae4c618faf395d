"""What the catalogue page shows: the datasets that match, in order, and the facets to narrow them by."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ..documents.rows import DatasetRow, row_of
from ..documents.summaries import summary_row
from ..filters.language import EVERYTHING
from ..stores.contract import Store
from .catalogue_charts import Chart, charts_of

PAGE = 1000
ROWS_ON_PAGE = 50
MAX_OPTIONS = 60
"""Options of a facet: a catalogue has thousands of task names."""
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
    left_out: int = 0
    """Rarer values that the list does not have; a search finds them."""


@dataclass(frozen=True)
class View:
    """Everything that the list page shows."""

    choice: Choice
    rows: tuple[DatasetRow, ...]
    """Those of this page."""
    found: int
    """Datasets that match, on all pages."""
    total: int
    facets: tuple[Facet, ...]
    charts: tuple[Chart, ...]
    page: int
    pages: int


@dataclass(frozen=True)
class Entry:
    """A dataset with its values of each facet, which every view counts."""

    row: DatasetRow
    values: Mapping[str, tuple[str, ...]]


def entries_of(rows: Iterable[DatasetRow]) -> tuple[Entry, ...]:
    """Work out the values of all facets once."""
    return tuple(
        Entry(row, {name: tuple(dict.fromkeys(filter(None, values(row)))) for name, _, values in _VALUES})
        for row in rows
    )


def view(entries: Sequence[Entry], choice: Choice, page: int = 1) -> View:
    """Narrow, sort, count, and cut out one page; a page behind the last one is the last."""
    failing = _failing(entries, choice)
    matched = [entry.row for entry, fails in zip(entries, failing, strict=True) if not fails]
    ordered = _ordered(matched, choice)
    pages = max(1, -(-len(ordered) // ROWS_ON_PAGE))
    page = min(page, pages)
    return View(
        choice=choice,
        rows=tuple(ordered[(page - 1) * ROWS_ON_PAGE : page * ROWS_ON_PAGE]),
        found=len(ordered),
        total=len(entries),
        facets=tuple(_facets(entries, failing, choice)),
        charts=charts_of(matched),
        page=page,
        pages=pages,
    )


def _ordered(rows: list[DatasetRow], choice: Choice) -> list[DatasetRow]:
    """Sorted as chosen; what is unknown stands last, whichever way the rest is sorted."""
    found = sorted(rows, key=lambda row: row.dataset_id)
    key = _SORT_KEYS[choice.sort]
    stated = sorted((row for row in found if key(row) is not None), key=key, reverse=choice.order == "desc")
    return [*stated, *(row for row in found if key(row) is None)]


def _failing(entries: Sequence[Entry], choice: Choice) -> list[tuple[str, ...]]:
    """For each dataset the parts of the choice that it does not have."""
    chosen = [(name, value) for name, _, _ in _VALUES if (value := getattr(choice, name))]
    failing = []
    for entry in entries:
        fails = tuple(name for name, value in chosen if value not in entry.values[name])
        failing.append(fails if not choice.q or entry.row.mentions(choice.q) else ("q", *fails))
    return failing


class RowCache:
    """The rows of each database, read anew only after it has changed."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, tuple[Entry, ...]]] = {}
        self._lock = threading.Lock()

    def entries(self, store: Store, database: str) -> tuple[Entry, ...]:
        """All datasets of a database."""
        counter = store.change_counter(database)
        with self._lock:
            known = self._entries.get(database)
            if known is None or known[0] != counter:
                known = (counter, entries_of(map(row_of, _documents(store, database))))
                self._entries[database] = known
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


def _facets(entries: Sequence[Entry], failing: list[tuple[str, ...]], choice: Choice) -> Iterator[Facet]:
    """The options of each facet, with what choosing them would leave: all that fails in nothing else counts."""
    pairs = list(zip(entries, failing, strict=True))
    for name, label, _ in _VALUES:
        counts: Counter[str] = Counter()
        counts.update(value for entry, fails in pairs if not fails or fails == (name,) for value in entry.values[name])
        chosen = str(getattr(choice, name))
        labels = _RANGES.get(name)
        often = [value for value, _ in counts.most_common(MAX_OPTIONS)]
        order = list(labels) if labels else sorted({*often, *([chosen] if chosen else [])}, key=str.casefold)
        options = (Option(value, (labels or {}).get(value, value), counts[value], value == chosen) for value in order)
        kept = tuple(option for option in options if option.count or option.chosen)
        yield Facet(name, label, kept, 0 if labels else max(0, len(counts) - MAX_OPTIONS))


def _in_ranges(values: Iterable[float], bounds: Mapping[str, tuple[float | None, float | None]]) -> tuple[str, ...]:
    known = tuple(values)
    return tuple(
        text
        for text, (low, high) in bounds.items()
        if any((low or 0) <= value and (high is None or value <= high) for value in known)
    )


def _bounds(text: str) -> tuple[float | None, float | None]:
    low, _, high = text.partition("-")
    return (float(low) if low else None, float(high) if high else None)


def _size_range(row: DatasetRow) -> tuple[str, ...]:
    if row.size_bytes is None:
        return ()
    return (next(text for text in reversed(SIZE_RANGES) if (_SIZES[text][0] or 0) * GB <= (row.size_bytes or 0)),)


_CHANNELS = {text: _bounds(text) for text in CHANNEL_RANGES}
_RATES = {text: _bounds(text) for text in RATE_RANGES}
_SIZES = {text: _bounds(text) for text in SIZE_RANGES}
_RANGES: dict[str, dict[str, str]] = {"channels": CHANNEL_RANGES, "rate": RATE_RANGES, "size": SIZE_RANGES}
_VALUES: tuple[tuple[str, str, Callable[[DatasetRow], Iterable[str]]], ...] = (
    ("modality", "Modality", lambda row: row.modalities),
    ("task", "Task", lambda row: row.tasks),
    ("cohort", "Cohort", lambda row: row.cohort),
    ("channels", "Channels", lambda row: _in_ranges(row.channels, _CHANNELS)),
    ("rate", "Sampling rate", lambda row: _in_ranges(row.sfreqs_hz, _RATES)),
    ("licence", "Licence", lambda row: (row.licence,)),
    ("size", "Size", _size_range),
    ("source", "Source", lambda row: (row.source,)),
)
