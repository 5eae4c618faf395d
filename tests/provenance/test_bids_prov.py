from __future__ import annotations

import json

import pytest

from eegmill.files.tables import read_tsv
from eegmill.provenance.bids_prov import SHARED, environment_object, label_of, software_objects, write_prov
from eegmill.provenance.environment import Blas, describe
from eegmill.provenance.json_schemas import faults


def read(world, label, kind):
    return json.loads((world.derivative / "prov" / f"prov-{label}" / f"prov-{label}_{kind}.json").read_text())


KINDS = [(SHARED, kind) for kind in ("soft", "env", "ent")] + [("sub01+taskodd", kind) for kind in ("act", "ent")]


@pytest.mark.parametrize(("label", "kind"), KINDS)
def test_each_file_fits_its_schema(pristine, label, kind):
    assert faults(f"prov_{kind}", read(pristine, label, kind)) == []


def test_an_activity_tells_inputs_seed_parameters_and_times(pristine):
    clean, override = read(pristine, "sub01+taskodd", "act")["Activities"]
    assert clean["Id"] == pristine.activities[0].id
    assert "bids:raw:sub-01/eeg/sub-01_task-odd_eeg.eeg" in clean["Used"]
    assert clean["Parameters"]["RandomSeed"] == 7
    assert clean["StartedAtTime"] == "2026-11-22T20:00:00+00:00"
    assert override["Command"] is None
    assert "channel Pz bad: loose" in override["Description"]


def test_an_input_carries_every_digest_that_is_known(world, tmp_path):
    entry = world.lock.recordings[0]
    files = tuple(file.model_copy(update={"annex_key": "MD5E-s1--0", "etag": "x-2"}) for file in entry.files)
    lock = world.lock.model_copy(update={"recordings": (entry.model_copy(update={"files": files}),)})
    write_prov(world.derivative, world.activities[:1], describe(), lock)
    entities = read(world, "sub01+taskodd", "ent")["Files"]
    entity = next(item for item in entities if item["Id"] == "bids:raw:sub-01/eeg/sub-01_task-odd_eeg.eeg")
    assert entity["Digest"].keys() >= {"SHA-256", "git-annex", "S3-ETag"}


def test_software_and_environment_name_what_runs():
    environment = describe()
    mne = next(item for item in software_objects(environment) if item["Label"] == "mne")
    assert mne["Version"] == environment.packages["mne"]
    blas = environment.blas[0]
    assert blas.architecture in environment_object(environment)["Dependencies"][blas.library]


def test_every_group_has_a_row(pristine):
    rows = read_tsv(pristine.derivative / "prov" / "provenance.tsv")
    assert [row["provenance_id"] for row in rows] == ["prov-eegmill", "prov-sub01+taskodd", "prov-sub02+taskodd"]


def test_records_of_a_recording_that_is_gone_go_too(world):
    write_prov(world.derivative, world.activities[:1], describe(), world.lock)
    assert not list((world.derivative / "prov").rglob("*sub02*.json"))


def test_two_recordings_never_share_a_label():
    assert label_of("sub-a_ses-b_task-c") != label_of("sub-a_task-c") != label_of("sub-ases_task-c")


def test_two_libraries_of_one_name_are_two_dependencies():
    one = Blas(library="openblas", version="0.3.30", architecture="Haswell", threads=1)
    environment = describe().model_copy(update={"blas": (one, one.model_copy(update={"version": "0.3.31"}))})
    told = environment_object(environment)["Dependencies"]
    assert told["openblas"] == "0.3.30 Haswell 1 thread(s)"
    assert told["openblas (2)"] == "0.3.31 Haswell 1 thread(s)"


def test_environments_that_are_described_alike_are_one(pristine, tmp_path):
    environment = describe()
    other = environment.model_copy(update={"commit": "0" * 40})
    done = [item.model_copy(update={"environment": other}) for item in pristine.activities]
    write_prov(tmp_path, done, environment, pristine.lock)
    told = json.loads((tmp_path / "prov" / "prov-eegmill" / "prov-eegmill_env.json").read_text())
    assert len(told["Environments"]) == 1
