"""Small documents of the catalogue."""

from __future__ import annotations

from typing import Any

from ..catalog.documents.models import Dataset, Record


def record(number: int = 1, dataset: str = "ds000001", **fields: Any) -> Record:
    """A record that fits the schema; ``fields`` are set on top."""
    path = f"sub-{number:02d}/eeg/sub-{number:02d}_task-rest_eeg.set"
    document = {
        "dataset": dataset,
        "bids_relpath": path,
        "bidspath": f"{dataset}/{path}",
        "data_name": f"{dataset}_{path.rsplit('/', 1)[-1]}",
        "storage": {"backend": "s3", "base": f"s3://openneuro.org/{dataset}", "raw_key": path, "dep_keys": []},
        "recording_modality": ["eeg"],
        "subject": f"{number:02d}",
        "task": "rest",
        "sampling_frequency": 250.0,
        "nchans": 32,
        "ntimes": 75000,
    }
    return Record.from_value({**document, **fields})


def dataset(identifier: str = "ds000001", **fields: Any) -> Dataset:
    """A dataset document that fits the schema; ``fields`` are set on top."""
    document = {
        "dataset_id": identifier,
        "name": f"Study {identifier}",
        "source": "openneuro",
        "recording_modality": ["eeg"],
        "readme": "A long text.",
        "total_files": 10,
        "size_bytes": 2048,
        "demographics": {"subjects_count": 4},
    }
    return Dataset.from_value({**document, **fields})
