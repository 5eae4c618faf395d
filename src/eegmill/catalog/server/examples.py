"""Example replies for OpenAPI: one real dataset of OpenNeuro, shortened."""

from __future__ import annotations

from typing import Any

RECORD: dict[str, Any] = {
    "_id": "000000000000000000000001",
    "dataset": "ds002893",
    "data_name": "ds002893_sub-001_task-AuditoryVisualShift_run-01_eeg.set",
    "bidspath": "ds002893/sub-001/eeg/sub-001_task-AuditoryVisualShift_run-01_eeg.set",
    "bids_relpath": "sub-001/eeg/sub-001_task-AuditoryVisualShift_run-01_eeg.set",
    "datatype": "eeg",
    "suffix": "eeg",
    "extension": ".set",
    "recording_modality": ["eeg"],
    "subject": "001",
    "task": "AuditoryVisualShift",
    "run": "01",
    "sampling_frequency": 250.0,
    "nchans": 36,
    "ntimes": 75000,
    "storage": {
        "backend": "s3",
        "base": "s3://openneuro.org/ds002893",
        "raw_key": "sub-001/eeg/sub-001_task-AuditoryVisualShift_run-01_eeg.set",
        "dep_keys": ["sub-001/eeg/sub-001_task-AuditoryVisualShift_run-01_events.tsv"],
    },
}
DATASET: dict[str, Any] = {
    "_id": "000000000000000000000002",
    "dataset_id": "ds001787",
    "name": "EEG meditation study",
    "source": "openneuro",
    "recording_modality": ["eeg"],
    "license": "CC0",
    "tasks": ["meditation"],
    "total_files": 141,
    "size_bytes": 6112012191,
    "dataset_doi": "doi:10.18112/openneuro.ds001787.v1.1.1",
    "demographics": {"subjects_count": 24, "age_min": 29, "age_max": 78},
}
COUNTS = {"nchans_counts": [{"val": 64.0, "count": 40}], "sfreq_counts": [{"val": 256.0, "count": 40}]}
SUMMARY = {**DATASET, **COUNTS, "computed_title": "EEG meditation study", "size_human": "5.7 GB"}
TOTALS = {"datasets": 1, "subjects": 24, "files": 141, "size": 6112012191}


def enveloped(**members: Any) -> dict[str, Any]:
    """An envelope with these members."""
    return {"success": True, "database": "eegdash", **members}


def shown(example: Any, description: str = "Successful reply", status: int = 200) -> dict[int | str, dict[str, Any]]:
    """An example, as a route's ``responses`` want it."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}
