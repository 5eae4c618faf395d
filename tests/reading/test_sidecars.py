from __future__ import annotations

import json

import pytest

from eegmill.bids.names import entities_of
from eegmill.errors import RecordingError
from eegmill.reading.sidecars import coordsystem, merged_json, nearest, sidecars, table
from tiny_bids import lock_of, put


@pytest.fixture
def entry(tmp_path):
    put(tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_task-rest_run-1_eeg.edf", "x")
    put(tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_task-rest_run-1_eeg.json", json.dumps({"c": 3, "b": 3}))
    put(tmp_path / "sub-01/sub-01_task-rest_eeg.json", json.dumps({"b": 2, "a": 2}))
    put(tmp_path / "task-rest_eeg.json", json.dumps({"a": 1, "z": 1}))
    put(tmp_path / "task-other_eeg.json", json.dumps({"a": 9}))
    put(tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_task-rest_run-2_eeg.json", json.dumps({"a": 9}))
    put(tmp_path / "task-rest_channels.tsv", "name\nFar\n")
    put(tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_task-rest_run-1_channels.tsv", "name\nNear\n")
    put(tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_space-CapTrak_electrodes.tsv", "name\tx\ty\tz\n")
    return lock_of(tmp_path).recordings[0]


def test_json_is_merged_and_the_nearest_file_wins(tmp_path, entry):
    assert merged_json(tmp_path, entry, "eeg") == {"a": 2, "b": 3, "c": 3, "z": 1}


def test_of_tables_the_nearest_alone_counts(tmp_path, entry):
    assert nearest(tmp_path, entry, "channels").read_text() == "name\nNear\n"


def test_a_sidecar_of_another_run_or_task_does_not_apply(entry):
    assert not [path for path in sidecars(entry, "eeg", ".json") if "run-2" in path or "other" in path]


def test_electrodes_with_a_space_apply_to_a_recording_without_one(tmp_path, entry):
    assert nearest(tmp_path, entry, "electrodes").name == "sub-01_ses-a_space-CapTrak_electrodes.tsv"


def test_a_sidecar_that_was_not_fetched_is_left_out(tmp_path, entry):
    (tmp_path / "task-rest_eeg.json").unlink()
    assert "z" not in merged_json(tmp_path, entry, "eeg")


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1'])
def test_a_broken_sidecar_is_named(tmp_path, entry, content):
    put(tmp_path / "task-rest_eeg.json", content)
    with pytest.raises(RecordingError, match=r"task-rest_eeg\.json"):
        merged_json(tmp_path, entry, "eeg")


def test_the_parts_of_a_file_name_are_told_apart():
    assert entities_of("sub-01_space-CapTrak_electrodes.tsv") == (
        {"sub": "01", "space": "CapTrak"},
        "electrodes",
        ".tsv",
    )


def test_a_json_sidecar_in_latin_1_is_read(tmp_path, entry):
    (tmp_path / "task-rest_eeg.json").write_bytes('{"z": "Universität"}'.encode("latin-1"))
    assert merged_json(tmp_path, entry, "eeg")["z"] == "Universität"


@pytest.mark.parametrize(
    ("text", "names", "note"),
    [
        ("name\ttype\nCz\tEEG\n", ["Cz"], None),
        ("Name\tType\nCz\tEEG\n", ["Cz"], "has columns in capitals: Name, Type"),
        ("Fp1\tEEG\tuV\nCz\tEEG\tuV\n", [], "has no column 'name' (its first line is 'Fp1 EEG uV'): it is not used"),
        ("name\ttype\nµ\tEEG\n", ["µ"], "is no UTF-8: read as Latin-1"),
    ],
)
def test_a_table_is_read_or_a_note_says_why_not(tmp_path, entry, text, names, note):
    path = tmp_path / "sub-01/ses-a/eeg/sub-01_ses-a_task-rest_run-1_channels.tsv"
    path.write_bytes(text.encode("latin-1"))
    notes: list[str] = []
    assert [row["name"] for row in table(tmp_path, entry, "channels", notes)] == names
    assert (note in notes[0]) if note else notes == []


def test_sidecars_of_the_run_in_other_digits_are_used_and_noted(tmp_path):
    put(tmp_path / "sub-01/eeg/sub-01_run-01_eeg.edf", "x")
    put(tmp_path / "sub-01/eeg/sub-01_run-1_events.tsv", "onset\tduration\n1\t0\n")
    put(tmp_path / "sub-01/eeg/sub-01_run-2_events.tsv", "onset\tduration\n2\t0\n")
    notes: list[str] = []
    rows = table(tmp_path, lock_of(tmp_path).recordings[0], "events", notes)
    assert [row["onset"] for row in rows] == ["1"]
    assert notes == ["'sub-01_run-1_events.tsv' is used: its run-1 is the index of 'sub-01_run-01_eeg.edf'"]


def with_spaces(folder, tables, systems):
    put(folder / "sub-01/eeg/sub-01_task-rest_eeg.edf", "x")
    for space in tables:
        put(folder / f"sub-01/eeg/sub-01{space}_electrodes.tsv", "name\tx\ty\tz\n")
    for space in systems:
        text = json.dumps({"EEGCoordinateSystem": space, f"only{space}": 1})
        put(folder / f"sub-01/eeg/sub-01{space}_coordsystem.json", text)
    return lock_of(folder).recordings[0]


@pytest.mark.parametrize(
    ("tables", "systems", "expected"),
    [
        (["_space-A", "_space-B"], ["_space-A", "_space-B"], "_space-B"),
        (["_space-A"], ["_space-A", "_space-B"], "_space-A"),
        ([""], ["", "_space-B"], ""),
        ([""], ["_space-B"], "_space-B"),
        (["_space-A"], [""], ""),
    ],
)
def test_electrodes_go_with_the_coordsystem_of_their_space(tmp_path, tables, systems, expected):
    entry = with_spaces(tmp_path, tables, systems)
    assert coordsystem(tmp_path, entry) == {"EEGCoordinateSystem": expected, f"only{expected}": 1}


@pytest.mark.parametrize(
    ("tables", "systems"), [(["_space-A"], ["_space-B"]), ([""], ["_space-A", "_space-B"]), ([], [""])]
)
def test_a_coordsystem_of_another_space_says_nothing(tmp_path, tables, systems):
    assert coordsystem(tmp_path, with_spaces(tmp_path, tables, systems)) == {}
