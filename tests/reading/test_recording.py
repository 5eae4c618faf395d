from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import mne
import numpy as np
import pytest

from edf_files import make_edf
from eegmill.errors import RecordingError
from eegmill.lock import LockedFile, LockedRecording
from eegmill.metrics import metrics_of
from eegmill.reading.raw_files import open_raw
from eegmill.reading.recording import read_recording
from eegmill.signal.units import doubtful_units
from tiny_bids import lock_of, make_raw_dataset, put


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "tiny", make_raw_dataset(tmp_path / "tiny", ("01",))


@pytest.fixture
def recording(dataset):
    root, lock = dataset
    return read_recording(root, lock.recordings[0])


def test_the_signal_is_complete_and_in_volts(recording):
    assert recording.raw.get_data().shape == (8, 400)
    assert 1e-5 < np.std(recording.raw.get_data()) < 3e-5


def test_bad_channels_come_with_the_reason_of_their_authors(recording):
    assert recording.raw.info["bads"] == ["Pz"]
    assert recording.bad_channels[0].reasons == ("marked bad in channels.tsv: loose",)


def test_events_come_with_their_durations(recording):
    found = [(a["onset"], a["duration"], a["description"]) for a in recording.raw.annotations]
    assert found == [(0.5, 0.0, "standard"), (1.25, 0.1, "target"), (2.0, 0.0, "standard")]


def test_an_inherited_sidecar_gives_the_line_frequency(recording):
    assert recording.raw.info["line_freq"] == 50.0


@pytest.mark.parametrize("frequency", ["n/a", None, 0, "NaN"])
def test_an_unknown_line_frequency_stays_unknown(dataset, frequency):
    root, lock = dataset
    put(root / "task-odd_eeg.json", json.dumps({"PowerLineFrequency": frequency}))
    assert read_recording(root, lock.recordings[0]).raw.info["line_freq"] is None


def test_a_recording_without_any_sidecar_is_read(dataset):
    root, lock = dataset
    entry = lock.recordings[0].model_copy(update={"files": ()})
    recording = read_recording(root, entry)
    assert recording.bad_channels == ()
    assert recording.raw.get_channel_types() == ["eeg"] * 8


def test_sidecars_that_were_missing_at_the_source_are_noted(dataset):
    root, lock = dataset
    missing = ("sub-01/eeg/sub-01_task-odd_eeg.dat", "sub-01/eeg/sub-01_task-odd_events.json")
    notes = read_recording(root, lock.recordings[0].model_copy(update={"missing": missing})).notes
    assert f"named by the catalogue, and not at their source: {missing[1]}" in notes


def test_a_broken_file_is_one_sentence(dataset):
    root, lock = dataset
    put(root / lock.recordings[0].raw, "nonsense")
    with pytest.raises(RecordingError, match=r"sub-01_task-odd_eeg\.vhdr' cannot be read"):
        read_recording(root, lock.recordings[0])


def test_channels_renamed_in_the_table_alone_are_read(shared_data, tmp_path):
    """mne-bids copies an EDF unchanged and writes other names beside it, and then cannot read it."""
    edf = tmp_path / "sub-1" / "eeg" / "sub-1_task-x_eeg.edf"
    put(edf, "").write_bytes((shared_data / "eegmat" / "Subject00_2.edf").read_bytes())
    names = mne.io.read_raw_edf(edf, verbose="error").ch_names
    table = "name\ttype\tunits\n" + "".join(f"{name.split()[-1]}\tEEG\tµV\n" for name in names)
    put(edf.with_name("sub-1_task-x_channels.tsv"), table)
    paths = ("sub-1/eeg/sub-1_task-x_channels.tsv", "sub-1/eeg/sub-1_task-x_eeg.edf")
    files = tuple(LockedFile(path=path, url=f"local:{path}", role="raw") for path in paths)
    entry = LockedRecording(
        recording="sub-1_task-x", folder="sub-1", datatype="eeg", raw=paths[1], entities={}, files=files
    )
    assert read_recording(tmp_path, entry).raw.ch_names[:2] == ["Fp1", "Fp2"]


def test_vendor_and_edf_twins_hold_the_same_signal(shared_data):
    edf, vendor = (open_raw(shared_data / "format-zoo" / name, []) for name in ("MB0400FU.EDF", "MB0400FU.EEG"))
    scalp = slice(0, 22)  # behind them come two reference channels that the vendor scales otherwise
    np.testing.assert_allclose(edf.get_data()[scalp], vendor.get_data()[scalp], atol=3e-8)


def test_recordings_read_in_several_threads_keep_their_notes_apart(tmp_path):
    lock = make_raw_dataset(tmp_path / "tiny", ("01", "02", "03", "04"))
    for entry in lock.recordings:
        put(
            tmp_path / "tiny" / entry.raw.replace("_eeg.vhdr", "_eeg.json"),
            json.dumps({"EEGChannelCount": entry.recording}),
        )
    lock = lock_of(tmp_path / "tiny")
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda entry: read_recording(tmp_path / "tiny", entry), lock.recordings))
    for entry, recording in zip(lock.recordings, read, strict=True):
        named = [note for note in recording.notes if "EEGChannelCount" in note]
        assert [entry.recording in note for note in named] == [True]


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("sub-02/eeg/sub-01_task-odd_eeg.vhdr", "lies in a folder 'sub-02', and its name says 'sub-01'"),
        ("sub-01/ses-a/eeg/sub-01_task-odd_eeg.vhdr", "lies in a folder 'ses-a', and its name says no 'ses-'"),
    ],
)
def test_folders_that_contradict_the_name_are_noted(dataset, raw, note):
    root, lock = dataset
    target = root / raw
    target.parent.mkdir(parents=True)
    for path in (root / "sub-01" / "eeg").glob("*_eeg.*"):
        target.with_name(path.name).write_bytes(path.read_bytes())
    entry = lock.recordings[0].model_copy(update={"raw": raw})
    assert any(note in one for one in read_recording(root, entry).notes)


@pytest.mark.parametrize(("unit", "doubted"), [("uV", False), ("UV", True), ("MV", True), ("mV", False)])
def test_a_unit_in_a_spelling_that_is_not_scaled_is_doubted(tmp_path, unit, doubted):
    path = make_edf(tmp_path / "a.edf", {"Fz": 50, "Cz": 50}, kind=b"", units={"Cz": unit})
    assert list(doubtful_units(open_raw(path, []), ["Fz", "Cz"])) == (["Cz"] if doubted else [])


@pytest.mark.parametrize("unit", ["%", "ADU", "DegC", "1"])
def test_one_channel_of_an_odd_unit_does_not_cost_the_recording(tmp_path, unit):
    raw = "sub-01/eeg/sub-01_task-rest_eeg.edf"
    make_edf(tmp_path / raw, {"Fz": 50, "Cz": 50, "SpO2": 50}, kind=b"", units={"SpO2": unit})
    table = "name\ttype\tunits\nFz\tEEG\tuV\nCz\tEEG\tuV\nSpO2\tMISC\tuV\n"
    put(tmp_path / raw.replace("_eeg.edf", "_channels.tsv"), table)
    files = tuple(
        LockedFile(path=path, url=f"local:{path}", role="raw")
        for path in (raw.replace("_eeg.edf", "_channels.tsv"), raw)
    )
    entry = LockedRecording(
        recording="sub-01_task-rest", folder="sub-01", datatype="eeg", raw=raw, entities={}, files=files
    )
    recording = read_recording(tmp_path, entry)
    assert recording.raw.ch_names == ["Fz", "Cz", "SpO2"]


@pytest.mark.parametrize(("said_s", "missing"), [(4, 0), (8, 0.5), (4000, 0)])
def test_the_share_that_is_missing_stands_in_the_metrics(dataset, said_s, missing):
    root, lock = dataset
    put(root / "task-odd_eeg.json", json.dumps({"RecordingDuration": said_s}))
    recording = read_recording(root, lock.recordings[0])
    assert metrics_of(recording, n_removed=0)["missing_fraction"] == recording.missing_fraction == missing
