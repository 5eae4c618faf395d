from __future__ import annotations

import json

import pytest

from eegmill.errors import ConfigurationError
from eegmill.lock import read_lock

ENTRY = {
    "recording": "sub-01",
    "folder": "sub-01",
    "datatype": "eeg",
    "raw": "sub-01/eeg/sub-01_eeg.edf",
    "entities": {"sub": "01"},
    "files": [],
}
VALUES = {"dataset": "ds1", "api": "embedded", "database": "eegdash", "filter": {}, "resolved_at": ""}


def lock_at(path, **values):
    path.write_text(json.dumps({**VALUES, "recordings": [ENTRY], **values}))
    return path


def test_a_lock_of_version_1_is_read_as_it_was(tmp_path):
    lock = read_lock(lock_at(tmp_path / "a.lock.json", lock_version="1"))
    assert (lock.lock_version, lock.recordings[0].missing) == ("1", ())


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"lock_version": "10"}, "it has version 10; install a newer eegmill, or renew it"),
        ({"recordings": [{}]}, r"recordings\.0\.recording: Field required"),
        ({"sealed": "perhaps"}, "sealed: Input should be a valid boolean"),
    ],
)
def test_a_lock_that_cannot_be_read_says_why(tmp_path, values, told):
    with pytest.raises(ConfigurationError, match=told):
        read_lock(lock_at(tmp_path / "a.lock.json", **values))


def test_a_file_that_is_no_json_is_no_lock(tmp_path):
    (tmp_path / "a.lock.json").write_text("<html>")
    with pytest.raises(ConfigurationError, match="is not a lock that this eegmill can read: Invalid JSON"):
        read_lock(tmp_path / "a.lock.json")


def test_a_recording_that_is_not_in_the_lock_is_named(tmp_path):
    lock = read_lock(lock_at(tmp_path / "a.lock.json"))
    with pytest.raises(ConfigurationError, match="'sub-99' is not in the lock of 'ds1'"):
        lock.recording("sub-99")


def test_a_lock_of_version_2_has_refused_nothing(tmp_path):
    lock = read_lock(lock_at(tmp_path / "a.lock.json", lock_version="2"))
    assert (lock.lock_version, lock.refused) == ("2", ())


@pytest.mark.parametrize("name", [None, "", "[Unspecified]", "unspecified", "n/a", " Untitled ", "<name>"])
def test_a_dataset_whose_name_is_a_placeholder_is_called_by_its_id(tmp_path, name):
    assert read_lock(lock_at(tmp_path / "a.lock.json", name=name)).title == "ds1"


def test_a_dataset_is_called_by_its_name(tmp_path):
    assert read_lock(lock_at(tmp_path / "a.lock.json", name="Face processing")).title == "Face processing"
