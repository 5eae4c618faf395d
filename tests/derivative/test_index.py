"""The index of a finished derivative: made by a command, made again, found out."""

from __future__ import annotations

import shutil

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.derivative.index import FILES, index_again, index_derivative
from eegmill.errors import DerivativeError
from eegmill.provenance.check import check
from eegmill.provenance.check_index import check_index
from eegmill.provenance.compare import Tier, compare_files
from eegmill.provenance.manifest import check_manifest, read_manifest, write_manifest
from eegmill.provenance.verify import verify
from eegmill.stream import Windows
from tiny_bids import make_derivative, make_raw_dataset, make_recording


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    root = tmp_path_factory.mktemp("world") / "tiny"
    lock = make_raw_dataset(root)
    make_derivative(root, lock, root / "derivatives" / "eegmill")
    index_derivative(root / "derivatives" / "eegmill", window_s=0.5)
    return root, lock


@pytest.fixture
def world(pristine, tmp_path):
    shutil.copytree(pristine[0], tmp_path / "tiny")
    return tmp_path / "tiny", pristine[1], tmp_path / "tiny" / "derivatives" / "eegmill"


def verified(world):
    root, lock, derivative = world

    def rebuild(name, place):
        make_recording(root, lock, lock.recording(name), place)

    return verify(derivative, rebuild=rebuild, index_again=index_again)


def test_the_manifest_lists_it_and_nothing_is_wrong(world):
    assert set(FILES) <= read_manifest(world[2]).keys()
    assert check_manifest(world[2]).intact
    assert check(world[2]) == ()


def test_it_is_made_again_and_compared(world):
    report = verified(world)
    assert report.equal
    assert [(file.path, file.tier) for file in report.index] == [(name, Tier.BITS) for name in FILES]
    assert report.summary.endswith("identical; index of windows: identical.")


def test_an_altered_index_is_found_even_under_a_new_manifest(world):
    derivative = world[2]
    index_derivative(derivative, window_s=1.0)
    altered = (derivative / "index.parquet").read_bytes()
    index_derivative(derivative, window_s=0.5)
    assert (derivative / "index.parquet").read_bytes() != altered
    (derivative / "croissant.json").write_text("{}")
    write_manifest(derivative)
    report = verified(world)
    assert not report.equal
    assert "croissant.json" in " ".join(file.path for file in report.index if file.tier is Tier.DIFFERENT)
    assert report.summary.endswith("index of windows: different.")


def test_a_damaged_index_is_told_and_stops_nothing(world):
    (world[2] / "index.parquet").write_bytes(b"no table")
    report = verified(world)
    assert not report.equal
    assert [verdict.tier for verdict in report.recordings] == [Tier.BITS, Tier.BITS]
    assert "is damaged" in report.index[0].difference


def test_a_derivative_without_index_is_verified_without(world):
    for name in FILES:
        (world[2] / name).unlink()
    write_manifest(world[2])
    report = verified(world)
    assert (report.equal, report.index) == (True, ())


def test_a_signal_that_changed_since_is_found(world):
    derivative = world[2]
    (signal,) = derivative.glob("sub-01/eeg/*_eeg.eeg")
    signal.write_bytes(signal.read_bytes()[::-1])
    write_manifest(derivative)
    (found,) = check_index(derivative, read_manifest(derivative))
    assert found.path == "index.parquet"
    assert signal.name in found.problem
    assert "'eegmill index' makes it again" in found.problem


def test_the_same_table_in_other_bytes_has_the_same_content(world, tmp_path):
    table = pq.read_table(world[2] / "index.parquet")

    def write(name, table):
        with pq.ParquetWriter(tmp_path / name, table.schema, compression="none", store_schema=False) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata(table.schema.metadata)

    write("other.parquet", table)
    found = compare_files("index.parquet", world[2] / "index.parquet", tmp_path / "other.parquet")
    assert found.tier is Tier.CONTENT
    write("wrong.parquet", table.set_column(2, "offset", table["n_bytes"]))
    found = compare_files("index.parquet", world[2] / "index.parquet", tmp_path / "wrong.parquet")
    assert (found.tier, found.difference) == (Tier.DIFFERENT, "column 'offset' differs")


def test_the_command_indexes_and_keeps_the_manifest_true(world):
    derivative = world[2]
    arguments = ["index", str(derivative), "--window-s", "1", "--split", "train=0.5", "--split", "test=0.5"]
    found = CliRunner().invoke(app, arguments)
    assert (found.exit_code, found.stdout) == (0, "8 windows of 2 recordings\n")
    assert check_manifest(derivative).intact
    windows = Windows(derivative)
    assert windows.about["asked"] == {"window_s": 1.0, "split": {"train": 0.5, "test": 0.5}, "seed": 7}
    assert len(windows) == 8


@pytest.mark.parametrize("shares", [["train=0.8"], ["train=2", "test=-1"], ["train=a"], ["train"]])
def test_shares_that_are_no_whole_are_refused(world, shares):
    options = [word for share in shares for word in ("--split", share)]
    found = CliRunner().invoke(app, ["index", str(world[2]), *options])
    assert found.exit_code != 0
    assert "split" in str(found.exception)


def test_a_foreign_folder_is_refused(tmp_path):
    with pytest.raises(DerivativeError, match="no BIDS derivative"):
        index_derivative(tmp_path)
