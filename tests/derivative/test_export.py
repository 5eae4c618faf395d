from __future__ import annotations

import json
from dataclasses import replace

import mne
import numpy as np
import pytest

from eegmill.derivative.export import export_recording
from eegmill.derivative.write import write_derivative
from eegmill.errors import DerivativeError
from eegmill.reading.recording import read_recording
from eegmill.recording import Band
from step_records import recorded
from tiny_bids import clean, make_raw_dataset, record_of

NAME = "sub-01_task-odd"
BOUNDS_V = {"fif": 1e-11, "set": 1e-11, "edf": 1e-8}


@pytest.fixture
def world(tmp_path):
    root, out = tmp_path / "tiny", tmp_path / "out"
    entry = make_raw_dataset(root, ("01",)).recordings[0]
    cleaned = clean(read_recording(root, entry))
    cleaned.raw.set_montage("colin27_1005", on_missing="ignore")
    cleaned.raw.set_channel_types({"Fp1": "eog", "Fp2": "misc"}, on_unit_change="ignore")
    cleaned.raw.info["chs"][cleaned.raw.ch_names.index("Pz")]["loc"][:3] = np.nan
    cleaned.raw.info["bads"] = ["O1"]
    bands = {name: Band(highpass_hz=1.0, lowpass_hz=40.0) for name in cleaned.raw.ch_names} | {"Fp2": Band()}
    epochs = mne.Epochs(
        cleaned.raw, [[50, 0, 1], [250, 0, 2]], {"go": 1, "stop": 2}, -0.2, 0.8, preload=True, verbose="error"
    )
    cleaned = replace(cleaned, bands=bands, epochs=epochs)
    record = record_of(cleaned, NAME)
    cut = recorded("epochs", {"events": ["go"], "baseline": (None, 0.0)})
    record = record.model_copy(update={"steps": (*record.steps, cut)})
    write_derivative(cleaned, record, entry=entry, raw_root=root, derivative=out)
    return cleaned, out


@pytest.mark.parametrize("to", ["fif", "set", "edf"])
def test_the_signal_comes_out_with_its_events_and_their_durations(world, tmp_path, to):
    cleaned, out = world
    path = export_recording(out, NAME, tmp_path / "exported", to=to)
    again = mne.io.read_raw(path, preload=True, verbose="error")
    # Of a channel that is no voltage EDF has 16 bits over its own range, without a unit.
    bound = np.full(len(cleaned.raw.ch_names), BOUNDS_V[to])
    difference = np.abs(again.get_data() - cleaned.raw.get_data()).max(axis=1)
    assert (difference <= bound).all()
    told = {(note["description"], round(note["onset"], 6), round(note["duration"], 6)) for note in again.annotations}
    assert told == {("standard", 0.5, 0.0), ("target", 1.25, 0.1), ("standard", 2.0, 0.0), ("BAD_muscle", 1.5, 0.7)}


def test_nothing_but_the_export_is_left(world, tmp_path):
    _, out = world
    for to in ("fif", "set", "edf"):
        export_recording(out, NAME, tmp_path / "exported", to=to)
    names = sorted(path.name.removeprefix(f"{NAME}_desc-preproc_") for path in (tmp_path / "exported").iterdir())
    assert names == ["eeg.edf", "eeg.fdt", "eeg.fif", "eeg.set"]


@pytest.mark.parametrize("to", ["fif", "set"])
def test_epochs_come_out_with_their_time_zero(world, tmp_path, to):
    cleaned, out = world
    path = export_recording(out, NAME, tmp_path / "exported", to=to, epochs=True)
    read = mne.read_epochs if to == "fif" else mne.io.read_epochs_eeglab
    again = read(path, verbose="error")
    np.testing.assert_allclose(again.get_data(), cleaned.epochs.get_data(), atol=1e-11)
    assert (again.tmin, again.tmax) == (-0.2, 0.8)
    assert [list(again.event_id)[code - 1] for code in again.events[:, 2]] == ["go", "stop"]


@pytest.mark.parametrize(("to", "options"), [("fif", {}), ("set", {}), ("edf", {"infer_types": True})])
def test_types_come_out(world, tmp_path, to, options):
    cleaned, out = world
    again = mne.io.read_raw(export_recording(out, NAME, tmp_path / "x", to=to), verbose="error", **options)
    assert again.ch_names == cleaned.raw.ch_names
    assert again.get_channel_types() == cleaned.raw.get_channel_types()


@pytest.mark.parametrize("to", ["fif", "set"])
def test_positions_come_out_and_one_that_is_unknown_is_no_position(world, tmp_path, to):
    cleaned, out = world
    again = mne.io.read_raw(export_recording(out, NAME, tmp_path / "x", to=to), verbose="error")
    places = {name: again.info["chs"][again.ch_names.index(name)]["loc"][:3] for name in ("C3", "Cz", "O2", "Pz")}
    for name in ("C3", "Cz", "O2"):
        expected = cleaned.raw.info["chs"][cleaned.raw.ch_names.index(name)]["loc"][:3]
        np.testing.assert_allclose(places[name], expected, atol=2e-6)
    assert not np.isfinite(places["Pz"]).any() or not places["Pz"].any()


@pytest.mark.parametrize("to", ["fif", "edf"])
def test_the_band_of_eeg_comes_out(world, tmp_path, to):
    _, out = world
    again = mne.io.read_raw(export_recording(out, NAME, tmp_path / "x", to=to), verbose="error")
    assert (again.info["highpass"], again.info["lowpass"]) == (1.0, 40.0)


def test_edf_holds_the_filters_of_each_channel(world, tmp_path):
    edfio = pytest.importorskip("edfio")
    _, out = world
    signals = edfio.read_edf(export_recording(out, NAME, tmp_path / "x", to="edf")).signals
    assert {signal.label: signal.prefiltering for signal in signals}["EEG Cz"] == "HP:1Hz LP:40Hz"
    assert {signal.label: signal.prefiltering for signal in signals}["MISC Fp2"] == ""


def test_fif_and_set_hold_the_reference_and_fif_the_bad_channels(world, tmp_path):
    pymatreader = pytest.importorskip("pymatreader")
    _, out = world
    fif = mne.io.read_raw(export_recording(out, NAME, tmp_path / "x", to="fif"), verbose="error")
    assert fif.info["bads"] == ["O1"]
    assert "average" in fif.info["description"]
    assert fif.info["custom_ref_applied"]
    eeg = pymatreader.read_mat(export_recording(out, NAME, tmp_path / "x", to="set"))["EEG"]
    assert eeg["ref"] == "average"


def test_a_set_file_has_the_same_bytes_every_time(world, tmp_path):
    _, out = world
    for folder in ("a", "b"):
        export_recording(out, NAME, tmp_path / folder, to="set")
    for name in (f"{NAME}_desc-preproc_eeg.set", f"{NAME}_desc-preproc_eeg.fdt"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_folder_in_the_derivative_is_refused(world):
    _, out = world
    with pytest.raises(DerivativeError, match="choose a folder outside"):
        export_recording(out, NAME, out / "exported", to="fif")


def test_epochs_as_edf_are_refused(world, tmp_path):
    _, out = world
    with pytest.raises(DerivativeError, match="EDF holds no epochs"):
        export_recording(out, NAME, tmp_path / "exported", to="edf", epochs=True)


def test_a_derivative_of_another_version_is_refused_in_one_sentence(world, tmp_path):
    _, out = world
    path = next(out.rglob("*_qc.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": "1.0"}))
    (out / "dataset_description.json").write_text('{"GeneratedBy": [{"Name": "eegmill", "Version": "0.0.9"}]}')
    with pytest.raises(DerivativeError, match=r"made by another version of eegmill \(0\.0\.9, records 1\.0;"):
        export_recording(out, NAME, tmp_path / "exported", to="fif")


def test_software_that_is_not_installed_is_named(world, tmp_path, monkeypatch):
    _, out = world

    def missing(*args, **kwargs):
        raise ImportError("No module named 'edfio'")

    monkeypatch.setattr("eegmill.derivative.export.write_edf", missing)
    with pytest.raises(DerivativeError, match=r"pip install 'eegmill\[formats\]'"):
        export_recording(out, NAME, tmp_path / "exported", to="edf")
    assert list((tmp_path / "exported").iterdir()) == []
