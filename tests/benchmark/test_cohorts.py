"""Cohorts: whose recordings they are, and that none is in them twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarked import two_tasks
from eegmill.benchmark.cohorts import members_of
from eegmill.benchmark.configuration import Cohort, Selected
from eegmill.benchmark.splits import Leak
from eegmill.errors import ConfigurationError, DerivativeError
from tiny_bids import put


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    return two_tasks(tmp_path_factory.mktemp("tasks") / "tiny")


def test_recordings_come_with_their_people_and_digests(tasks):
    members = members_of("tiny", Cohort(derivatives=(str(tasks),)))
    assert len(members) == 8
    first = members[0]
    assert (first.subject, first.recording, first.person["age"]) == ("tiny/sub-01", "sub-01_task-rest", "20")
    assert sorted(name.rpartition("_")[2] for name in first.sha256) == [
        "channels.tsv",
        "eeg.eeg",
        "eeg.vhdr",
        "eeg.vmrk",
        "events.tsv",
    ]


def test_a_selection_leaves_others_out(tasks):
    cohort = Cohort(derivatives=(str(tasks),), select=Selected(subject=("01", "03"), task=("rest",)))
    assert [one.recording for one in members_of("tiny", cohort)] == ["sub-01_task-rest", "sub-03_task-rest"]


def test_a_selection_of_nothing_is_refused(tasks):
    with pytest.raises(ConfigurationError, match="no cleaned recording"):
        members_of("tiny", Cohort(derivatives=(str(tasks),), select=Selected(task=("sleep",))))


def test_two_derivatives_of_one_dataset_are_refused(tasks, tmp_path):
    other = two_tasks(tmp_path / "other-recipe", seed=1)
    with pytest.raises(Leak, match="one recording twice"):
        members_of("tiny", Cohort(derivatives=(str(tasks), str(other))))


def test_nemars_name_of_a_dataset_is_the_same_dataset(tmp_path):
    folders = [
        two_tasks(tmp_path / name, dataset, seed=seed)
        for seed, (name, dataset) in enumerate({"a": "ds002718", "b": "on002718"}.items())
    ]
    with pytest.raises(Leak, match="one recording twice"):
        members_of("both", Cohort(derivatives=tuple(map(str, folders))))


def test_one_signal_under_two_names_is_refused(tasks, tmp_path):
    other = two_tasks(tmp_path / "other", "copied")
    with pytest.raises(Leak, match="one recording twice"):
        members_of("both", Cohort(derivatives=(str(tasks), str(other))))


def put_provenance(derivative: Path, digest: str) -> None:
    """Say that the first recording was made of a raw file of this digest."""
    raw = {"Id": "bids:raw:sub-01/eeg/sub-01_task-rest_eeg.edf", "Digest": {"SHA-256": digest}}
    shared = {"Id": "bids:raw:participants.tsv", "Digest": {"SHA-256": "b" * 64}}
    name = "prov-sub01+taskrest"
    put(derivative / "prov" / name / f"{name}_ent.json", json.dumps({"Files": [raw, shared]}))


def test_one_raw_file_under_two_names_and_recipes_is_refused(tmp_path):
    tasks, other = two_tasks(tmp_path / "first"), two_tasks(tmp_path / "other", "copied", seed=1)
    put_provenance(tasks, "a" * 64)
    put_provenance(other, "a" * 64)
    with pytest.raises(Leak, match="one recording twice: 'sub-01_task-rest'"):
        members_of("both", Cohort(derivatives=(str(tasks), str(other))))
    put_provenance(other, "c" * 64)
    assert len(members_of("both", Cohort(derivatives=(str(tasks), str(other))))) == 16


def test_one_label_in_two_datasets_is_two_people(tasks, tmp_path):
    other = two_tasks(tmp_path / "other", "second", seed=1)
    members = members_of("both", Cohort(derivatives=(str(tasks), str(other))))
    assert len({one.subject for one in members}) == 8


def test_a_table_of_participants_can_be_given(tasks, tmp_path):
    table = tmp_path / "people.tsv"
    table.write_text("participant_id\tgroup\nsub-01\tpatient\n")
    members = members_of("tiny", Cohort(derivatives=(str(tasks),), participants=str(table)))
    assert members[0].person == {"participant_id": "sub-01", "group": "patient"}
    assert members[-1].person == {}


def test_a_table_without_people_is_refused(tasks, tmp_path):
    table = tmp_path / "people.tsv"
    table.write_text("who\tgroup\n1\tpatient\n")
    with pytest.raises(ConfigurationError, match="no column 'participant_id'; it has: who, group"):
        members_of("tiny", Cohort(derivatives=(str(tasks),), participants=str(table)))


def test_a_foreign_folder_is_refused(tasks, tmp_path):
    copy = shutil.copytree(tasks, tmp_path / "copy")
    (copy / "dataset_description.json").write_text('{"Name": "x", "GeneratedBy": [{"Name": "fmriprep"}]}')
    with pytest.raises(DerivativeError, match="fmriprep"):
        members_of("tiny", Cohort(derivatives=(str(copy),)))
