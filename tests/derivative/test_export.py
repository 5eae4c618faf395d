from __future__ import annotations

from dataclasses import replace

import mne
import numpy as np
import pytest

from eegmill.derivative.export import export_recording
from eegmill.derivative.write import write_derivative
from eegmill.errors import DerivativeError
from eegmill.reading.recording import read_recording
from tiny_bids import clean, make_raw_dataset, record_of

NAME = "sub-01_task-odd"
BOUNDS_V = {"fif": 1e-11, "set": 1e-11, "edf": 1e-8}


@pytest.fixture
def world(tmp_path):
    root, out = tmp_path / "tiny", tmp_path / "out"
    entry = make_raw_dataset(root, ("01",)).recordings[0]
    cleaned = clean(read_recording(root, entry))
    cleaned = replace(cleaned, epochs=mne.make_fixed_length_epochs(cleaned.raw, 0.5, preload=True, verbose="error"))
    write_derivative(cleaned, record_of(cleaned, NAME), entry=entry, raw_root=root, derivative=out)
    return cleaned, out


@pytest.mark.parametrize("to", ["fif", "set", "edf"])
def test_the_signal_comes_out_with_its_events(world, tmp_path, to):
    cleaned, out = world
    path = export_recording(out, NAME, tmp_path / "exported", to=to)
    again = mne.io.read_raw(path, preload=True, verbose="error")
    np.testing.assert_allclose(again.get_data(), cleaned.raw.get_data(), atol=BOUNDS_V[to])
    assert {"standard", "target", "BAD_muscle"} <= set(again.annotations.description)
    assert [item.name for item in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("to", ["fif", "set"])
def test_epochs_come_out(world, tmp_path, to):
    cleaned, out = world
    path = export_recording(out, NAME, tmp_path / "exported", to=to, epochs=True)
    read = mne.read_epochs if to == "fif" else mne.io.read_epochs_eeglab
    np.testing.assert_allclose(read(path, verbose="error").get_data(), cleaned.epochs.get_data(), atol=1e-11)


def test_a_folder_in_the_derivative_is_refused(world):
    _, out = world
    with pytest.raises(DerivativeError, match="choose a folder outside"):
        export_recording(out, NAME, out / "exported", to="fif")


def test_epochs_as_edf_are_refused(world, tmp_path):
    _, out = world
    with pytest.raises(DerivativeError, match="EDF holds no epochs"):
        export_recording(out, NAME, tmp_path / "exported", to="edf", epochs=True)


def test_software_that_is_not_installed_is_named(world, tmp_path, monkeypatch):
    _, out = world

    def missing(*args, **kwargs):
        raise ImportError("No module named 'eeglabio'")

    monkeypatch.setattr(mne.io.BaseRaw, "export", missing)
    with pytest.raises(DerivativeError, match=r"pip install 'eegmill\[formats\]'"):
        export_recording(out, NAME, tmp_path / "exported", to="set")
    assert list((tmp_path / "exported").iterdir()) == []
