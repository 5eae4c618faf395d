from __future__ import annotations

import json

import pytest
import yaml

from eegmill.derivative.dataset import write_dataset_files
from eegmill.files.tables import read_tsv
from eegmill.records import RecordingRecord
from tiny_bids import make_raw_dataset, make_recording, put


@pytest.fixture
def world(tmp_path):
    root = tmp_path / "tiny"
    lock = make_raw_dataset(root)
    derivative = root / "derivatives" / "eegmill"
    make_recording(root, lock, lock.recordings[0], derivative)
    return root, lock, derivative


@pytest.fixture
def write(world):
    _, lock, derivative = world
    done = derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-preproc_qc.json"
    ok = RecordingRecord.model_validate_json(done.read_bytes())
    failed = ok.model_copy(update={"recording": "sub-02_task-odd", "status": "failed", "reason": "is empty"})

    def run(**changes):
        config = {"output": "/home/ann/results", "seed": 1}
        values = {"lock": lock, "recipe": "eegprep", "config": config, "records": [failed, ok], **changes}
        return write_dataset_files(derivative, **values)

    return run


def test_the_derivative_names_its_maker_and_its_source(world, write):
    write()
    told = json.loads((world[2] / "dataset_description.json").read_text())
    assert (told["DatasetType"], told["GeneratedBy"][0]["Name"]) == ("derivative", "eegmill")
    assert told["SourceDatasets"] == [{"DOI": "doi:10.0000/tiny"}]
    assert told["DatasetLinks"] == {"raw": "../.."}


def test_participants_are_those_that_have_a_folder_here(world, write):
    write()
    assert read_tsv(world[2] / "participants.tsv") == [{"participant_id": "sub-01", "age": "30"}]


def test_participants_without_a_source_have_their_names(world, write):
    (world[0] / "participants.tsv").unlink()
    write()
    assert read_tsv(world[2] / "participants.tsv") == [{"participant_id": "sub-01"}]


def test_every_recording_has_a_row_of_status(world, write):
    write()
    rows = read_tsv(world[2] / "status.tsv")
    assert [(row["recording"], row["status"]) for row in rows] == [
        ("sub-01_task-odd", "ok"),
        ("sub-02_task-odd", "failed"),
    ]


def test_labels_are_those_in_use(world, write):
    write()
    assert [row["desc_id"] for row in read_tsv(world[2] / "descriptions.tsv")] == ["desc-preproc", "desc-ica"]


def test_the_configuration_holds_no_path(world, write):
    write()
    assert yaml.safe_load((world[2] / "code" / "config.yaml").read_text()) == {"output": "results", "seed": 1}


def test_two_writings_are_equal(world, write):
    first = {path: path.read_bytes() for path in write()}
    assert {path: path.read_bytes() for path in write()} == first


def test_what_is_told_to_be_written_is_there(write):
    assert all(path.is_file() for path in write())


def test_a_table_of_participants_with_other_spelling_is_understood(world, write):
    put(world[0] / "participants.tsv", "\ufeffparticipant_id\tage\r\n01\t31\r\n")
    write()
    assert read_tsv(world[2] / "participants.tsv") == [{"participant_id": "sub-01", "age": "31"}]


def test_columns_are_described_of_tables_that_are_there(world, write):
    put(world[2] / "desc-epochs_epochs.json", "{}")
    write()
    assert not (world[2] / "desc-epochs_epochs.json").exists()
    assert (world[2] / "desc-ica_components.json").is_file()
