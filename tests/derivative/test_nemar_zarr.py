"""Zarr as NEMAR serves raw recordings: read back by zarr, and by biosigio where it is installed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eegmill.derivative.nemar_zarr import extremes, quantised, write_store, write_stores
from eegmill.derivative.read import read_cleaned
from eegmill.errors import DerivativeError
from indexed import NAMES, cleaned_dataset
from tiny_bids import make_derivative, make_raw_dataset

zarr = pytest.importorskip("zarr", reason="zarr is not installed: pip install 'eegmill[zarr]'")


@pytest.fixture
def exported(tmp_path):
    derivative = cleaned_dataset(tmp_path)
    (group,) = write_store(derivative, NAMES[0], tmp_path / "store.zarr")
    return derivative, tmp_path / "store.zarr", group


def test_values_are_within_half_a_step_of_sixteen_bits(exported):
    derivative, store, group = exported
    array = zarr.open_group(store, mode="r")[group["name"]]["0"]
    scale, offset = (np.array(array.attrs[name])[:, None] for name in ("scale", "offset"))
    expected = read_cleaned(derivative, NAMES[0]).raw.get_data() * 1e6
    assert array.dtype == np.int16
    assert (np.abs(array[:] * scale + offset - expected) <= scale * 0.5001).all()


def test_it_says_that_it_is_derived(exported):
    _, store, group = exported
    attributes = zarr.open_group(store, mode="r").attrs
    assert (attributes["format"], attributes["format_version"], attributes["derived"]) == ("biosigio-zarr", 2, True)
    assert group == {
        "name": "eeg_100hz",
        "modality": "EEG",
        "rate": 100.0,
        "n_channels": 8,
        "n_samples": 400,
        "duration_s": 4.0,
    }


def test_events_and_channels_are_told(exported):
    _, store, group = exported
    root = zarr.open_group(store, mode="r")
    labels = root["events"].attrs["label_map"]
    told = [labels[str(code)] for code in root["events"]["code"][:].tolist()]
    assert sorted(told) == ["BAD_muscle", "standard", "standard", "target"]
    channels = root[group["name"]].attrs["channels"]
    assert [channel["label"] for channel in channels][:2] == ["Fp1", "Fp2"]
    assert {channel["unit"] for channel in channels} == {"uV"}


def test_biosigio_reads_it(exported):
    core = pytest.importorskip("biosigio.core.emg", reason="biosigio is not installed")
    derivative, store, _ = exported
    found = core.Recording.from_file(str(store), importer="zarr")
    expected = read_cleaned(derivative, NAMES[0]).raw.get_data() * 1e6
    np.testing.assert_allclose(found.signals.to_numpy().T, expected, atol=np.ptp(expected) / 65535)
    assert list(found.events["description"]) == ["standard", "target", "BAD_muscle", "standard"]


def test_a_fast_recording_is_slowed_down_to_the_limit(tmp_path):
    def faster(recording):
        recording.raw.info._unlocked = True
        recording.raw.info["sfreq"] = 1000.0
        recording.raw.info._unlocked = False
        return recording

    derivative = cleaned_dataset(tmp_path, faster)
    (group,) = write_store(derivative, NAMES[0], tmp_path / "store.zarr")
    assert (group["name"], group["rate"], group["n_samples"]) == ("eeg_250hz", 250.0, 100)
    assert zarr.open_group(tmp_path / "store.zarr", mode="r")["eeg_250hz"]["0"].attrs["anti_aliased"] is True


def test_the_index_lists_stores_and_what_has_none(tmp_path):
    root = tmp_path / "tiny"
    lock = make_raw_dataset(root)
    derivative = root / "derivatives" / "eegmill"
    make_derivative(root, lock, derivative)
    for path in derivative.glob("sub-02/eeg/*_eeg.vhdr"):
        path.unlink()
    write_stores(derivative, NAMES, tmp_path / "zarr")
    index = json.loads((tmp_path / "zarr" / "index.json").read_bytes())
    assert (index["store_count"], index["failure_count"], index["derived"]) == (1, 1, True)
    (store,) = index["stores"]
    assert store["zarr"] == "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.zarr"
    assert (tmp_path / "zarr" / store["zarr"] / "zarr.json").is_file()
    assert store["source_key"].startswith("SHA256E-s12800--")
    assert index["failures"][0]["path"].startswith("sub-02/")


def test_the_same_recording_gives_the_same_bytes(exported, tmp_path):
    derivative, store, _ = exported
    write_store(derivative, NAMES[0], tmp_path / "again.zarr")
    files = sorted(path.relative_to(store) for path in store.rglob("*") if path.is_file())
    assert files
    assert all((store / path).read_bytes() == (tmp_path / "again.zarr" / path).read_bytes() for path in files)


def test_without_zarr_there_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zarr", None)
    with pytest.raises(DerivativeError, match=r"pip install 'eegmill\[zarr\]'"):
        write_store(tmp_path, NAMES[0], tmp_path / "store.zarr")


@given(arrays(np.float64, st.integers(1, 50), elements=st.floats(-1e6, 1e6, width=32)))
def test_sixteen_bits_are_right_within_half_a_step(row):
    stored, scale, offset = quantised(row)
    assert (np.abs(stored * scale + offset - row) <= 0.5 * scale * (1 + 1e-6) + 1e-9).all()


def test_extremes_lose_no_spike():
    samples = np.zeros((2, 5000), np.int16)
    samples[1, 1234] = 9
    levels = list(extremes(samples))
    assert [level.shape for level in levels] == [(2, 2, 1250), (2, 2, 312)]
    assert [int(level[1, 1].max()) for level in levels] == [9, 9]
    assert [int(level[0].max()) for level in levels] == [0, 0]
