"""BIDS folders become documents: from headers, sidecars and names."""

from __future__ import annotations

import csv
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eegmill.catalog.ingest.bids import digest
from eegmill.errors import CatalogError

NOW = "2026-01-01T00:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs of one subject, with sidecars at every level."""
    root = tmp_path / "ds000001"
    files = {
        "dataset_description.json": '{"Name": "Test", "License": "CC0", "Authors": "One Person"}',
        "README": "Words.",
        "participants.tsv": "participant_id\tage\tsex\tcode\nsub-01\t23\tF\t007\n",
        "task-rest_eeg.json": '{"SamplingFrequency": 250, "EEGReference": "Cz", "PowerLineFrequency": 50}',
        "task-other_eeg.json": '{"SamplingFrequency": 1}',
        "sub-01/eeg/sub-01_task-rest_run-1_eeg.set": "",
        "sub-01/eeg/sub-01_task-rest_run-1_eeg.json": '{"RecordingDuration": 10, "EEGReference": "nose"}',
        "sub-01/eeg/sub-01_task-rest_channels.tsv": "name\ttype\tstatus\nFp1\tEEG\tgood\nFp2\tEEG\tbad\n",
        "sub-01/eeg/sub-01_space-CapTrak_electrodes.tsv": "name\tx\ty\tz\n",
        "sub-01/eeg/sub-01_task-rest_run-2_eeg.vhdr": "",
        "derivatives/x/sub-01/eeg/sub-01_task-rest_eeg.set": "",
        "code/sub-01_task-rest_eeg.set": "",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def records(root: Path) -> list[dict[str, Any]]:
    return [record.fields() for record in digest(root, now=NOW).records]


def test_every_raw_file_of_a_subject_is_a_record_and_nothing_else(folder: Path) -> None:
    assert [record["bids_relpath"].rsplit("_", 2)[1:] for record in records(folder)] == [
        ["run-1", "eeg.set"],
        ["run-2", "eeg.vhdr"],
    ]


def test_names_and_keys_follow_the_schema(folder: Path) -> None:
    record = records(folder)[0]
    assert record["data_name"] == "ds000001_sub-01_task-rest_run-1_eeg.set"
    assert record["bidspath"] == "ds000001/sub-01/eeg/sub-01_task-rest_run-1_eeg.set"
    assert (record["subject"], record["run"], record["session"]) == ("01", "1", None)
    assert record["storage"]["base"] == folder.resolve().as_uri()


def test_the_nearest_sidecar_wins_and_farther_ones_fill_in(folder: Path) -> None:
    record = records(folder)[0]
    assert (record["eeg_reference"], record["power_line_frequency"]) == ("nose", 50)
    assert (record["sampling_frequency"], record["nchans"], record["ntimes"]) == (250.0, 2, 2500)
    assert record["_metadata_provenance"]["ntimes"] == "sidecar_arithmetic"


def test_inherited_sidecars_are_dependencies_and_foreign_ones_are_not(folder: Path) -> None:
    keys = records(folder)[0]["storage"]["dep_keys"]
    names = [key.rsplit("/", 1)[-1] for key in keys]
    assert "task-rest_eeg.json" in names
    assert "sub-01_space-CapTrak_electrodes.tsv" in names
    assert "task-other_eeg.json" not in names


def test_a_missing_companion_is_listed_and_marked(folder: Path) -> None:
    first, second = records(folder)
    assert "sub-01/eeg/sub-01_task-rest_run-2_eeg.vmrk" in second["storage"]["dep_keys"]
    assert (first["_has_missing_files"], second["_has_missing_files"]) == (False, True)


def test_channels_and_bad_ones_come_from_the_table(folder: Path) -> None:
    record = records(folder)[0]
    assert (record["ch_names"], record["bad_channels"], record["bad_channels_count"]) == (["Fp1", "Fp2"], ["Fp2"], 1)


def test_a_participants_row_keeps_labels_and_numbers_apart(folder: Path) -> None:
    assert records(folder)[0]["participant_tsv"] == {"age": 23, "sex": "F", "code": "007"}


def test_the_dataset_document_sums_the_folder_up(folder: Path) -> None:
    document = digest(folder, now=NOW).dataset.fields()
    assert (document["name"], document["authors"], document["readme"]) == ("Test", ["One Person"], "Words.")
    assert (document["tasks"], document["recording_modality"], document["total_files"]) == (["rest"], ["eeg"], 10)
    assert document["demographics"]["subjects_count"] == 1
    assert "task-rest_eeg.json" in document["storage"]["dep_keys"]


def test_the_same_folder_gives_the_same_documents(folder: Path) -> None:
    assert digest(folder, now=NOW) == digest(folder, now=NOW)


def test_a_link_into_git_annex_counts_without_its_content(folder: Path) -> None:
    key = "MD5E-s1234--0cc175b9c0f1b6a831c399e269772661.edf"
    link = folder / "sub-01/eeg/sub-01_task-annexed_eeg.edf"
    link.symlink_to(f"../../.git/annex/objects/aa/bb/{key}/{key}")
    record = next(record for record in records(folder) if record["task"] == "annexed")
    assert record["storage"]["annex_keys"] == {record["bids_relpath"]: key}
    assert digest(folder, now=NOW).dataset.size_bytes > 1234


def test_broken_sidecars_cost_only_what_they_told(folder: Path) -> None:
    (folder / "task-rest_eeg.json").write_text('{"SamplingFrequency": NaN, ')
    (folder / "participants.tsv").write_bytes(b"participant_id\tsite\nsub-01\tM\xfcnchen\n")
    record = records(folder)[0]
    assert (record["sampling_frequency"], record["ntimes"]) == (None, None)
    assert record["participant_tsv"] == {"site": "München"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("task-rest_eeg.json", '{"SamplingFrequency": 250,', "task-rest_eeg.json is no JSON object"),
        ("task-rest_eeg.json", "[" * 100_000, "task-rest_eeg.json is no JSON object"),
        ("dataset_description.json", "[1]", "dataset_description.json is no JSON object"),
        ("participants.tsv", "id,age\n1,2\n", "participants.tsv has no column 'participant_id'"),
        ("participants.tsv", f"participant_id\tage\nsub-01\t{'9' * 200_000}\n", "participants.tsv is no table"),
        ("sub-01/eeg/sub-01_task-rest_channels.tsv", "\0\0", "channels.tsv has no column 'name'"),
    ],
)
def test_broken_sidecars_are_named(folder: Path, name: str, content: str, problem: str) -> None:
    (folder / name).write_text(content)
    found = digest(folder, now=NOW)
    assert len(found.records) == 2
    assert [problem in told for told in found.problems] == [True]


def test_the_length_of_an_eeglab_file_is_told_by_its_data_file(folder: Path) -> None:
    (folder / "sub-01/eeg/sub-01_task-rest_run-1_eeg.json").unlink()
    (folder / "sub-01/eeg/sub-01_task-rest_run-1_eeg.fdt").write_bytes(bytes(4 * 2 * 500))
    record = records(folder)[0]
    assert (record["ntimes"], record["duration_seconds"]) == (500, 2.0)


def test_a_folder_without_a_description_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no BIDS dataset: it has no dataset_description"):
        digest(tmp_path, now=NOW)


def unpack(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.3 and older have none
        packed.extractall(target)


def annex(root: Path) -> None:
    """Put a broken git-annex link where each data file would be."""
    with (root / "ANNEX_FILES.tsv").open() as table:
        for row in csv.DictReader(table, delimiter="\t"):
            link = root / row["path"]
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(f"../../.git/annex/objects/aa/bb/{row['annex_key']}/{row['annex_key']}")


@pytest.mark.parametrize(
    ("name", "count", "rates", "nchans"),
    [
        ("ds002718", 18, {250.0}, {74}),
        ("ds003775", 153, {1024.0}, {64}),
        ("ds004504", 88, {500.0}, {19}),
        ("ds004584", 149, {500.0}, {63, 64, 66}),
    ],
)
def test_published_datasets_digest_whole(
    shared_data: Path, tmp_path: Path, name: str, count: int, rates: set[float], nchans: set[int]
) -> None:
    unpack(shared_data / "openneuro-metadata" / f"{name}.tar.xz", tmp_path)
    annex(tmp_path / name)
    found = digest(tmp_path / name, now=NOW)
    assert (len(found.records), found.problems) == (count, ())
    assert {record.sampling_frequency for record in found.records} == rates
    assert {record.nchans for record in found.records} == nchans
    assert all(record.ntimes and record.storage.annex_keys for record in found.records)


@pytest.mark.parametrize(
    ("name", "count"),
    [("eeg_cbm", 20), ("eeg_ds000117", 96), ("eeg_face13", 10), ("eeg_matchingpennies", 7), ("eeg_rishikesh", 40)],
)
def test_the_bids_examples_digest_whole(shared_data: Path, tmp_path: Path, name: str, count: int) -> None:
    unpack(shared_data / "bids-examples-eeg" / "eeg_examples.tar.xz", tmp_path)
    found = digest(tmp_path / name, now=NOW)
    assert (len(found.records), found.problems) == (count, ())
    assert all(record.sampling_frequency and record.nchans for record in found.records)


def test_a_folder_without_recordings_says_so(tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text('{"Name": "Test"}')
    found = digest(tmp_path, now=NOW)
    assert found.records == ()
    assert found.problems[0].startswith("no recording")


def put(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_task_with_a_hyphen_is_in_the_catalogue(folder: Path) -> None:
    put(folder, "sub-02/eeg/sub-02_task-eyes-closed_eeg.edf")
    assert records(folder)[-1]["task"] == "eyes-closed"
    assert digest(folder, now=NOW).dataset.fields()["tasks"] == ["eyes-closed", "rest"]


def test_what_bidsignore_names_is_left_out_and_said(folder: Path) -> None:
    put(folder, ".bidsignore", "*_run-1_*\n")
    found = digest(folder, now=NOW)
    assert [record.fields()["run"] for record in found.records] == ["2"]
    assert "sub-01/eeg/sub-01_task-rest_run-1_eeg.set is named in .bidsignore: left out." in found.problems


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (os.mkfifo, "is a pipe or a device, not a file."),
        (Path.mkdir, "is a folder, not a file."),
        (lambda path: path.symlink_to("/nowhere/x"), "is a link to nothing ('/nowhere/x')."),
    ],
)
@pytest.mark.parametrize("extension", [".edf", ".vhdr"])
def test_what_is_no_file_in_a_recordings_place_is_said_and_costs_no_other(
    folder: Path, make: Callable[[Path], object], problem: str, extension: str
) -> None:
    path = folder / f"sub-01/eeg/sub-01_task-x_eeg{extension}"
    make(path)
    found = digest(folder, now=NOW)
    assert len(found.records) == 3
    assert f"sub-01/eeg/sub-01_task-x_eeg{extension} {problem}" in found.problems


def test_a_pipe_in_a_sidecars_place_does_not_wait(folder: Path) -> None:
    (folder / "task-rest_eeg.json").unlink()
    os.mkfifo(folder / "task-rest_eeg.json")
    assert records(folder)[0]["eeg_reference"] == "nose"


@pytest.mark.parametrize("pointer", ["C:\\data\\old 01.eeg", "/home/me/old.eeg", "sub-01_task-rest_run-1_eeg.eeg"])
def test_the_data_of_a_renamed_header_are_those_of_its_own_name(folder: Path, pointer: str) -> None:
    own = "sub-01/eeg/sub-01_task-rest_run-2_eeg.eeg"
    put(folder, "sub-01/eeg/sub-01_task-rest_run-2_eeg.vhdr", f"[Common Infos]\nDataFile={pointer}\n")
    put(folder, own)
    record = records(folder)[1]
    assert own in record["storage"]["dep_keys"]
    assert not record["_has_missing_files"]


def test_a_set_file_without_data_of_its_name_names_those_that_belong_to_no_other(folder: Path) -> None:
    put(folder, "sub-01/eeg/S01_old.fdt", "12345678")
    record = records(folder)[0]
    assert "sub-01/eeg/S01_old.fdt" in record["storage"]["dep_keys"]


def test_sidecars_of_a_run_in_other_digits_belong_to_it(folder: Path) -> None:
    put(folder, "sub-01/eeg/sub-01_task-rest_run-01_events.tsv", "onset\tduration\n")
    first, second = (record["storage"]["dep_keys"] for record in records(folder))
    assert "sub-01/eeg/sub-01_task-rest_run-01_events.tsv" in first
    assert "sub-01/eeg/sub-01_task-rest_run-01_events.tsv" not in second


def test_a_name_that_is_no_utf_8_costs_its_file_alone(folder: Path) -> None:
    (folder / "sub-01/eeg" / os.fsdecode(b"sub-01_task-caf\xe9_eeg.edf")).touch()
    found = digest(folder, now=NOW)
    assert len(found.records) == 2
    assert any("has a name that is no UTF-8" in problem for problem in found.problems)


def test_what_looks_like_a_recording_and_has_no_bids_name_is_named(folder: Path) -> None:
    paths = ("sub-8/eeg/sub-8_task-rest.edf", "sub-8/sub-8_task-rest_eeg.bdf", "sub-8/eeg/sub-8_task-rest_eeg.fif")
    for path in (*paths, "sub-8/meg/sub-8_task-rest_crosstalk.fif"):
        put(folder, path, "x")
    said = [problem for problem in digest(folder, now="").problems if "look like EEG" in problem]
    assert len(said) == 1
    assert all(path in said[0] for path in paths)
    assert "crosstalk" not in said[0]
