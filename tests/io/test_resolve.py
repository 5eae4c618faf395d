from __future__ import annotations

import json

import pytest

from eegmill.catalog.client import Client
from eegmill.config import Select
from eegmill.errors import ConfigurationError, SourceError, UnknownDataset
from eegmill.io.fetch import fetch_recording
from eegmill.io.resolve import difference, resolve_dataset, seal, write_lock
from eegmill.lock import read_lock

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


def test_a_recording_gets_what_speaks_about_it_up_to_the_root(s3):
    own = "sub-01/eeg/sub-01_task-rest_eeg.set"
    put(s3, *ROOT, own, "sub-01/eeg/sub-01_task-rest_eeg.fdt", "sub-01/eeg/sub-01_task-rest_channels.tsv")
    put(s3, "sub-01/eeg/sub-01_task-other_channels.tsv", "sub-01/sub-01_scans.tsv", "sub-02/eeg/sub-02_electrodes.tsv")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    assert paths_of(lock) == [
        [
            "dataset_description.json",
            "participants.tsv",
            "sub-01/eeg/sub-01_task-rest_channels.tsv",
            "sub-01/eeg/sub-01_task-rest_eeg.fdt",
            own,
            "sub-01/sub-01_scans.tsv",
            "task-rest_eeg.json",
        ]
    ]


def test_a_named_file_that_the_store_lacks_is_not_locked(s3):
    own = "sub-01/eeg/sub-01_task-rest_eeg.set"
    put(s3, own)
    told = {"dep_keys": ["sub-01/eeg/sub-01_task-rest_eeg.fdt", "sub-01/eeg/sub-01_task-rest_events.tsv"]}
    lock = resolve_dataset(Catalogue(record(own, storage=told)), "ds000001", select=Select())
    assert paths_of(lock) == [[own]]


def test_a_missing_raw_file_fails_its_recording_alone(s3, tmp_path):
    there, gone = "sub-01/eeg/sub-01_task-rest_eeg.edf", "sub-02/eeg/sub-02_task-rest_eeg.edf"
    put(s3, there)
    lock = resolve_dataset(Catalogue(record(there), record(gone)), "ds000001", select=Select())
    assert fetch_recording(lock, "sub-01_task-rest", tmp_path)
    with pytest.raises(SourceError, match=r"sub-02_task-rest_eeg\.edf' was not at its source"):
        fetch_recording(lock, "sub-02_task-rest", tmp_path)


def test_a_header_with_old_names_brings_the_files_it_names(s3):
    own = "sub-01/eeg/sub-01_task-rest_eeg.vhdr"
    put(s3, own, body=b"[Common Infos]\nDataFile=old.eeg\nMarkerFile=old.vmrk\n")
    put(s3, "sub-01/eeg/old.eeg", "sub-01/eeg/old.vmrk")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    assert paths_of(lock) == [["sub-01/eeg/old.eeg", "sub-01/eeg/old.vmrk", own]]


def test_what_s3_lists_is_pinned_by_size_md5_etag_and_version(s3):
    s3.put_bucket_versioning(Bucket="openneuro.org", VersioningConfiguration={"Status": "Enabled"})
    own = "sub-01/eeg/sub-01_task-rest_eeg.edf"
    put(s3, own, body=b"hello")
    (file,) = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select()).recordings[0].files
    assert (file.size, file.md5) == (5, "5d41402abc4b2a76b9719d911017c592")
    assert file.etag == file.md5
    assert file.version_id


def test_every_key_of_ten_thousand_files_is_pinned_by_few_requests(web, monkeypatch):
    from eegmill.io.storage.s3 import S3Source

    web.files["openneuro.org"] = b""
    web.always["openneuro.org"] = listing_page
    monkeypatch.setenv("EEGMILL_S3_ENDPOINT", web.url)
    assert len(S3Source("s3://openneuro.org/ds000001").listing()) == 10_000
    assert len(web.requests) <= 15


def listing_page(handler, data):
    from urllib.parse import parse_qs, urlsplit

    marker = parse_qs(urlsplit(handler.path).query).get("key-marker", ["ds000001/-1"])[0]
    first = int(marker.rsplit("/", 1)[1]) + 1
    entries = "".join(
        f'<Version><Key>ds000001/{n}</Key><Size>1</Size><ETag>"e"</ETag><IsLatest>true</IsLatest></Version>'
        for n in range(first, first + 1000)
    )
    more = "true" if first + 1000 < 10_000 else "false"
    page = (
        f'<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{more}</IsTruncated>'
        f"<NextKeyMarker>ds000001/{first + 999}</NextKeyMarker>{entries}</R>"
    )
    handler.status(200, page.encode())


@pytest.mark.parametrize(
    ("select", "said"),
    [
        (Select(subject=("09",)), "select.subject: 09; there are: 01, 02"),
        (Select(task=("sleep",)), "select.task: sleep; there are: rest"),
        (Select(modality="meg"), "select.modality: meg; there are: eeg"),
    ],
)
def test_a_selection_that_matches_nothing_says_what_there_is(select, said):
    records = [record(f"sub-{n}/eeg/sub-{n}_task-rest_eeg.edf", subject=n, task="rest") for n in ("01", "02")]
    with pytest.raises(ConfigurationError, match=said):
        resolve_dataset(Catalogue(*records), "ds000001", select=select)


@pytest.mark.parametrize(
    "layout", [{"subject": "01"}, {"entities": {"subject": "01"}}, {"subject": "01", "recording_modality": "eeg"}]
)
def test_entities_and_modality_are_found_in_every_layout(s3, layout):
    put(s3, "sub-01/eeg/sub-01_eeg.edf")
    records = [record("sub-01/eeg/sub-01_eeg.edf", **layout), record("sub-02/eeg/sub-02_eeg.edf", subject="02")]
    lock = resolve_dataset(Catalogue(*records), "ds000001", select=Select(subject=("01",)))
    assert [entry.raw for entry in lock.recordings] == ["sub-01/eeg/sub-01_eeg.edf"]


def test_records_are_sorted_and_none_comes_twice(s3):
    records = [record(f"sub-{n}/eeg/sub-{n}_eeg.edf") for n in ("02", "01", "02")]
    lock = resolve_dataset(Catalogue(*records), "ds000001", select=Select())
    assert [entry.recording for entry in lock.recordings] == ["sub-01", "sub-02"]


def test_one_recording_in_two_formats_asks_for_a_choice(s3):
    records = [record("sub-01/eeg/sub-01_eeg.edf"), record("sub-01/eeg/sub-01_eeg.set")]
    with pytest.raises(ConfigurationError, match=r"select\.query: {extension: \.set}"):
        resolve_dataset(Catalogue(*records), "ds000001", select=Select())


def test_a_users_filter_goes_to_the_api(s3):
    catalogue = Catalogue(record("sub-01/eeg/sub-01_eeg.edf"))
    resolve_dataset(catalogue, "ds000001", select=Select(query={"nchans": {"$gte": 32}}))
    assert catalogue.asked == [{"dataset": "ds000001", "$and": [{"nchans": {"$gte": 32}}]}]


def test_a_rehosted_dataset_is_fetched_from_openneuro(s3):
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own)
    told = {"backend": "nemar", "base": "s3://nemar/on000001"}
    lock = resolve_dataset(Catalogue(record(own, storage=told)), "on000001", select=Select())
    assert lock.recordings[0].files[0].url == f"s3://openneuro.org/ds000001/{own}"


def test_version_and_doi_come_from_the_document(s3):
    doi = "doi:10.18112/openneuro.ds000001.v1.2.3"
    catalogue = Catalogue(record("sub-01/eeg/sub-01_eeg.edf"), dataset_doi=doi, license="CC0")
    lock = resolve_dataset(catalogue, "ds000001", select=Select())
    assert (lock.version, lock.doi, lock.licence) == ("1.2.3", "10.18112/openneuro.ds000001.v1.2.3", "CC0")


def test_a_path_that_leads_out_of_the_dataset_is_refused(s3):
    with pytest.raises(SourceError, match="no path inside a dataset"):
        resolve_dataset(Catalogue(record("../../etc/passwd")), "ds000001", select=Select())


def test_an_unknown_dataset_names_the_nearest():
    with pytest.raises(UnknownDataset, match="eegmill-sample"):
        resolve_dataset(Client("embedded"), "eegmill-sampel", select=Select())


def test_a_sealed_lock_has_the_hash_of_every_file(s3, tmp_path):
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own, body=b"hello")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    fetch_recording(lock, "sub-01", tmp_path)
    sealed = seal(lock, tmp_path)
    assert sealed.sealed
    assert sealed.recordings[0].files[0].sha256.startswith("2cf24dba5fb0a30e26e83b2ac5b9e29e")


def test_a_lock_is_not_sealed_with_another_files_hash(s3, tmp_path):
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own, body=b"hello")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    fetch_recording(lock, "sub-01", tmp_path)
    (tmp_path / own).write_bytes(b"HELLO")
    with pytest.raises(SourceError, match="is not what the lock pinned: md5"):
        seal(lock, tmp_path)


def test_a_difference_names_what_came_went_and_changed(s3):
    one, two = "sub-01/eeg/sub-01_eeg.edf", "sub-02/eeg/sub-02_eeg.edf"
    put(s3, one, body=b"hello")
    old = resolve_dataset(Catalogue(record(one)), "ds000001", select=Select())
    put(s3, one, two, body=b"hello!")
    new = resolve_dataset(Catalogue(record(one), record(two), name="New"), "ds000001", select=Select())
    lines = difference(old, new).splitlines()
    assert lines[:3] == ["~ name: None -> New", "+ recording sub-02", lines[2]]
    assert lines[2].startswith(f"~ {one}: size 5 -> 6, md5 5d41402abc4b2a76b9719d911017c592 -> ")
    assert lines[3] == f"+ {two} (6 bytes)"
    assert difference(old, old) == ""


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


def test_annex_keys_of_a_record_pin_and_place_its_files(web, monkeypatch):
    own = "sub-01/eeg/sub-01_eeg.edf"
    web.files["nm000001/"] = json.dumps(
        {"latest": "1.0.0", "versions": [{"version": "1.0.0", "manifest_url": "1.json"}]}
    ).encode()
    web.files["nm000001/1.json"] = b'{"files": []}'
    monkeypatch.setenv("EEGMILL_NEMAR_URL", web.url)
    key = "MD5E-s5--5d41402abc4b2a76b9719d911017c592.edf"
    told = {"backend": "nemar", "base": "s3://nemar/nm000001", "annex_keys": {own: key}}
    (file,) = resolve_dataset(Catalogue(record(own, storage=told)), "nm000001", select=Select()).recordings[0].files
    assert (file.url, file.size) == (f"s3://nemar/nm000001/objects/{key}", 5)
    assert (file.md5, file.annex_key) == ("5d41402abc4b2a76b9719d911017c592", key)
