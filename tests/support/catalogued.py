"""A metadata API of one dataset, whose files lie in a bucket of the test."""

from __future__ import annotations

ROOT = ("dataset_description.json", "participants.tsv", "task-rest_eeg.json", "task-other_eeg.json")


class Catalogue:
    """A metadata API of one dataset."""

    url = "https://api.example.org"
    database = "eegdash"

    def __init__(self, *records, **document):
        self.records = records
        self.document = {"dataset_id": "ds000001", **document}
        self.asked = []

    def find(self, query):
        self.asked.append(query)
        return list(self.records)

    def dataset(self, dataset):
        return self.document


def record(path, *, storage=None, **fields):
    return {
        "dataset": "ds000001",
        "bids_relpath": path,
        "recording_modality": ["eeg"],
        "storage": {"backend": "s3", "base": "s3://openneuro.org/ds000001", "raw_key": path, **(storage or {})},
        **fields,
    }


def put(s3, *paths, body=b"x"):
    for path in paths:
        s3.put_object(Bucket="openneuro.org", Key=f"ds000001/{path}", Body=body, ACL="public-read")


def paths_of(lock):
    return [[file.path for file in entry.files] for entry in lock.recordings]
