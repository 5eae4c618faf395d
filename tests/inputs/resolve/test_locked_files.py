from __future__ import annotations

import json

import pytest

from catalogued import ROOT, Catalogue, paths_of, put, record
from eegmill.bids.inheritance import missing_sidecars
from eegmill.config.models import Select
from eegmill.errors import ConfigurationError, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset


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


def test_a_named_file_that_the_store_lacks_is_noted_as_missing(s3):
    own = "sub-01/eeg/sub-01_task-rest_eeg.set"
    put(s3, own)
    told = {"dep_keys": ["sub-01/eeg/sub-01_task-rest_eeg.fdt", "sub-01/eeg/sub-01_task-rest_events.tsv"]}
    common = {"dep_keys": ["task-rest_eeg.json", "task-other_eeg.json"]}
    lock = resolve_dataset(Catalogue(record(own, storage=told), storage=common), "ds000001", select=Select())
    assert paths_of(lock) == [[own]]
    assert lock.recordings[0].missing == (*told["dep_keys"], "task-rest_eeg.json")
    assert missing_sidecars(lock.recordings[0]) == (told["dep_keys"][1], "task-rest_eeg.json")


def test_a_missing_raw_file_fails_its_recording_alone(s3, tmp_path):
    there, gone = "sub-01/eeg/sub-01_task-rest_eeg.edf", "sub-02/eeg/sub-02_task-rest_eeg.edf"
    put(s3, there)
    lock = resolve_dataset(Catalogue(record(there), record(gone)), "ds000001", select=Select())
    assert fetch_recording(lock, "sub-01_task-rest", tmp_path)
    with pytest.raises(SourceError, match=r"sub-02_task-rest_eeg\.edf' was not at its source"):
        fetch_recording(lock, "sub-02_task-rest", tmp_path)
    assert lock.recording("sub-02_task-rest").missing == (gone,)


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


def test_a_rehosted_dataset_is_fetched_from_openneuro(s3):
    own = "sub-01/eeg/sub-01_eeg.edf"
    put(s3, own)
    told = {"backend": "nemar", "base": "s3://nemar/on000001"}
    lock = resolve_dataset(Catalogue(record(own, storage=told)), "on000001", select=Select())
    assert lock.recordings[0].files[0].url == f"s3://openneuro.org/ds000001/{own}"


def test_a_path_that_leads_out_of_the_dataset_is_refused(s3):
    with pytest.raises(SourceError, match="no path inside a dataset"):
        resolve_dataset(Catalogue(record("../../etc/passwd")), "ds000001", select=Select())


def test_one_recording_in_two_formats_asks_for_a_choice(s3):
    records = [record("sub-01/eeg/sub-01_eeg.edf"), record("sub-01/eeg/sub-01_eeg.set")]
    with pytest.raises(ConfigurationError, match=r"select\.query: {extension: \.set}"):
        resolve_dataset(Catalogue(*records), "ds000001", select=Select())


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


def test_a_record_with_an_address_of_its_own_is_pinned_there(web):
    web.files["ndownloader/files/42"] = b"hello"
    storage = {"backend": "https", "base": f"{web.url}/articles"}
    found = record("sub-01/eeg/sub-01_eeg.edf", storage=storage, download_url=f"{web.url}/ndownloader/files/42")
    (file,) = resolve_dataset(Catalogue(found), "figshare-1", select=Select()).recordings[0].files
    assert (file.url, file.size) == (f"{web.url}/ndownloader/files/42", 5)


def test_where_a_store_cannot_list_each_file_is_asked_for_once(web):
    own = [f"sub-0{n}/eeg/sub-0{n}_eeg.set" for n in (1, 2)]
    web.files.update({f"set/{path}": b"x" for path in [*own, "participants.tsv", "sub-01/eeg/sub-01_eeg.fdt"]})
    storage = {"backend": "https", "base": f"{web.url}/set"}
    lock = resolve_dataset(Catalogue(*(record(path, storage=storage) for path in own)), "x", select=Select())
    assert paths_of(lock) == [["participants.tsv", "sub-01/eeg/sub-01_eeg.fdt", own[0]], ["participants.tsv", own[1]]]
    assert len({path for _, path, _ in web.requests}) == len(web.requests)


def test_a_datalad_clone_is_fetched_by_link_as_far_as_it_has_content(tmp_path):
    clone, own = tmp_path / "clone", [f"sub-0{n}/eeg/sub-0{n}_eeg.edf" for n in (1, 2)]
    for path in own:
        key = f"MD5E-s5--5d41402abc4b2a76b9719d911017c592.{path[5]}.edf"
        (clone / path).parent.mkdir(parents=True)
        (clone / path).symlink_to(clone / ".git/annex/objects" / key)
    (clone / ".git/annex/objects").mkdir(parents=True)
    content = (clone / own[0]).readlink()
    content.write_bytes(b"hello")
    told = {"backend": "local", "base": str(clone)}
    lock = resolve_dataset(Catalogue(*(record(path, storage=told) for path in own)), "mine", select=Select())
    fetch_recording(lock, "sub-01", tmp_path / "root", offline=True)
    assert (tmp_path / "root" / own[0]).samefile(content)
    with pytest.raises(SourceError, match="datalad get"):
        fetch_recording(lock, "sub-02", tmp_path / "root", offline=True)
