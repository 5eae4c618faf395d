"""Dataset documents from EEGDash's summary table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..documents.models import Dataset

TAGS = {"modality of exp": "modality", "type of exp": "type", "Type Subject": "pathology"}
"""Columns of the table, and the tags they are in a dataset document."""


def datasets_from_csv(text: str) -> list[Dataset]:
    r"""Read the table.

    Parameters
    ----------
    text
        CSV with the columns of EEGDash's ``dataset_summary.csv``. Empty cells become missing fields.

    Returns
    -------
    list of Dataset
        One document a row, in the order of the rows.

    Raises
    ------
    DocumentError
        If a row has no ``dataset`` or ``source``, or a cell does not hold what its column wants.

    Examples
    --------
    >>> [dataset.dataset_id for dataset in datasets_from_csv("dataset,source,record_modality\nds1,openneuro,eeg\n")]
    ['ds1']
    """
    from ..documents.models import Dataset

    return [Dataset.from_value(document) for document in documents_from_csv(text)]


def documents_from_csv(text: str) -> Iterator[dict[str, Any]]:
    """The same as plain documents, not checked: what a search needs, without the libraries that check."""
    return (_document(row) for row in csv.DictReader(io.StringIO(text)))


def _document(row: dict[str, str]) -> dict[str, Any]:
    hours = _number(row.get("duration_hours_total"))
    document: dict[str, Any] = {
        "dataset_id": row.get("dataset"),
        "source": row.get("source"),
        "name": row.get("dataset_title"),
        "canonical_name": _list(row.get("canonical_name")),
        "author_year": row.get("author_year"),
        "recording_modality": _names(row.get("record_modality")),
        "license": row.get("license"),
        "dataset_doi": row.get("doi"),
        "size_bytes": _whole(row.get("size_bytes")),
        "n_records": _whole(row.get("n_records")),
        "n_tasks": _whole(row.get("n_tasks")),
        "total_duration_s": None if hours is None else hours * 3600,
        "nchans_counts": _list(row.get("nchans_set")),
        "sfreq_counts": _list(row.get("sampling_freqs")),
        "nemar_citation_count": _whole(row.get("nemar_citation_count")),
        "demographics": {"subjects_count": _whole(row.get("n_subjects")) or 0},
        "tags": {tag: _names(row.get(column)) for column, tag in TAGS.items()},
    }
    return {name: value for name, value in document.items() if value not in (None, "")}


def _number(cell: str | None) -> float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return None


def _whole(cell: str | None) -> int | None:
    number = _number(cell)
    return None if number is None else int(number)


def _list(cell: str | None) -> list[object]:
    """A list that is JSON inside the cell."""
    try:
        value = json.loads(cell) if cell else []
    except ValueError:
        return []
    return value if isinstance(value, list) else []


def _names(cell: str | None) -> list[str]:
    return [name.strip() for name in (cell or "").split(",") if name.strip()]
