from __future__ import annotations

from catalogued import Catalogue, put, record
from eegmill.config.models import Select
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset
from eegmill.inputs.resolve.difference import difference
from eegmill.inputs.resolve.seal import seal
from pinned import lock_of, web_file


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


def test_a_seal_that_is_lost_is_told_without_every_hash(web, tmp_path):
    lock = lock_of(web_file(web, b"hello"))
    fetch_recording(lock, "sub-01_task-rest", tmp_path)
    assert difference(seal(lock, tmp_path), lock) == "~ sealed: True -> False"


def test_a_sidecar_that_was_missing_is_seen_to_come_and_to_go(s3):
    own, sidecar = "sub-01/eeg/sub-01_eeg.edf", "sub-01/eeg/sub-01_events.tsv"
    named = Catalogue(record(own, storage={"dep_keys": [sidecar]}))
    put(s3, own)
    unnamed = resolve_dataset(Catalogue(record(own)), "ds000001", select=Select())
    without = resolve_dataset(named, "ds000001", select=Select())
    put(s3, sidecar)
    complete = resolve_dataset(named, "ds000001", select=Select())
    assert difference(unnamed, without) == f"? {sidecar}: named by the catalogue, and not at its source"
    assert difference(without, complete) == f"+ {sidecar} (1 bytes), missing until now"
    assert difference(complete, without) == f"- {sidecar}, no longer at its source"
