from __future__ import annotations

import json
import os

import pytest

from catalogued import ROOT, Catalogue, paths_of, put, record
from eegmill.config.models import Select
from eegmill.errors import ConfigurationError, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset
from eegmill.reading.sidecars import missing_sidecars


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


def refused(*records):
    """What is refused of these recordings, beside a sound one that must be locked."""
    good = record("sub-09/eeg/sub-09_task-rest_eeg.edf")
    lock = resolve_dataset(Catalogue(good, *records), "ds000001", select=Select())
    assert "sub-09_task-rest" in [entry.recording for entry in lock.recordings]
    return {one.recording: one.reason for one in lock.refused}


@pytest.mark.parametrize("path", ["../../etc/passwd", "sub-01\\eeg\\sub-01_eeg.edf", "C:/data/passwd"])
def test_a_path_that_leads_out_of_the_dataset_refuses_its_recording_alone(s3, path):
    (reason,) = refused(record(path)).values()
    assert f"{path!r}, which is no path inside a dataset" in reason


def test_a_companion_of_another_machine_is_missing_and_the_recording_is_locked(s3):
    own = "sub-01/eeg/sub-01_eeg.vhdr"
    put(s3, own, body=b"DataFile=C:\\data\\old 01.eeg\nMarkerFile=C:\\data\\old 01.vmrk\n")
    put(s3, "sub-01/eeg/sub-01_eeg.eeg")
    told = {"dep_keys": ["sub-01/eeg/C:\\data\\old"]}
    lock = resolve_dataset(Catalogue(record(own, storage=told)), "ds000001", select=Select())
    assert paths_of(lock) == [["sub-01/eeg/sub-01_eeg.eeg", own]]
    assert lock.recordings[0].missing == tuple(told["dep_keys"])


def test_one_recording_in_two_formats_asks_for_a_choice(s3):
    reasons = refused(record("sub-01/eeg/sub-01_eeg.edf"), record("sub-01/eeg/sub-01_eeg.set"))
    assert "select.query: {extension: .set}" in reasons["sub-01"]


def test_one_name_in_two_session_folders_is_not_called_two_formats(s3):
    reasons = refused(*(record(f"sub-01/ses-{n}/eeg/sub-01_task-x_eeg.edf") for n in "12"))
    assert list(reasons) == ["sub-01_task-x"]
    assert "name the files with the session" in reasons["sub-01_task-x"]


def test_two_headers_that_name_the_same_samples_are_both_refused(s3):
    for run in "12":
        put(s3, f"sub-01/eeg/sub-01_run-{run}_eeg.vhdr", body=b"DataFile=old.eeg\n")
    put(s3, "sub-01/eeg/old.eeg")
    reasons = refused(*(record(f"sub-01/eeg/sub-01_run-{n}_eeg.vhdr") for n in "12"))
    assert sorted(reasons) == ["sub-01_run-1", "sub-01_run-2"]
    assert "name the same data file 'sub-01/eeg/old.eeg'" in reasons["sub-01_run-1"]


def test_a_header_is_not_given_the_data_of_another_run(s3):
    for run in "12":
        put(s3, f"sub-01/eeg/sub-01_run-{run}_eeg.vhdr", body=b"DataFile=sub-01_run-1_eeg.eeg\n")
    put(s3, "sub-01/eeg/sub-01_run-1_eeg.eeg")
    lock = resolve_dataset(Catalogue(record("sub-01/eeg/sub-01_run-2_eeg.vhdr")), "ds000001", select=Select())
    assert paths_of(lock) == [["sub-01/eeg/sub-01_run-2_eeg.vhdr"]]


def test_a_set_file_without_data_of_its_name_gets_those_that_belong_to_no_other(s3):
    own = "sub-01/eeg/sub-01_eeg.set"
    put(s3, own, "sub-01/eeg/S01_old.fdt", "sub-01/eeg/b.set", "sub-01/eeg/b.fdt")
    lock = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    assert paths_of(lock) == [["sub-01/eeg/S01_old.fdt", own]]
    assert lock.recordings[0].files[0].role == "companion"


def in_folder(root, path):
    return record(path, storage={"backend": "local", "base": str(root)})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.mkdir(), "is a folder, not a file"),
        (lambda path: os.mkfifo(path), "is a pipe or a device"),
        (lambda path: path.symlink_to("/nowhere/x"), "is a link to nothing"),
        (lambda path: (path.touch(), os.truncate(path, 5 * 10**9)), "of which only 0 were ever written"),
    ],
)
def test_what_is_no_file_in_a_recordings_place_is_refused_and_the_others_go_on(tmp_path, make, reason):
    paths = [f"sub-0{n}/eeg/sub-0{n}_eeg.edf" for n in (1, 2)]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / paths[0]).write_bytes(b"x")
    make(tmp_path / paths[1])
    lock = resolve_dataset(Catalogue(*(in_folder(tmp_path, path) for path in paths)), "mine", select=Select())
    assert [entry.recording for entry in lock.recordings] == ["sub-01"]
    assert reason in lock.refused[0].reason
    with pytest.raises(ConfigurationError, match="'sub-02' was refused as the lock"):
        lock.recording("sub-02")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.mkdir(), "sub-02_eeg.fdt' is a folder, not a file"),
        (lambda path: os.mkfifo(path), "sub-02_eeg.fdt' is a pipe or a device"),
        (lambda path: (path.touch(), os.truncate(path, 5 * 10**9)), "sub-02_eeg.fdt' is 5000000000 bytes long"),
    ],
)
def test_samples_that_cannot_be_read_refuse_their_recording_before_anything_is_fetched(tmp_path, make, reason):
    paths = [f"sub-0{n}/eeg/sub-0{n}_eeg.set" for n in (1, 2)]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(b"x")
    make((tmp_path / paths[1]).with_suffix(".fdt"))
    lock = resolve_dataset(Catalogue(*(in_folder(tmp_path, path) for path in paths)), "mine", select=Select())
    assert [entry.recording for entry in lock.recordings] == ["sub-01"]
    assert reason in lock.refused[0].reason


def test_sidecars_in_bidsignore_are_no_part_of_a_recording_and_nothing_is_missing(tmp_path):
    own = "sub-01/eeg/sub-01_eeg.edf"
    (tmp_path / own).parent.mkdir(parents=True)
    for path in (own, "sub-01/eeg/sub-01_events.tsv", "sub-01/eeg/sub-01_channels.tsv"):
        (tmp_path / path).write_bytes(b"x")
    (tmp_path / ".bidsignore").write_text("*_events.tsv\n*.edf\n", encoding="utf-8")
    storage = {"backend": "local", "base": str(tmp_path), "dep_keys": ["sub-01/eeg/sub-01_events.tsv"]}
    lock = resolve_dataset(Catalogue(record(own, storage=storage)), "mine", select=Select())
    assert paths_of(lock) == [["sub-01/eeg/sub-01_channels.tsv", own]]
    assert lock.recordings[0].missing == ()


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


def test_a_file_that_may_not_be_read_is_refused_and_the_others_go_on(tmp_path, monkeypatch):
    paths = [f"sub-0{n}/eeg/sub-0{n}_eeg.edf" for n in (1, 2)]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(b"x")
    monkeypatch.setattr(os, "access", lambda path, mode: "sub-02_" not in str(path))  # root may read everything
    lock = resolve_dataset(Catalogue(*(in_folder(tmp_path, path) for path in paths)), "mine", select=Select())
    assert [entry.recording for entry in lock.recordings] == ["sub-01"]
    assert lock.refused[0].reason == "'sub-02/eeg/sub-02_eeg.edf' may not be read by this user."
