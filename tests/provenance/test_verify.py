from __future__ import annotations

import json
import random
import shutil

import pytest

from eegmill.errors import DerivativeError, RecordingError
from eegmill.provenance.compare import Tier
from eegmill.provenance.manifest import write_manifest
from eegmill.provenance.verify import table, verify, verify_manifest, write_verify_record
from tiny_bids import lock_of

STEM = "sub-01/eeg/sub-01_task-odd_desc-preproc"
N_PLACES = 200


def test_a_derivative_that_was_not_touched_is_made_again_bit_by_bit(pristine):
    report = verify(pristine.derivative, rebuild=pristine.rebuild)
    assert report.equal
    assert [verdict.tier for verdict in report.recordings] == [Tier.BITS, Tier.BITS]
    assert report.summary == "eegmill is intact; 2 of 2 recordings made again: identical."


def test_what_was_not_compared_is_never_called_equal(pristine):
    report = verify(pristine.derivative, rebuild=pristine.rebuild, recordings=["sub-02_task-odd"])
    assert report.not_compared == ("sub-01_task-odd",)
    assert "1 of 2 recordings" in report.summary


def test_a_sample_is_the_same_each_time(pristine):
    chosen = [verify(pristine.derivative, rebuild=pristine.rebuild, sample=1).recordings[0].recording for _ in range(2)]
    assert chosen[0] == chosen[1]


def test_an_unknown_recording_is_refused_by_name(pristine):
    with pytest.raises(DerivativeError, match="no record of 'sub-09'"):
        verify(pristine.derivative, rebuild=pristine.rebuild, recordings=["sub-09"])


def test_a_recording_that_failed_is_not_compared_and_not_called_equal(world):
    for path in (world.derivative / "sub-02" / "eeg").iterdir():
        path.unlink()
    table = world.derivative / "status.tsv"
    table.write_text(table.read_text().replace("sub-02_task-odd\tok", "sub-02_task-odd\tfailed"))
    write_manifest(world.derivative)
    report = verify(world.derivative, rebuild=world.rebuild)
    assert report.not_compared == ("sub-02_task-odd",)
    assert [verdict.tier for verdict in report.recordings] == [Tier.BITS]


def test_an_altered_decision_is_found_even_under_a_new_manifest(world):
    path = world.derivative / f"{STEM}_qc.json"
    content = json.loads(path.read_text())
    content["steps"][0]["parameters"]["cutoff_hz"] = 0.5
    path.write_text(json.dumps(content))
    write_manifest(world.derivative)
    verdict = verify(world.derivative, rebuild=world.rebuild).recordings[0]
    assert verdict.tier is Tier.DIFFERENT
    assert verdict.reasons[0] == "step 1 (highpass): parameters.cutoff_hz: 0.5 recorded, 1.0 remade"


def test_changed_input_is_told_as_the_reason(world):
    (world.root / "sub-01" / "eeg" / "sub-01_task-odd_events.tsv").write_text("onset\tduration\ttrial_type\n1\t0\tx\n")
    verdict = verify(world.derivative, rebuild=world.rebuild).recordings[0]
    assert verdict.tier is Tier.DIFFERENT
    assert verdict.reasons[0] == "input: sub-01/eeg/sub-01_task-odd_events.tsv is not the file that was read"


def test_a_recording_that_cannot_be_made_again_is_different(pristine):
    def broken(recording, place):
        raise RecordingError("'a.edf' is missing")

    report = verify(pristine.derivative, rebuild=broken, sample=1)
    assert not report.equal
    assert report.recordings[0].reasons == ("could not be made again: 'a.edf' is missing",)


def test_a_file_that_only_one_side_has_is_different(world):
    def half(recording, place):
        world.rebuild(recording, place)
        next(place.rglob("*_components.tsv")).unlink()

    report = verify(world.derivative, rebuild=half, sample=1)
    assert not report.equal
    assert "is recorded and was not made again" in " ".join(report.recordings[0].reasons)


def test_nothing_is_left_in_scratch(pristine, tmp_path):
    verify(pristine.derivative, rebuild=pristine.rebuild, sample=1, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_alone_makes_nothing_again(pristine):
    report = verify_manifest(pristine.derivative)
    assert report.intact
    assert report.not_compared == ("sub-01_task-odd", "sub-02_task-odd")
    assert "no recording of 2 was made again" in report.summary


def test_derivatives_of_recordings_that_are_gone_are_told(world):
    (world.derivative / "sub-03" / "eeg").mkdir(parents=True)
    (world.derivative / "sub-03" / "eeg" / "sub-03_task-odd_desc-preproc_eeg.eeg").write_bytes(b"old")
    report = verify(world.derivative, rebuild=world.rebuild, sample=1)
    assert report.stale == ("sub-03_task-odd",)
    assert not report.equal


def test_a_report_can_be_put_beside_the_derivative(pristine, tmp_path):
    report = verify(pristine.derivative, rebuild=pristine.rebuild, sample=1)
    write_verify_record(tmp_path / "verify.json", report)
    told = json.loads((tmp_path / "verify.json").read_text())
    assert told["equal"] is True
    assert told["recordings"][0]["tier"] == "identical"
    assert str(pristine.root) not in (tmp_path / "verify.json").read_text()


def test_the_table_names_each_recording_and_ends_with_the_summary(pristine):
    report = verify(pristine.derivative, rebuild=pristine.rebuild)
    lines = table(report)
    assert lines[0] == "sub-01_task-odd  identical"
    assert lines[-1] == report.summary


def test_a_derivative_is_verified_from_the_folder_alone(world, tmp_path):
    moved = tmp_path / "moved" / "eegmill"
    shutil.move(world.derivative, moved)
    assert verify(moved, rebuild=world.rebuild, raw=world.root).equal
    assert lock_of(world.root).recordings[0].recording == "sub-01_task-odd"


@pytest.mark.parametrize("seed", range(N_PLACES // 20))
def test_any_altered_byte_is_found(world, seed):
    """At random places of random files, manifests among them."""
    places = random.Random(seed)
    files = sorted(path for path in world.derivative.rglob("*") if path.is_file())
    for _ in range(20):
        victim = places.choice(files)
        content = victim.read_bytes()
        altered = bytearray(content)
        altered[places.randrange(len(content))] ^= places.randrange(1, 256)
        victim.write_bytes(altered)
        assert found(world.derivative), victim.name
        victim.write_bytes(content)
    assert not found(world.derivative)


def found(derivative):
    try:
        return not verify_manifest(derivative).intact
    except DerivativeError:
        return True


def test_a_raw_file_that_changed_is_told_even_where_the_result_is_equal(world):
    path = world.root / "participants.json"
    path.write_text(path.read_text() + "\n")
    report = verify(world.derivative, rebuild=world.rebuild)
    assert {verdict.tier for verdict in report.recordings} == {Tier.CONTENT}
    assert report.recordings[0].reasons == ("input: participants.json is not the file that was read",)
    assert not report.equal
    assert "RAW FILES CHANGED" in report.summary


def test_dataset_files_that_another_version_made_are_named_as_not_compared(pristine):
    report = verify(pristine.derivative, rebuild=pristine.rebuild, sample=1, dataset_again=lambda *_, **__: ())
    assert "README.md" in report.dataset_not_compared
    assert not any(path.startswith("sub-") for path in report.dataset_not_compared)
    assert "NOT COMPARED, another version made them" in report.summary
    assert "not compared, another version made it: README.md" in table(report)
