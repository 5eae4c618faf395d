from __future__ import annotations

import json

import numpy as np
import pytest

from eegmill.errors import DerivativeError
from eegmill.proof import rehydrate as module
from eegmill.proof.dehydrate import dehydrate, sketch
from eegmill.proof.rehydrate import compare_sketch, rehydrate
from eegmill.provenance.check_prov import check_prov
from eegmill.provenance.compare import Tier
from eegmill.provenance.dehydrated import NAME
from eegmill.provenance.digests import digest
from eegmill.provenance.manifest import check_manifest, read_manifest, write_manifest
from tiny_bids import make_recording

SIGNAL = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"


@pytest.fixture
def small(world, tmp_path, monkeypatch):
    """A dehydrated copy in another folder; the two recordings are made by the stand-in for a recipe."""
    dehydrate(world.derivative, tmp_path / "small")
    monkeypatch.setattr(module, "rebuilder", lambda folder, raw: world.rebuild)
    monkeypatch.setattr(module, "read_recipe", lambda folder: "recipe")
    monkeypatch.setattr(module, "recipe_digest", lambda recipe: digest("eegprep"))
    return tmp_path / "small"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_derivative_comes_back_byte_by_byte_in_another_folder(world, small):
    report = rehydrate(small, raw=world.root)
    assert report.accepted
    assert report.absent == ()
    assert contents(small) == contents(world.derivative)


def test_one_recording_of_many_can_be_made_alone(world, small):
    report = rehydrate(small, raw=world.root, recordings=["sub-01_task-odd"])
    assert [item.name for item in report.made] == ["sub-01_task-odd"]
    assert (small / SIGNAL).is_file()
    assert all(path.startswith("sub-02") for path in report.absent)
    assert check_manifest(small).intact


def test_what_is_there_is_not_made_again(world, small):
    rehydrate(small, raw=world.root, recordings=["sub-01_task-odd"])
    assert [item.name for item in rehydrate(small, raw=world.root).made] == ["sub-02_task-odd"]


def test_an_interrupted_move_goes_on(world, small):
    rehydrate(small, raw=world.root, recordings=["sub-01_task-odd"])
    (small / SIGNAL).with_suffix(".vhdr").unlink()
    rehydrate(small, raw=world.root)
    assert contents(small) == contents(world.derivative)


def test_a_raw_file_that_was_altered_is_refused_by_name(world, small):
    path = world.root / "sub-01" / "eeg" / "sub-01_task-odd_eeg.eeg"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0")
    with pytest.raises(DerivativeError, match=r"sub-01_task-odd_eeg\.eeg is not the file that was read"):
        rehydrate(small, raw=world.root)
    assert not (small / SIGNAL).exists()


@pytest.mark.parametrize("name", ["code/lock.json", "code/config.yaml", SIGNAL.replace("eeg.eeg", "qc.json")])
def test_what_was_altered_in_the_copy_is_refused_by_name(world, small, name):
    (small / name).write_bytes((small / name).read_bytes() + b"\n")
    with pytest.raises(DerivativeError, match=f"'{name}' of 'small' was altered"):
        rehydrate(small, raw=world.root)


def test_a_lock_under_a_new_manifest_contradicts_the_provenance(world, small):
    (small / "code" / "lock.json").write_bytes((small / "code" / "lock.json").read_bytes() + b"\n")
    told = read_manifest(small)
    write_manifest(small)
    assert read_manifest(small) != told
    assert any("code/lock.json" in str(finding) for finding in check_prov(small, read_manifest(small)))


def test_a_recipe_that_the_records_do_not_name_is_refused(world, small, monkeypatch):
    monkeypatch.setattr(module, "recipe_digest", lambda recipe: digest("another"))
    with pytest.raises(DerivativeError, match="is not the recipe that the record"):
        rehydrate(small, raw=world.root)


def test_a_file_that_no_manifest_names_cannot_be_left_out(world, small):
    content = json.loads((small / NAME).read_text())
    content["files"][SIGNAL.replace("sub-01", "sub-09")] = 1
    (small / NAME).write_text(json.dumps(content))
    with pytest.raises(DerivativeError, match="which no manifest names"):
        rehydrate(small, raw=world.root)


def test_a_whole_derivative_is_not_rehydrated(world):
    with pytest.raises(DerivativeError, match="nothing was left out"):
        rehydrate(world.derivative)


def test_raw_data_of_another_machine_are_asked_for_by_name(small):
    report = rehydrate(small)
    assert "name the raw dataset by --raw" in report.made[0].reason
    assert not report.accepted


def otherwise(world, factor):
    """Makes recordings with samples that are off by a fraction."""

    def rebuild(name, place):
        entry = world.lock.recording(name)
        make_recording(world.root, world.lock, entry, place)
        path = place / SIGNAL.replace("sub-01", name[:6])
        (np.fromfile(path, "<f4") * np.float32(factor)).astype("<f4").tofile(path)

    return lambda folder, raw: rebuild


def test_other_bits_are_not_taken_and_both_statements_are_made(world, small, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "rebuilder", otherwise(world, 1 + 2.4e-7))
    report = rehydrate(small, raw=world.root, recordings=["sub-01_task-odd"], apart=tmp_path / "apart")
    made = report.made[0]
    assert not made.accepted
    assert made.within_bounds
    assert made.files[0].tier is Tier.NUMBERS
    assert "0 of 1 parts have the bytes of the manifest" in report.summary
    assert "1 are within bounds" in report.summary
    assert not (small / SIGNAL).exists()
    assert (tmp_path / "apart" / "sub-01_task-odd" / SIGNAL).is_file()


def test_what_is_beyond_the_bounds_is_called_different_and_kept_nowhere(world, small, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "rebuilder", otherwise(world, 1.01))
    report = rehydrate(small, raw=world.root, recordings=["sub-01_task-odd"], apart=tmp_path / "apart")
    assert not report.made[0].within_bounds
    assert not (tmp_path / "apart").exists()


def test_a_signal_of_another_length_differs_from_its_sketch(pristine, tmp_path):
    for ending in (".eeg", ".vhdr"):
        source = (pristine.derivative / SIGNAL).with_suffix(ending)
        (tmp_path / source.name).write_bytes(source.read_bytes()[: -32 if ending == ".eeg" else None])
    found = compare_sketch(SIGNAL, sketch(pristine.derivative / SIGNAL), tmp_path / SIGNAL.rpartition("/")[2])
    assert found.difference == "other number of samples"
