"""A dataset document as one row of a table, and the search through such rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...sizes import size_human
from .fields import texts

_SPELLINGS = (
    (r"CC ?0( ?1\.0)?|PD|PDDL.*|Public Domain.*", "CC0"),
    (r"CC ?(BY(?: (?:NC|ND|SA))*) ?(\d\.\d)", r"CC-\1-\2"),
    (r"CC ?(BY(?: (?:NC|ND|SA))*)", r"CC-\1"),
    (r"ODC ?By ?(v?1\.0)?|Open Data Commons Attribution.*", "ODC-By-1.0"),
    (r"ODbL ?(v?1\.0)?", "ODbL-1.0"),
    (r"Unknown|n/?a", ""),
)


@dataclass(frozen=True)
class DatasetRow:
    """What one looks for in a dataset; empty or None where the catalogue does not know."""

    dataset_id: str
    title: str
    source: str
    modalities: tuple[str, ...]
    tasks: tuple[str, ...]
    """Task names, and kinds of experiment (Attention, Sleep, ...)."""
    cohort: tuple[str, ...]
    subjects: int | None
    records: int | None
    channels: tuple[int, ...]
    rates_hz: tuple[float, ...]
    licence: str
    size_bytes: int | None
    doi: str

    @property
    def size(self) -> str:
        """The size for people to read."""
        return "" if self.size_bytes is None else size_human(self.size_bytes)

    @property
    def words(self) -> str:
        """All text that a free search looks through, in lower case."""
        parts = (self.dataset_id, self.title, self.source, self.licence, *self.modalities, *self.tasks, *self.cohort)
        return " ".join(parts).casefold()


@dataclass(frozen=True)
class Search:
    """What a search asks for; each part that is given must hold. Text ignores case."""

    text: str = ""
    """Words that must all occur."""
    modality: str = ""
    task: str = ""
    """A part of a task's name or of the kind of experiment."""
    cohort: str = ""
    source: str = ""
    licence: str = ""
    """The start of the licence: ``CC0``, ``CC-BY``."""
    subjects_min: int | None = None
    channels_min: int | None = None
    channels_max: int | None = None
    rate_min_hz: float | None = None
    rate_max_hz: float | None = None
    size_min_bytes: int | None = None
    size_max_bytes: int | None = None

    def matches(self, row: DatasetRow) -> bool:
        """Whether a dataset has everything asked for; what is unknown of it never matches a bound.

        Examples
        --------
        >>> row = row_of({"dataset_id": "ds1", "recording_modality": "eeg", "nchans_counts": [{"val": 64, "count": 2}]})
        >>> Search(modality="EEG", channels_min=32).matches(row), Search(size_max_bytes=10).matches(row)
        (True, False)
        """
        return (
            all(word in row.words for word in self.text.casefold().split())
            and _is_one_of(self.modality, row.modalities)
            and _is_part_of(self.task, row.tasks)
            and _is_part_of(self.cohort, row.cohort)
            and _is_one_of(self.source, (row.source,))
            and row.licence.casefold().startswith(plain_licence(self.licence).casefold())
            and _within((self.subjects_min, None), row.subjects)
            and _within((self.channels_min, self.channels_max), *row.channels)
            and _within((self.rate_min_hz, self.rate_max_hz), *row.rates_hz)
            and _within((self.size_min_bytes, self.size_max_bytes), row.size_bytes)
        )


def row_of(document: Mapping[str, Any]) -> DatasetRow:
    """Read a dataset document of the API, however dirty, into a row."""
    tags, people = _object(document, "tags"), _object(document, "demographics")
    clinical = _object(document, "clinical")
    return DatasetRow(
        dataset_id=str(document.get("dataset_id") or ""),
        title=str(document.get("computed_title") or document.get("name") or document.get("dataset_id") or ""),
        source=str(document.get("source") or ""),
        modalities=_modalities(document.get("recording_modality")),
        tasks=_known(*texts(document.get("tasks")), *texts(tags.get("type"))),
        cohort=_known(*texts(tags.get("pathology")), *texts(clinical.get("group"))),
        subjects=_whole(people.get("subjects_count")),
        records=_records(document),
        channels=tuple(int(value) for value in _values(document.get("nchans_counts"))),
        rates_hz=_values(document.get("sfreq_counts")),
        licence=plain_licence(str(document.get("license") or "")),
        size_bytes=_whole(document.get("size_bytes")),
        doi=str(document.get("dataset_doi") or "").removeprefix("doi:"),
    )


def plain_licence(text: str) -> str:
    """One spelling for each of the common licences; anything else as it is.

    Examples
    --------
    >>> [plain_licence(text) for text in ("CC0 1.0", "CC BY 4.0", "CC-BY-SA 4.0", "GPL-3.0")]
    ['CC0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'GPL-3.0']
    """
    loose = " ".join(text.replace("-", " ").split())
    for pattern, plain in _SPELLINGS:
        match = re.fullmatch(pattern, loose, re.IGNORECASE)
        if match:
            return match.expand(plain).replace(" ", "-")
    return text.strip()


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _modalities(value: object) -> tuple[str, ...]:
    """``"eeg, meg"`` in older lists means both."""
    return tuple(part.strip() for text in texts(value) for part in text.split(",") if part.strip())


def _known(*labels: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in labels if label and label.casefold() not in {"unknown", "n/a"}))


def _records(document: Mapping[str, Any]) -> int | None:
    counts = document.get("nchans_counts")
    stated = _whole(document.get("n_records"))
    if stated is not None or not isinstance(counts, list):
        return stated
    return sum(_whole(entry.get("count")) or 0 for entry in counts if isinstance(entry, Mapping)) or None


def _values(counts: object) -> tuple[float, ...]:
    found = [entry.get("val") for entry in counts if isinstance(entry, Mapping)] if isinstance(counts, list) else []
    return tuple(sorted({float(value) for value in found if isinstance(value, int | float) and _is_number(value)}))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and _is_number(value) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_one_of(wanted: str, values: tuple[str, ...]) -> bool:
    return not wanted or wanted.casefold() in {value.casefold() for value in values}


def _is_part_of(wanted: str, values: tuple[str, ...]) -> bool:
    return not wanted or any(wanted.casefold() in value.casefold() for value in values)


def _within(bounds: tuple[float | None, float | None], *values: float | None) -> bool:
    low, high = bounds
    if low is None and high is None:
        return True
    known = [value for value in values if value is not None]
    return any((low is None or value >= low) and (high is None or value <= high) for value in known)
