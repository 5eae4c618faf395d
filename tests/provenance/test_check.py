from __future__ import annotations

import json
import shutil

import pytest

from eegmill.errors import DerivativeError
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
    moved = tmp_path / "elsewhere" / "eegmill"
    shutil.copytree(world.derivative, moved)
    assert check(moved) == ()


def with_electrodes(world, names):
    rows = "".join(f"{name}\t0.01\t0.02\t0.08\trecording\n" for name in names)
    table = world.derivative / "sub-01" / "eeg" / "sub-01_task-odd_space-CapTrak_electrodes.tsv"
    table.write_text(f"name\tx\ty\tz\tposition_source\n{rows}")
    (table.parent / "sub-01_space-CapTrak_coordsystem.json").write_text('{"EEGCoordinateSystem": "CapTrak"}')


def test_an_electrode_that_is_no_channel_is_found(world):
    with_electrodes(world, ["Cz", "CZ"])
    found = [finding for finding in sealed(world) if "electrodes" in finding]
    assert found == ["sub-01/eeg/sub-01_task-odd_space-CapTrak_electrodes.tsv: 'CZ' is no channel of the signal"]


def test_positions_of_channels_are_no_fault(world):
    with_electrodes(world, ["Cz", "Pz"])
    assert sealed(world) == []


def test_positions_that_refer_to_nothing_are_found(world):
    with_electrodes(world, ["Cz"])
    next(world.derivative.rglob("*_coordsystem.json")).unlink()
    assert any("has no sub-01_space-CapTrak_coordsystem.json" in finding for finding in sealed(world))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("Ch3=C3,", "Ch3=c3,", "'C3' is only in one of them"), ("Ch3=C3,", "Ch3=C4,", "'C3' is only in one of them")],
)
def test_a_channel_of_another_name_in_the_header_is_found(world, old, new, told):
    edit_text(world.derivative / f"{STEM}_eeg.vhdr", old, new)
    assert any(told in finding for finding in sealed(world))


def test_channels_in_another_order_are_found(world):
    header = world.derivative / f"{STEM}_eeg.vhdr"
    edit_text(header, "Ch3=C3,", "Ch3=swap,")
    edit_text(header, "Ch4=C4,", "Ch4=C3,")
    edit_text(header, "Ch3=swap,", "Ch3=C4,")
    assert any("their order differs" in finding for finding in sealed(world))


def test_a_table_without_an_epoch_is_found(world):
    path = world.derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-epochs_epochs.tsv"
    path.write_text("onset\tduration\n")
    assert any("epochs.tsv: has no epoch" in finding for finding in sealed(world))


def test_a_sidecar_of_epochs_that_are_not_there_is_found(world):
    path = world.derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-epochs_eeg.json"
    path.write_text("{}")
    assert any("is about epochs, and there is no table of them" in finding for finding in sealed(world))


def test_a_derivative_of_another_version_is_refused_in_one_sentence(world):
    edit_json(world.derivative / f"{STEM}_qc.json", lambda content: content.update(schema_version="1.0"))
    with pytest.raises(DerivativeError, match="'eegmill' was made by another version of eegmill"):
        check(world.derivative)


@pytest.mark.parametrize("name", ["descriptions.tsv", "status.tsv"])
def test_a_table_that_is_missing_is_a_finding(world, name):
    (world.derivative / name).unlink()
    assert f"{name}: is missing" in sealed(world)


def test_a_table_that_cannot_be_read_is_a_finding(world):
    (world.derivative / "status.tsv").write_text("recording\nsub-01\tok\n")
    assert any("status.tsv: cannot be read" in finding for finding in sealed(world))


def test_links_empty_folders_and_leftovers_are_found(world):
    (world.derivative / "README.md").rename(world.root / "elsewhere")
    (world.derivative / "README.md").symlink_to(world.root / "elsewhere")
    (world.derivative / "sub-09" / "eeg").mkdir(parents=True)
    (world.derivative / ".staging-sub-01_task-odd").mkdir()
    assert [finding for finding in sealed(world) if "task-odd_" not in finding] == [
        ".staging-sub-01_task-odd: is left over from a job that was stopped",
        "README.md: is a link: the bytes are elsewhere",
        "sub-09/eeg: is an empty folder",
    ]


def test_a_status_that_the_record_contradicts_is_found(world):
    edit_text(world.derivative / "status.tsv", "sub-01_task-odd\tok", "sub-01_task-odd\trejected")
    assert "status.tsv: 'sub-01_task-odd' is told to be rejected, and its record says ok" in sealed(world)


def test_a_seed_that_the_records_contradict_is_found(world):
    edit_text(world.derivative / "code" / "config.yaml", "seed: 7", "seed: 8")
    assert any("has the seed 8" in finding for finding in sealed(world))


def test_a_bill_of_materials_that_the_environment_contradicts_is_found(world):
    edit_json(world.derivative / "code" / "sbom.cdx.json", lambda c: c["components"].clear())
    assert any("sbom.cdx.json: has mne None" in finding for finding in sealed(world))
