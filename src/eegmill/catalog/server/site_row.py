"""A dataset as a row of EEGDash's summary table: what its documentation site reads from the chart data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents.fields import texts
from ..documents.rows import row_of
from ..ingest.summary_csv import TAGS

UNKNOWN = "Unknown"


def site_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """The table's columns, as far as the document tells them.

    Examples
    --------
    >>> row = site_row({"dataset_id": "ds1", "name": "A study", "recording_modality": ["eeg", "meg"]})
    >>> row["dataset"], row["recording_modality"], row["Type Subject"]
    ('ds1', 'eeg, meg', 'Unknown')
    """
    row = row_of(document)
    tags = document.get("tags")
    kinds = tags if isinstance(tags, Mapping) else {}
    seconds, tasks = document.get("total_duration_s"), document.get("tasks")
    return {
        "dataset": row.dataset_id,
        "dataset_title": row.title,
        "canonical_name": list(texts(document.get("canonical_name"))),
        "author_year": document.get("author_year"),
        "source": row.source,
        "n_subjects": row.subjects,
        "n_records": row.records,
        "n_tasks": len(tasks) if isinstance(tasks, list) else document.get("n_tasks"),
        "recording_modality": ", ".join(row.modalities),
        **{column: ", ".join(texts(kinds.get(tag))) or UNKNOWN for column, tag in TAGS.items()},
        "nchans_set": document.get("nchans_counts") or [],
        "sampling_freqs": document.get("sfreq_counts") or [],
        "duration_hours_total": seconds / 3600 if isinstance(seconds, int | float) else None,
        "size_bytes": row.size_bytes,
        "size": row.size,
        "license": document.get("license"),
        "doi": row.doi,
    }
