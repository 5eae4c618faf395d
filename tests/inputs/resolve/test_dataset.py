from __future__ import annotations

import pytest

from catalogued import Catalogue, put, record
from eegmill.catalog.client.api import Client
from eegmill.config.models import Select
from eegmill.errors import SourceError, UnknownDataset
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset, write_lock
from eegmill.lock import read_lock


def test_the_sample_is_resolved_offline_with_hashes():
    lock = resolve_dataset(Client("embedded"), "eegmill-sample", select=Select())
    assert [entry.recording for entry in lock.recordings] == [
        "sub-01_task-attention",
        "sub-02_task-arithmetic",
        "sub-03_task-arithmetic",
        "sub-04_task-arithmetic",
    ]
    assert all(file.sha256 and file.size for entry in lock.recordings for file in entry.files)
    assert {file.role for file in lock.recordings[0].files} == {"raw", "companion", "sidecar", "dataset"}


def test_a_written_lock_reads_back_the_same(tmp_path):
    lock = resolve_dataset(Client("embedded"), "eegmill-sample", select=Select(subject=("02",)))
    write_lock(lock, tmp_path / "a.lock.json")
    assert read_lock(tmp_path / "a.lock.json") == lock


def test_version_and_doi_come_from_the_document(s3):
    doi = "doi:10.18112/openneuro.ds000001.v1.2.3"
    catalogue = Catalogue(record("sub-01/eeg/sub-01_eeg.edf"), dataset_doi=doi, license="CC0")
    lock = resolve_dataset(catalogue, "ds000001", select=Select())
    assert (lock.version, lock.doi, lock.licence) == ("1.2.3", "10.18112/openneuro.ds000001.v1.2.3", "CC0")


def test_an_unknown_dataset_names_the_nearest():
    with pytest.raises(UnknownDataset, match="eegmill-sample"):
        resolve_dataset(Client("embedded"), "eegmill-sampel", select=Select())


def test_a_source_that_changed_since_the_lock_shows_both(s3, tmp_path):
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own, body=b"hello")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    put(s3, own, body=b"HELLO")
    with pytest.raises(SourceError, match="ETag 5d41402abc4b2a76b9719d911017c592, 5 bytes pinned; ETag eb61eead90"):
        fetch_recording(lock, "sub-01", tmp_path)


def test_a_pinned_version_stays_fetchable_after_the_source_moved_on(s3, tmp_path):
    s3.put_bucket_versioning(Bucket="openneuro.org", VersioningConfiguration={"Status": "Enabled"})
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own, body=b"hello")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    put(s3, own, body=b"HELLO")
    fetch_recording(lock, "sub-01", tmp_path)
    assert (tmp_path / own).read_bytes() == b"hello"
