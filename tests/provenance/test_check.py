from __future__ import annotations

import json
import shutil

import pytest

from eegmill.provenance.check import REQUIRED, check
from eegmill.provenance.manifest import write_manifest

STEM = "sub-01/eeg/sub-01_task-odd_desc-preproc"


def edit_json(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def edit_text(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def sealed(world):
    """What is found after the one who altered it has also made the manifest right."""
    write_manifest(world.derivative)
    return [str(finding) for finding in check(world.derivative)]


def test_nothing_is_wrong_with_what_was_written(pristine):
    assert check(pristine.derivative) == ()


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_required_key_is_found(world, key):
    edit_json(world.derivative / f"{STEM}_eeg.json", lambda content: content.pop(key))
    assert f"{STEM}_eeg.json: lacks {key}" in sealed(world)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: c["Sources"].append("bids:raw:sub-01/eeg/nowhere.eeg"), "nowhere.eeg is nowhere"),
        (lambda c: c["Sources"].append("sub-01/eeg/x.eeg"), "x.eeg is nowhere"),
        (lambda c: c.update(GeneratedBy=["bids::prov#clean-00000000"]), "which prov/ does not have"),
        (lambda c: c["Digest"].update({"SHA-256": "0" * 64}), "its Digest is not that of the signal"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(world, change, told):
    edit_json(world.derivative / f"{STEM}_eeg.json", change)
    assert any(told in finding for finding in sealed(world))


@pytest.mark.parametrize("name", ["eeg.eeg", "eeg.json", "channels.tsv", "events.tsv"])
def test_a_missing_companion_is_found(world, name):
    (world.derivative / f"{STEM}_{name}").unlink()
    assert any(f"{name} is missing" in finding for finding in sealed(world))


def test_a_status_that_bids_does_not_know_is_found(world):
    edit_text(world.derivative / f"{STEM}_channels.tsv", "\tgood\t", "\tinterpolated\t")
    assert any("'interpolated' is no status" in finding for finding in sealed(world))


def test_tables_and_records_that_contradict_each_other_are_found(world):
    edit_json(world.derivative / f"{STEM}_qc.json", lambda content: content["bad_channels"].pop())
    assert any("judged otherwise" in finding for finding in sealed(world))


def test_a_record_that_does_not_fit_its_schema_is_found(world):
    edit_json(world.derivative / f"{STEM}_qc.json", lambda content: content.update(status="splendid"))
    assert any("splendid" in finding for finding in sealed(world))


def test_a_record_under_another_name_is_found(world):
    edit_json(world.derivative / f"{STEM}_qc.json", lambda content: content.update(recording="sub-09"))
    assert any("is the record of 'sub-09'" in finding for finding in sealed(world))


def test_labels_without_description_and_without_use_are_found(world):
    edit_text(world.derivative / "descriptions.tsv", "desc-ica", "desc-else")
    assert sealed(world) == ["descriptions.tsv: desc-else is not used", "descriptions.tsv: desc-ica is not described"]


def test_a_copy_that_is_none_is_found(world):
    raw = world.root / "sub-01" / "eeg" / "sub-01_electrodes.tsv"
    raw.write_text("name\tx\ty\tz\n")
    (world.derivative / "sub-01" / "eeg" / raw.name).write_text("name\tx\ty\tz\nCz\t0\t0\t1\n")
    assert any("has a raw file's name and is not that file" in finding for finding in sealed(world))


def test_a_recording_that_the_table_does_not_tell_is_found(world):
    lines = (world.derivative / "status.tsv").read_text().splitlines()
    (world.derivative / "status.tsv").write_text("\n".join(lines[:-1]) + "\n")
    assert sealed(world) == ["status.tsv: 'sub-02_task-odd' is only in the lock"]


def test_a_derivative_far_from_its_raw_data_is_checked_against_the_lock(world, tmp_path):
    moved = tmp_path / "elsewhere" / "eegmill-eegprep"
    shutil.copytree(world.derivative, moved)
    assert check(moved) == ()
