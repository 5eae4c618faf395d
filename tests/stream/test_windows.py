"""Windows from a folder, a web server and a bucket: the samples of the derivative, each in one request."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import mne
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.derivative.read import read_epochs
from eegmill.errors import ConfigurationError, DerivativeError, Unavailable
from eegmill.stream import Windows
from eegmill.stream.index import METADATA_KEY, ordered
from indexed import NAMES, cleaned_dataset, epoched_dataset, index
from web_server import answers, ignores_ranges

SIGNAL = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"
N_WINDOWS = 16


def served(web, folder: Path) -> str:
    for path in folder.rglob("*"):
        if path.is_file():
            web.files[f"d/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return f"{web.url}/d"


def raw_of(derivative: Path, about: dict) -> mne.io.BaseRaw:
    return mne.io.read_raw((derivative / about["file"]).with_suffix(".vhdr"), preload=True, verbose="error")


def test_volts_have_the_bits_of_mne(indexed):
    windows = Windows(indexed, unit="V")
    assert len(windows) == N_WINDOWS
    for window in windows:
        start = round(window.about["onset_s"] * 100)
        expected = raw_of(indexed, window.about).get_data(start=start, stop=start + 50)
        assert window.data.dtype == np.float64
        assert np.array_equal(window.data, expected)


def test_microvolts_are_the_bits_of_the_file(indexed):
    window = Windows(indexed)[3]
    stored = np.fromfile(indexed / SIGNAL, "<f4").reshape(-1, 8)[150:200].T
    assert window.data.dtype == np.float32
    assert np.array_equal(window.data, stored)
    window.data[:] = 0  # a learner may write into it
    assert np.array_equal(Windows(indexed)[3].data, stored)


@pytest.mark.parametrize("repaired", [False, True])
def test_epochs_are_those_that_are_read_back(tmp_path, repaired):
    derivative = index(epoched_dataset(tmp_path, repaired=repaired))
    windows = Windows(derivative, unit="V", where={"recording": NAMES[0]})
    expected = read_epochs(derivative, NAMES[0])
    assert windows.table["label"].to_pylist() == ["go", "stop"]
    assert windows.table["tmin_s"].to_pylist() == [-0.2, -0.2]
    data = np.stack([window.data for window in windows])
    np.testing.assert_allclose(data, expected.get_data(), rtol=1e-6, atol=0)
    assert repaired == windows[0].about["file"].endswith(".fdt")


def test_a_window_far_away_is_one_request_of_its_own_bytes(indexed, web):
    windows = Windows(served(web, indexed))
    assert [path for _, path, _ in web.requests] == ["d/index.parquet"]
    web.requests.clear()
    assert np.array_equal(windows[3].data, Windows(indexed)[3].data)
    assert web.requests == [("GET", f"d/{SIGNAL}", f"bytes={150 * 32}-{200 * 32 - 1}")]


def test_windows_read_ahead_come_in_order(indexed, web):
    near = [window.data for window in Windows(indexed, seed=1)]
    far = [window.data for window in Windows(served(web, indexed), seed=1, prefetch=4)]
    assert len(near) == len(far)
    assert all(np.array_equal(a, b) for a, b in zip(near, far, strict=True))


def test_who_stops_early_is_not_kept_waiting_for_all(indexed, web):
    windows = iter(Windows(served(web, indexed), prefetch=2))
    next(windows)
    windows.close()
    assert len(web.requests) <= 5


def test_windows_come_out_of_a_bucket(indexed, s3, s3_server):
    for name in ("index.parquet", SIGNAL):
        s3.put_object(Bucket="openneuro.org", Key=f"d/{name}", Body=(indexed / name).read_bytes())
    options = {"endpoint": s3_server, "region": "us-east-1", "skip_signature": True}
    windows = Windows("s3://openneuro.org/d", options=options, where={"recording": NAMES[0]})
    assert np.array_equal(windows[0].data, Windows(indexed)[0].data)


def test_one_seed_gives_one_order(indexed):
    positions = [Windows(indexed, seed=seed).order.tolist() for seed in (1, 1, 2)]
    assert positions[0] == positions[1] != positions[2]
    assert sorted(positions[0]) == list(range(N_WINDOWS))


@settings(max_examples=50)
@given(parts=st.integers(1, 20), seed=st.none() | st.integers(0, 99))
def test_parts_are_disjoint_and_together_all(parts, seed):
    orders = [ordered(13, seed, (part, parts)) for part in range(parts)]
    assert sorted(np.concatenate(orders).tolist()) == list(range(13))


def test_another_order_is_that_of_windows_opened_anew(indexed):
    again = Windows(indexed).reordered(seed=3, shard=(1, 2))
    assert again.order.tolist() == Windows(indexed, seed=3, shard=(1, 2)).order.tolist()


@pytest.mark.parametrize("shard", [(2, 2), (-1, 2), (0, 0)])
def test_a_part_of_no_whole_is_refused(indexed, shard):
    with pytest.raises(ConfigurationError, match="is no part of a whole"):
        Windows(indexed, shard=shard)


def test_slices_are_windows_and_an_index_counts_from_the_end_too(indexed):
    windows = Windows(indexed)
    assert len(windows[2:5]) == 3
    assert np.array_equal(windows[2:5][0].data, windows[2].data)
    assert np.array_equal(windows[-1].data, windows[len(windows) - 1].data)
    with pytest.raises(IndexError):
        windows[N_WINDOWS]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_folder_is_read_in_other_processes(indexed, start):
    windows = Windows(indexed, seed=3)
    with multiprocessing.get_context(start).Pool(1) as pool:
        found = pool.apply_async(windows.__getitem__, (0,)).get(60)
    assert np.array_equal(found.data, windows[0].data)


def test_what_is_far_away_is_read_in_other_processes(indexed, web):
    windows = Windows(served(web, indexed), seed=3)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply_async(windows.__getitem__, (0,)).get(60)
    assert np.array_equal(found.data, windows[0].data)


def test_a_forked_process_says_that_it_cannot_read_from_afar(indexed, web):
    windows = Windows(served(web, indexed))
    with multiprocessing.get_context("fork").Pool(1) as pool, pytest.raises(DerivativeError, match="'spawn'"):
        pool.apply_async(windows.__getitem__, (0,)).get(60)


def test_channels_of_a_file_are_told(indexed):
    windows = Windows(indexed)
    channels = windows.channels(windows[0].about["file"])
    assert channels["names"][:2] == ["Fp1", "Fp2"]
    assert (set(channels["units"]), set(channels["types"]), channels["bad"]) == ({"µV"}, {"EEG"}, [])


def test_a_changed_sample_is_refused_and_the_file_named(indexed, web):
    data = bytearray((indexed / SIGNAL).read_bytes())
    data[150 * 32] ^= 1
    (indexed / SIGNAL).write_bytes(data)
    for windows in (Windows(indexed), Windows(served(web, indexed))):
        assert windows[2].data.size
        with pytest.raises(DerivativeError, match=rf"'{SIGNAL}' is not the file that the index of .* was made of"):
            windows[3]


def test_a_file_of_another_length_is_refused(indexed, web):
    with (indexed / SIGNAL).open("ab") as stream:
        stream.write(b"0000")
    for windows in (Windows(indexed), Windows(served(web, indexed))):
        with pytest.raises(DerivativeError, match="is not the file that the index"):
            windows[0]


def test_a_shortened_file_is_refused(indexed, web):
    (indexed / SIGNAL).write_bytes((indexed / SIGNAL).read_bytes()[:100])
    for windows in (Windows(indexed), Windows(served(web, indexed))):
        with pytest.raises((DerivativeError, Unavailable), match=SIGNAL):
            windows[5]


def test_a_missing_file_is_named(indexed, web):
    (indexed / SIGNAL).unlink()
    for windows in (Windows(indexed), Windows(served(web, indexed))):
        with pytest.raises(DerivativeError, match=rf"'{SIGNAL}' is missing in"):
            windows[0]


def test_a_derivative_without_an_index_says_what_makes_it(tmp_path, web):
    derivative = cleaned_dataset(tmp_path)
    for address in (derivative, served(web, derivative)):
        with pytest.raises(DerivativeError, match=r"has no index.parquet.*'eegmill index "):
            Windows(address)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DerivativeError, match="nowhere"):
        Windows(tmp_path / "nowhere")


@pytest.mark.parametrize("fault", [answers(403), ignores_ranges])
def test_a_server_that_does_not_do_it_is_named_with_the_file(indexed, web, fault):
    windows = Windows(served(web, indexed))
    web.always[f"d/{SIGNAL}"] = fault
    with pytest.raises((DerivativeError, Unavailable), match=SIGNAL):
        windows[1]


def test_an_index_of_another_version_is_refused(indexed):
    path = indexed / "index.parquet"
    table = pq.read_table(path)
    about = json.loads(table.schema.metadata[METADATA_KEY]) | {"schema_version": "9"}
    pq.write_table(table.replace_schema_metadata({METADATA_KEY: json.dumps(about)}), path)
    with pytest.raises(
        DerivativeError, match=r"has version 9; this eegmill reads 1\. 'eegmill index .*' makes it again"
    ):
        Windows(indexed)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all"])
def test_a_damaged_index_is_refused(indexed, content):
    (indexed / "index.parquet").write_bytes(content)
    with pytest.raises(DerivativeError, match="is damaged"):
        Windows(indexed)


def test_reading_needs_no_torch_no_mne_and_no_scipy(indexed):
    code = (
        "import sys; from eegmill.stream import Windows; Windows(sys.argv[1])[0];"
        "print([name for name in ('torch', 'mne', 'scipy', 'obstore', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(indexed)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_copy_elsewhere_is_read_as_well(indexed, tmp_path):
    moved = shutil.copytree(indexed, tmp_path / "elsewhere")
    assert np.array_equal(Windows(str(moved) + "/")[0].data, Windows(indexed)[0].data)
