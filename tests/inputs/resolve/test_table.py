"""A table that gives recordings BIDS names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from eegmill.config.models import Select
from eegmill.derivative.brainvision import write_brainvision
from eegmill.errors import ConfigurationError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.propose import propose_table
from eegmill.inputs.resolve.table import lock_of_table, read_table
from eegmill.lock import Lock
from eegmill.reading.recording import read_recording
from tiny_bids import make_raw

HEADER = "file\tsubject\tsession\ttask\trun\n"


def table(folder: Path, *rows: str) -> Path:
    path = folder / "study.tsv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def resolved(path: Path) -> Lock:
    return lock_of_table(path, "study", select=Select(), made=path.parent / "made")


def test_a_folder_is_proposed_and_read_back(tmp_path: Path) -> None:
    for name in ("S01_rest.edf", "S02_rest.edf", "notes.txt"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).touch()
    assert propose_table(tmp_path / "in", tmp_path / "in.tsv").n_recordings == 2
    rows = read_table(tmp_path / "in.tsv")
    assert [row.recording for row in rows] == ["sub-01_task-rest", "sub-02_task-rest"]
    assert rows[0].file == tmp_path / "in" / "S01_rest.edf"


@pytest.mark.parametrize("stem", ["nan", "None", "NULL", "n_a", "NA", "007", "1e5", "inf", "true"])
def test_what_a_name_says_that_a_table_reads_otherwise_is_proposed_and_read_back(tmp_path: Path, stem: str) -> None:
    (tmp_path / f"{stem}.edf").write_bytes(b"x")
    propose_table(tmp_path, tmp_path / "table.tsv")
    (row,) = read_table(tmp_path / "table.tsv")
    assert row.file.stem == stem


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no recordings"):
        propose_table(tmp_path, tmp_path / "x.tsv")


def derivative(folder: Path) -> Path:
    (folder / "sub-01").mkdir(parents=True)
    (folder / "sub-01" / "sub-01_task-rest_desc-preproc_eeg.vhdr").touch()
    made_by = [{"Name": "eegmill"}]
    description = {"Name": "x", "DatasetType": "derivative", "GeneratedBy": made_by}
    (folder / "dataset_description.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


def test_clean_signals_are_not_proposed_as_raw_ones(tmp_path: Path) -> None:
    made = derivative(tmp_path / "cleaned")
    (tmp_path / "S01_rest.edf").touch()
    proposed = propose_table(tmp_path, tmp_path / "x.tsv")
    assert (proposed.n_recordings, proposed.passed_over) == (1, (str(made),))


def test_a_folder_that_eegmill_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results" / "locks").mkdir(parents=True)
    (tmp_path / "results" / "work").mkdir()
    for made in (derivative(tmp_path / "cleaned"), tmp_path / "results"):
        with pytest.raises(ConfigurationError, match="its signals are clean already"):
            propose_table(made, tmp_path / "x.tsv")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.edf\t0 1\tn/a\trest\tn/a", "line 2, column 'subject': '0 1' is no BIDS label"),
        ("a.edf\tn/a\tn/a\trest\tn/a", "column 'subject': 'n/a' stands for no value"),
        ("a.edf\tnan\tn/a\trest\tn/a", "column 'subject': 'nan' stands for no value: write a label, such as '01'"),
        ("n/a\t01\tn/a\trest\tn/a", "no file is named"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_table(table(tmp_path, row))


def test_two_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"lines 2 and 3 are both 'sub-01_task-rest'"):
        read_table(table(tmp_path, "a.edf\t01\tn/a\trest\tn/a", "b.edf\tsub-01\tn/a\trest\tn/a"))


def test_a_file_that_is_gone_costs_its_recording_alone(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(b"x")
    lock = resolved(table(tmp_path, "a.edf\t01\tn/a\trest\tn/a", "b.edf\t02\tn/a\trest\tn/a"))
    assert [entry.missing for entry in lock.recordings] == [(), ("sub-02/eeg/sub-02_task-rest_eeg.edf",)]


@pytest.mark.parametrize("pointer", ["old", "C:\\\\data\\\\old"])
def test_a_brainvision_recording_is_linked_under_its_bids_name_and_read(tmp_path: Path, pointer: str) -> None:
    write_brainvision(make_raw(1, 2.0), tmp_path, "old")
    header = tmp_path / "old.vhdr"
    before = header.read_text(encoding="utf-8").replace("DataFile=old", f"DataFile={pointer}")
    header.write_text(before, encoding="utf-8")
    lock = resolved(table(tmp_path, "old.vhdr\t01\t2\trest\t1"))
    name = "sub-01_ses-2_task-rest_run-1"
    fetch_recording(lock, name, tmp_path / "raw")
    recording = read_recording(tmp_path / "raw", lock.recording(name))
    assert len(recording.raw.ch_names) == 8
    assert f"DataFile={name}_eeg.eeg" in (tmp_path / "raw/sub-01/ses-2/eeg" / f"{name}_eeg.vhdr").read_text()
    assert header.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.mkdir(), "is a folder, not a file"),
        (lambda path: os.mkfifo(path), "is a pipe or a device"),
        (lambda path: path.symlink_to("/nowhere/x"), "is a link to nothing"),
        (lambda path: (path.touch(), os.truncate(path, 5 * 10**9)), "of which only 0 were ever written"),
    ],
)
@pytest.mark.parametrize("name", ["b.gdf", "b.fdt"])
def test_what_cannot_be_read_costs_its_recording_alone(
    tmp_path: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    (tmp_path / "a.edf").write_bytes(b"x")
    (tmp_path / "b.set").write_bytes(b"x")
    make(tmp_path / name)
    raw = "b.gdf" if name == "b.gdf" else "b.set"
    lock = resolved(table(tmp_path, "a.edf\t01\tn/a\trest\tn/a", f"{raw}\t02\tn/a\trest\tn/a"))
    assert [entry.recording for entry in lock.recordings] == ["sub-01_task-rest"]
    assert [(one.recording, reason in one.reason) for one in lock.refused] == [("sub-02_task-rest", True)]


def test_a_folder_called_like_a_recording_is_named_and_not_proposed(tmp_path):
    (tmp_path / "in" / "S02_rest.edf").mkdir(parents=True)
    (tmp_path / "in" / "S01_rest.edf").write_bytes(b"x")
    proposed = propose_table(tmp_path / "in", tmp_path / "in.tsv")
    assert (proposed.n_recordings, proposed.no_files) == (1, (str(tmp_path / "in" / "S02_rest.edf"),))
