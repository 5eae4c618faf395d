"""Documents and credentials that the tests of the API share."""

from __future__ import annotations

from typing import Any

from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.stores.contract import Store

TOKEN = "a-token-for-tests-only"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def record(subject: str, *, task: str = "rest", dataset: str = "ds000001", **fields: Any) -> dict[str, Any]:
    """A record document as a digester writes it."""
    path = f"sub-{subject}/eeg/sub-{subject}_task-{task}_eeg.set"
    return {
        "dataset": dataset,
        "bids_relpath": path,
        "storage": {"backend": "s3", "base": f"s3://openneuro.org/{dataset}", "raw_key": path, "dep_keys": []},
        "recording_modality": ["eeg"],
        "subject": subject,
        "task": task,
        "nchans": 64,
        "sampling_frequency": 500.0,
        "participant_tsv": {"age": 20 + int(subject)},
        **fields,
    }


def dataset(dataset_id: str = "ds000001", **fields: Any) -> dict[str, Any]:
    """A dataset document."""
    return {
        "dataset_id": dataset_id,
        "name": f"Study {dataset_id}",
        "source": "openneuro",
        "recording_modality": ["eeg"],
        "license": "CC0",
        "size_bytes": 1_000_000,
        "total_files": 10,
        "demographics": {"subjects_count": 3},
        "readme": "Long text.",
        **fields,
    }


def filled(store: Store) -> Store:
    """Put three datasets and their records into a store."""
    documents = [dataset(), dataset("ds000002", source="nemar"), dataset("ds000003", recording_modality=["meg"])]
    records = [record(f"{number:02d}") for number in range(1, 4)]
    records += [record("01", task="oddball", dataset="ds000002", nchans=32, run="1")]
    store.upsert_datasets("eegdash", [Dataset.from_value(document) for document in documents])
    store.insert_records("eegdash", [Record.from_value(document) for document in records])
    return store
