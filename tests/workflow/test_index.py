"""The index of windows as a stage of the workflow."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from eegmill.config.models import load_configuration
from eegmill.derivative.read import read_epochs
from eegmill.errors import ConfigurationError
from eegmill.provenance import validate
from eegmill.provenance.manifest import check_manifest
from eegmill.stream import Windows
from eegmill.workflow.layout import Layout
from eegmill.workflow.plan import Plan
from eegmill.workflow.stages import STAGES
from running import jobs, snakemake


def asked(**values):
    return tuple(STAGES["index"].asked(Plan(load_configuration(values)), "", ""))


def test_another_length_of_windows_asks_for_another_index():
    assert asked() == asked(index={"window_s": 2})
    assert asked() != asked(index={"window_s": 4})


def test_a_seed_counts_only_where_subjects_are_parted():
    assert asked(seed=1) == asked(seed=2)
    split = {"split": {"train": 0.5, "test": 0.5}}
    assert asked(seed=1, index=split) != asked(seed=2, index=split)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"window_s": 0}, "'index.window_s' has the value 0"),
        ({"split": {"train": 0.8}}, "add up to 1"),
        ({"split": {}}, "add up to 1"),
        ({"window": 2}, "did you mean 'index.window_s'"),
    ],
)
def test_what_cannot_be_indexed_is_told_before_anything_runs(choice, message):
    with pytest.raises(ConfigurationError, match=message):
        load_configuration({"index": choice})


def test_the_index_of_a_run_is_of_all_recordings(layout: Layout) -> None:
    windows = Windows(layout.derivative)
    assert set(windows.table["subject"].to_pylist()) == {"01", "02", "03", "04"}
    signals = sum(path.stat().st_size for path in layout.derivative.glob("sub-*/eeg/*.eeg"))
    assert (layout.derivative / "index.parquet").stat().st_size <= 0.005 * signals
    assert check_manifest(layout.derivative).intact


def test_a_derivative_with_an_index_is_valid_bids(layout: Layout, tmp_path: Path) -> None:
    if not shutil.which(validate.PROGRAM, path=str(Path(sys.executable).parent)):
        pytest.skip("needs the BIDS validator")
    copied = shutil.copytree(layout.raw, tmp_path / "raw")
    derivative = copied / layout.derivative.relative_to(layout.raw)
    assert (derivative / "index.parquet").is_file()
    assert validate.run_validator(derivative).errors == ()


@pytest.mark.workflow
def test_repaired_epochs_of_a_run_are_indexed_as_they_are_read_back(epoched: Path) -> None:
    windows = Windows(epoched, unit="V")
    expected = read_epochs(epoched, "sub-01_task-attention")
    assert (windows.about["kind"], len(windows)) == ("epochs", len(expected))
    found = np.stack([window.data for window in windows])
    np.testing.assert_allclose(found, expected.get_data(), rtol=1e-6, atol=0)
    names = {code: name for name, code in expected.event_id.items()}
    assert windows.table["label"].to_pylist() == [names[code] for code in expected.events[:, 2]]


@pytest.mark.workflow
def test_another_length_of_windows_makes_the_index_alone_again(copy: Path) -> None:
    derivative = Layout(copy / "results", "eegmill-sample", "eegmill").derivative
    before = len(Windows(derivative))
    choice = {"window_s": 4.0, "split": {"train": 0.5, "test": 0.5}}
    assert jobs(snakemake(copy, "--dry-run", index=choice)) == {"all": 1, "index": 1, "manifest": 1, "total": 3}
    ended = snakemake(copy, index=choice)
    assert ended.returncode == 0, ended.stderr[-3000:]
    windows = Windows(derivative, where={"split": "train"})
    assert len(windows) < len(Windows(derivative)) < before
    assert check_manifest(derivative).intact
    assert jobs(snakemake(copy, "--dry-run", index=choice)) == {}


@pytest.mark.workflow
def test_a_lost_index_is_made_again(copy: Path) -> None:
    path = Layout(copy / "results", "eegmill-sample", "eegmill").derivative / "index.parquet"
    content = path.read_bytes()
    path.unlink()
    result = snakemake(copy)
    assert "'index.parquet' is missing: 'index' runs again" in result.stderr
    assert "clean" not in jobs(result)
    assert path.read_bytes() == content
    assert json.loads(path.with_name("croissant.json").read_bytes())
