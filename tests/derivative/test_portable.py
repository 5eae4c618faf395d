from __future__ import annotations

import json

import pytest

from eegmill.derivative.portable import portable, portable_lock, without_folders
from tiny_bids import make_raw_dataset


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("/home/ann/results", "results"),
        ("~/results", "results"),
        (r"C:\Users\ann\results", "results"),
        ("file:///home/ann/raw", "local:raw"),
        ("https://ann:secret@host.org/api", "https://host.org/api"),
        ("https://host.org/a?token=1&b=2", "https://host.org/a?b=2"),
        ("results", "results"),
        ("s3://openneuro.org/ds1", "s3://openneuro.org/ds1"),
        ("/home/ann/my data/results", "results"),
        ("~30 subjects, see /home", "~30 subjects, see /home"),
        ("see https://a.org or https://b.org", "see https://a.org or https://b.org"),
        ("a sentence / with a slash", "a sentence / with a slash"),
        (3, 3),
        (None, None),
    ],
)
def test_what_belongs_to_one_machine_is_left_out(value, kept):
    assert portable({"key": [value]}) == {"key": [kept]}


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("cannot open /home/ann/a.edf.", "cannot open a.edf."),
        ("[Errno 2] 'C:\\Users\\ann\\a.edf'", "[Errno 2] 'a.edf'"),
        ("see https://a.org/b/c and 3/4 of sub-01/eeg/a.edf", "see https://a.org/b/c and 3/4 of sub-01/eeg/a.edf"),
    ],
)
def test_a_sentence_loses_its_folders(sentence, kept):
    assert without_folders(sentence) == kept


def test_a_secret_key_loses_its_value():
    assert portable({"api_key": "x", "Token": "y", "seed": 1}) == {"api_key": None, "Token": None, "seed": 1}


def test_a_lock_of_local_files_names_no_folder(tmp_path):
    lock = make_raw_dataset(tmp_path / "secret-place" / "tiny")
    assert "secret-place" in lock.model_dump_json()
    kept = portable_lock(lock)
    assert "secret-place" not in kept.model_dump_json()
    assert [file.path for file in kept.recordings[0].files] == [file.path for file in lock.recordings[0].files]


def test_of_a_public_lock_only_the_time_is_left_out(tmp_path):
    lock = make_raw_dataset(tmp_path)
    values = json.loads(lock.model_dump_json().replace(tmp_path.as_uri(), "s3://openneuro.org/tiny"))
    public = type(lock).model_validate(values)
    kept = portable_lock(public)
    assert kept.resolved_at != public.resolved_at
    assert kept.model_copy(update={"resolved_at": public.resolved_at}) == public
