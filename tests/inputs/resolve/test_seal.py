from __future__ import annotations

import pytest

from catalogued import Catalogue, put, record
from eegmill.config.models import Select
from eegmill.errors import ChangedSource, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset
from eegmill.inputs.resolve.seal import reseal, seal
from pinned import RAW, lock_of, web_file


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


def test_a_file_that_was_not_fetched_cannot_be_sealed(s3, tmp_path):
    put(s3, "sub-01/eeg/sub-01_eeg.edf")
    lock = resolve_dataset(Catalogue(record("sub-01/eeg/sub-01_eeg.edf")), "ds000001", select=Select())
    with pytest.raises(SourceError, match="fetch all recordings, then seal"):
        seal(lock, tmp_path)


def test_a_sealed_lock_makes_a_later_fetch_exact_or_an_error(web, tmp_path):
    lock = lock_of(web_file(web, b"hello"))
    fetch_recording(lock, "sub-01_task-rest", tmp_path / "one")
    sealed = seal(lock, tmp_path / "one")
    web.files[RAW] = b"HELLO"
    with pytest.raises(ChangedSource, match="sha256 2cf24dba"):
        fetch_recording(sealed, "sub-01_task-rest", tmp_path / "two")


def test_a_renewed_lock_keeps_the_seal_of_what_did_not_change(s3, tmp_path):
    paths = [f"sub-0{n}/eeg/sub-0{n}_eeg.edf" for n in (1, 2)]
    put(s3, *paths, body=b"hello")
    catalogue = Catalogue(*map(record, paths))
    lock = resolve_dataset(catalogue, "ds000001", select=Select())
    for entry in lock.recordings:
        fetch_recording(lock, entry.recording, tmp_path)
    sealed = seal(lock, tmp_path)
    assert reseal(sealed, lock) == sealed
    put(s3, paths[1], body=b"world")
    renewed = reseal(sealed, resolve_dataset(catalogue, "ds000001", select=Select()))
    assert not renewed.sealed
    assert [bool(entry.files[0].sha256) for entry in renewed.recordings] == [True, False]


def test_a_recording_without_raw_file_does_not_keep_the_others_from_being_sealed(s3, tmp_path):
    own, gone = (f"sub-0{n}/eeg/sub-0{n}_eeg.edf" for n in (1, 2))
    put(s3, own, "sub-02/eeg/sub-02_channels.tsv")
    lock = resolve_dataset(Catalogue(record(own), record(gone)), "ds000001", select=Select())
    fetch_recording(lock, "sub-01", tmp_path)
    sealed = seal(lock, tmp_path)
    assert sealed.sealed
    assert [bool(entry.files[0].sha256) for entry in sealed.recordings] == [True, False]
