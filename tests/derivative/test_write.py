from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import mne
import pytest

from eegmill.derivative.write import write_derivative
from eegmill.errors import DerivativeError
from eegmill.files.tables import read_tsv
from eegmill.reading.recording import read_recording
from step_records import recorded
from tiny_bids import clean, make_raw_dataset, put, record_of

COORDSYSTEM = '{"EEGCoordinateSystem": "CapTrak", "EEGCoordinateUnits": "m"}'
STEM = "sub-01_task-odd_desc-preproc"


@pytest.fixture
def world(tmp_path):
    root = tmp_path / "tiny"
    make_raw_dataset(root, ("01",))
    put(root / "sub-01/eeg/sub-01_space-CapTrak_electrodes.tsv", "name\tx\ty\tz\nCz\t0\t0\t0.1\n")
    put(root / "sub-01/eeg/sub-01_space-CapTrak_coordsystem.json", COORDSYSTEM)
    from tiny_bids import lock_of

    return root, lock_of(root).recordings[0], tmp_path / "out"


@pytest.fixture
def write(world):
    root, entry, out = world
    cleaned = clean(read_recording(root, entry))

    def run(recording=cleaned, **changes):
        record = record_of(cleaned, entry.recording).model_copy(update=changes)
        return write_derivative(recording, record, entry=entry, raw_root=root, derivative=out)

    run.recording = cleaned
    run.place = out / "sub-01" / "eeg"
    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_everything_of_a_recording_is_written_and_told(write):
    written = write()
    assert [path.name for path in written] == names(write.place)
    assert f"{STEM}_qc.json" in names(write.place)
    assert "sub-01_task-odd_desc-ica_components.tsv" in names(write.place)


def test_positions_are_written_in_metres_under_the_names_of_the_signal(world, write):
    _, _, out = world
    write()
    rows = {row["name"]: row for row in read_tsv(out / "sub-01/eeg/sub-01_task-odd_space-CapTrak_electrodes.tsv")}
    assert list(rows) == write.recording.raw.ch_names
    assert [rows["Cz"][key] for key in ("x", "y", "z", "position_source")] == ["0", "0", "0.1", "recording"]
    assert rows["Fp1"]["x"] == rows["Fp1"]["position_source"] == "n/a"
    coordsystem = json.loads((out / "sub-01/eeg/sub-01_space-CapTrak_coordsystem.json").read_text())
    assert (coordsystem["EEGCoordinateSystem"], coordsystem["EEGCoordinateUnits"]) == ("CapTrak", "m")


def test_positions_of_a_template_are_marked_as_such(world, write):
    write(steps=(recorded("import", template="colin27_1005", template_channels=("Cz",)),))
    rows = read_tsv(write.place / "sub-01_task-odd_space-CapTrak_electrodes.tsv")
    assert {row["name"]: row["position_source"] for row in rows}["Cz"] == "template"


def test_the_digest_in_the_sidecar_is_that_of_the_signal(write):
    write()
    sidecar = json.loads((write.place / f"{STEM}_eeg.json").read_text())
    data = (write.place / f"{STEM}_eeg.eeg").read_bytes()
    assert sidecar["Digest"]["SHA-256"] == hashlib.sha256(data).hexdigest()


def test_segments_are_in_events_with_their_durations(write):
    write()
    rows = read_tsv(write.place / f"{STEM}_events.tsv")
    assert ("1.5", "0.7", "BAD_muscle") in [(row["onset"], row["duration"], row["trial_type"]) for row in rows]


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_a_recording_that_is_not_ok_leaves_its_record_alone(write, status):
    write()
    write(None, status=status, reason="too short")
    own = [name for name in names(write.place) if "desc-" in name]
    assert own == [f"{STEM}_qc.json"]
    assert json.loads((write.place / own[0]).read_text())["reason"] == "too short"


def test_files_of_an_earlier_run_do_not_outlive_it(write):
    write()
    put(write.place / "sub-01_task-odd_desc-epochs_epochs.tsv", "old")
    put(write.place / "sub-01_task-odder_desc-preproc_eeg.json", "another recording")
    write()
    assert "sub-01_task-odd_desc-epochs_epochs.tsv" not in names(write.place)
    assert "sub-01_task-odder_desc-preproc_eeg.json" in names(write.place)


def test_a_record_with_nan_changes_nothing(world, write):
    write()
    before = names(write.place)
    steps = record_of(write.recording, "x").steps
    broken = steps[0].model_copy(update={"decisions": {"score": float("nan")}})
    with pytest.raises(DerivativeError, match="not finite"):
        write(steps=(broken,))
    assert names(write.place) == before
    assert names(world[2]) == ["sub-01"]


@pytest.fixture
def epochs(write):
    raw = write.recording.raw
    return mne.make_fixed_length_epochs(raw, 0.5, preload=True, verbose="error")


def test_epochs_are_a_table(write, epochs):
    write(replace(write.recording, epochs=epochs))
    assert "sub-01_task-odd_desc-epochs_epochs.tsv" in names(write.place)
    assert [name for name in names(write.place) if "desc-epochs_eeg" in name] == []


def test_epochs_repaired_one_by_one_are_stored_with_their_samples(write, epochs):
    epochs._data[2] *= 0.5
    repaired = recorded("autoreject")
    write(replace(write.recording, epochs=epochs), steps=(repaired,))
    sidecar = json.loads((write.place / "sub-01_task-odd_desc-epochs_eeg.json").read_text())
    assert (sidecar["RecordingType"], sidecar["EpochLength"], sidecar["EpochStart"]) == ("epoched", 0.5, 0.0)
    assert "repaired by autoreject" in sidecar["Description"]
    data = (write.place / "sub-01_task-odd_desc-epochs_eeg.fdt").read_bytes()
    assert sidecar["Digest"]["SHA-256"] == hashlib.sha256(data).hexdigest()


def test_epochs_that_a_skipped_repair_left_alone_are_a_table(write, epochs):
    skipped = recorded("autoreject", applied=False, why_not="9 epochs are too few")
    write(replace(write.recording, epochs=epochs), steps=(skipped,))
    assert [name for name in names(write.place) if "desc-epochs" in name] == ["sub-01_task-odd_desc-epochs_epochs.tsv"]


def test_a_crash_while_moving_leaves_no_record(write, monkeypatch):
    from pathlib import Path

    write()
    real = Path.replace

    def crash(self, target):
        if self.name.endswith("_eeg.json"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(OSError, match="No space"):
        write()
    assert f"{STEM}_qc.json" not in names(write.place)


def test_an_ok_record_without_a_signal_is_refused(write):
    with pytest.raises(DerivativeError, match="no signal"):
        write(None)


def test_many_recordings_of_one_subject_at_once_share_what_positions_refer_to(world, write):
    root, entry, out = world
    entries = [entry.model_copy(update={"recording": f"sub-01_task-odd_run-{number}"}) for number in range(24)]

    def one(entry):
        record = record_of(write.recording, entry.recording)
        return write_derivative(write.recording, record, entry=entry, raw_root=root, derivative=out)

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(one, entries))
    assert len({path for paths in written for path in paths}) == 24 * 10 + 1
    assert all(path.is_file() for paths in written for path in paths)
    assert names(out) == ["sub-01"]
    assert "sub-01_space-CapTrak_coordsystem.json" in names(out / "sub-01/eeg")
