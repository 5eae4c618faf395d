"""braindecode's layout: read by zarr, and by braindecode where it is installed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.derivative.braindecode_hub import write_hub
from eegmill.derivative.index import index_derivative
from eegmill.derivative.read import read_cleaned
from eegmill.errors import DerivativeError
from indexed import NAMES, cleaned_dataset, epoched_dataset, index
from tiny_bids import make_derivative, make_raw_dataset

zarr = pytest.importorskip("zarr", reason="zarr is not installed: pip install 'eegmill[zarr]'")


def labelled(recording):
    recording.raw.annotations.append(0, 2.0, "open")
    recording.raw.annotations.append(2.0, 2.0, "closed")
    return recording


@pytest.fixture
def derivative(tmp_path):
    return index(cleaned_dataset(tmp_path, labelled), window_s=1.0)


def test_signals_are_those_of_mne_in_volts(derivative, tmp_path):
    write_hub(derivative, NAMES, tmp_path / "hub")
    root = zarr.open_group(tmp_path / "hub" / "sourcedata" / "eegmill" / "dataset.zarr", mode="r")
    assert (root.attrs["n_datasets"], root.attrs["dataset_type"]) == (2, "EEGWindowsDataset")
    expected = read_cleaned(derivative, NAMES[1]).raw.get_data().astype(np.float32)
    assert np.array_equal(root["recording_1"]["data"][:], expected)
    assert root["recording_1"].attrs["description"]["subject"] == "02"


def test_windows_and_targets_are_those_of_the_index(derivative, tmp_path):
    write_hub(derivative, NAMES, tmp_path / "hub")
    path = tmp_path / "hub" / "sourcedata" / "eegmill" / "dataset.zarr" / "recording_0" / "metadata.tsv"
    table = pd.read_csv(path, sep="\t", index_col=0)
    assert table.i_start_in_trial.tolist() == [0, 100, 200, 300]
    assert table.i_stop_in_trial.tolist() == [100, 200, 300, 400]
    assert table.target.tolist() == [1, 1, 0, 0]
    assert json.loads((tmp_path / "hub" / "format_info.json").read_bytes())["targets"] == {"closed": 0, "open": 1}


@pytest.mark.parametrize("preload", [True, False])
def test_braindecode_reads_it(derivative, tmp_path, preload):
    datasets = pytest.importorskip("braindecode.datasets", reason="braindecode is not installed")
    write_hub(derivative, NAMES, tmp_path / "hub")
    path = tmp_path / "hub" / "sourcedata" / "eegmill" / "dataset.zarr"
    found = datasets.BaseConcatDataset._load_from_zarr_inline(path, preload)
    datasets.BaseConcatDataset._load_bids_metadata(found, tmp_path / "hub", "eegmill")
    x, y, crop = found[6]
    expected = read_cleaned(derivative, NAMES[1]).raw.get_data(start=200, stop=300).astype(np.float32)
    assert np.array_equal(x, expected)
    assert (len(found), y, list(crop)) == (8, 0, [2, 200, 300])
    assert all(hasattr(one, "bids_events") and hasattr(one, "bids_channels") for one in found.datasets)


def test_recordings_that_differ_are_refused_by_name(tmp_path):
    renamed = iter([{}, {"Cz": "CPz"}])

    def other(recording):
        recording.raw.rename_channels(next(renamed))
        return recording

    derivative = index(cleaned_dataset(tmp_path, other))
    with pytest.raises(DerivativeError, match=r"'sub-01_task-odd' and 'sub-02_task-odd' differ in channels or rate"):
        write_hub(derivative, NAMES, tmp_path / "hub")
    assert write_hub(derivative, NAMES[:1], tmp_path / "hub")


def test_an_index_of_epochs_is_refused(tmp_path):
    derivative = index(epoched_dataset(tmp_path, repaired=False))
    with pytest.raises(DerivativeError, match="is one of epochs"):
        write_hub(derivative, NAMES, tmp_path / "hub")


@pytest.mark.parametrize("to", ["zarr", "braindecode-hub"])
def test_the_command_writes_all_recordings_and_keeps_the_derivative_as_it_is(tmp_path, to):
    root = tmp_path / "tiny"
    derivative = root / "derivatives" / "eegmill"
    make_derivative(root, make_raw_dataset(root), derivative)
    index_derivative(derivative)
    found = CliRunner().invoke(app, ["export", str(derivative), str(tmp_path / "out"), "--to", to])
    assert found.exit_code == 0, found.output
    inside = CliRunner().invoke(app, ["export", str(derivative), str(derivative / "out"), "--to", to])
    assert "choose a folder outside" in str(inside.exception)
    epochs = CliRunner().invoke(app, ["export", str(derivative), str(tmp_path / "out"), "--to", to, "--epochs"])
    assert epochs.exit_code == 2
