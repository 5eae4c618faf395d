"""A whole multiverse on two small recordings: tables, resuming, failures, the page, the command."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import eegmill
from eegmill.cli.app import app
from eegmill.derivative.read import read_cleaned
from eegmill.errors import ConfigurationError
from eegmill.multiverse.grid import load_grid
from eegmill.multiverse.run import Results, read_multiverse, run, write_universe
from eegmill.multiverse.universes import multiverse_of

NAMES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]
HOSTILE = '</svg><script>alert("1")</script>'


def recording(path: Path, seed: int) -> None:
    """A minute with 50 trials; those of `a` are 4 µV higher at P3 and P4 from 0.2 to 0.4 s, and all drift together."""
    rng = np.random.default_rng(seed)
    x = 2e-6 * rng.standard_normal((10, 6000)) + 2e-5 * np.cumsum(rng.standard_normal(6000)) / 50
    onsets_s = 2.0 + 1.1 * np.arange(50)
    for onset_s in onsets_s[::2]:
        start = round((onset_s + 0.2) * 100)
        x[6:8, start : start + 20] += 4e-6
    raw = mne.io.RawArray(x, mne.create_info(NAMES, 100.0, "eeg"), verbose="error")
    raw.set_montage("standard_1020", verbose="error")
    raw.set_annotations(mne.Annotations(onsets_s, 0.0, ["a", "b"] * 25))
    raw.save(path, overwrite=True, verbose="error")


def grid_of(files: list[Path], output: Path, **changes: Any) -> dict[str, Any]:
    return {
        "output": str(output),
        "files": [str(file) for file in files],
        "recipe": [{"import": {}}, {"highpass": {"cutoff_hz": 0.5}}, {"lowpass": {"cutoff_hz": 30}}, {"reference": {}}],
        "seed": 3,
        "choices": {
            "highpass": {"options": {HOSTILE: {"highpass": {"cutoff_hz": 1.0}}}},
            "lowpass": {"options": {"none": None, "20 Hz": {"lowpass": {"cutoff_hz": 20}}}},
            "reference": {"options": {"none": None}},
        },
        "measures": {
            "trials": {"events": ["a", "b"], "epoch_s": [-0.2, 0.6]},
            "erp": {"channels": ["P3", "P4"], "window_s": [0.2, 0.4]},
            "decoding": {},
        },
        "conclusion": {"measure": "erp"},
        **changes,
    }


def written(folder: Path, values: dict[str, Any]) -> Path:
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("multiverse")
    for index, name in enumerate(("one_raw.fif", "two_raw.fif")):
        recording(folder / name, seed=index)
    return folder


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    files = [folder / "one_raw.fif", folder / "two_raw.fif"]
    return run(read_multiverse(written(folder, grid_of(files, folder / "out"))), cores=2, progress=lambda _: None)


def table(results: Results, name: str) -> pd.DataFrame:
    return pd.read_parquet(results.folder / f"{name}.parquet")


def test_every_universe_of_every_recording_has_its_results(results: Results) -> None:
    assert results.failed == ()
    outcomes = table(results, "outcomes")
    assert len(outcomes) == 2 * 12
    assert set(outcomes["status"]) == {"ok"}
    erp = table(results, "measures").query("measure == 'erp'")
    assert len(erp) == 24
    assert erp["unit"].unique().tolist() == ["µV"]
    assert len(table(results, "trials")) == 24 * 50


def test_a_universe_measures_what_its_recipe_alone_gives(results: Results, folder: Path) -> None:
    universe = results.multiverse.universes[-1]
    raw = mne.io.read_raw_fif(folder / "two_raw.fif", preload=True, verbose="error")
    entries = [{step.name: step.model_dump(mode="json")} for step in universe.recipe.steps]
    cleaned = eegmill.clean(raw, entries, seed=3)
    epochs = mne.Epochs(cleaned.raw, tmin=-0.2, tmax=0.6, baseline=(None, 0), preload=True, verbose="error")
    means = 1e6 * epochs.copy().crop(0.2, 0.4).get_data(picks=["P3", "P4"]).mean(axis=(1, 2))
    own = table(results, "trials").query("recording == 'two_raw' and universe == @universe.number")
    np.testing.assert_allclose(own["amplitude_uv"], means, atol=1e-9)


def test_the_planted_difference_is_concluded_where_the_drift_is_out(results: Results) -> None:
    curve = table(results, "curve").set_index("universe")
    assert curve.loc[0, "verdict"] == "holds"
    assert curve.loc[0, "estimate"] == pytest.approx(4.0 * 0.8, abs=0.8)  # a fifth goes with the average reference
    summary = json.loads((results.folder / "multiverse.json").read_text(encoding="utf-8"))
    assert summary["holds"] == (curve["verdict"] == "holds").sum()
    assert summary["verdict"].startswith(f"The conclusion holds in {summary['holds']} of 12 universes")


def test_effects_are_told_by_choice_and_way(results: Results) -> None:
    effects = table(results, "effects").query("measure == 'erp' and order == 1")
    assert list(zip(effects["choices"], effects["ways"], strict=True)) == [
        *[("highpass", HOSTILE), ("lowpass", "none"), ("lowpass", "20 Hz"), ("reference", "none")]
    ]


def test_the_grid_that_is_kept_can_be_read_again_and_names_no_folder(results: Results, folder: Path) -> None:
    text = (results.folder / "grid.yaml").read_text(encoding="utf-8")
    assert str(folder) not in text
    again = multiverse_of("small", load_grid(yaml.safe_load(text)))
    assert [one.recipe for one in again.universes] == [one.recipe for one in results.multiverse.universes]


def test_nothing_is_done_again_and_the_bytes_stay(results: Results) -> None:
    before, lines = digests(results.folder), []
    again = run(results.multiverse, progress=lines.append)
    assert lines == ["2 of 2 recordings stand from before"]
    assert digests(again.folder) == before


def test_another_output_folder_and_number_of_cores_give_the_same_bytes(results: Results, tmp_path: Path) -> None:
    grid = results.multiverse.grid.model_copy(update={"output": str(tmp_path / "elsewhere")})
    other = run(read_multiverse(written(tmp_path, grid.model_dump(mode="json"))), progress=lambda _: None)
    assert digests(other.folder) == digests(results.folder)


def test_a_run_that_was_killed_goes_on_and_ends_in_the_same_bytes(
    results: Results, folder: Path, tmp_path: Path
) -> None:
    files = [folder / "one_raw.fif", folder / "two_raw.fif"]
    grid = written(tmp_path, grid_of(files, tmp_path / "out"))
    command = [sys.executable, "-m", "eegmill", "multiverse", str(grid)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "one_raw: done" in process.stderr.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    receipts = list(
        (tmp_path / "out/multiverse/inputs/work/files/multiverse/small").glob("*_raw.????????????????.json")
    )
    assert [path.name.split(".")[0] for path in receipts] == ["one_raw"]
    assert not (tmp_path / "out/multiverse/small").exists()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 of 2 recordings stand from before" in done.stderr
    assert digests(tmp_path / "out/multiverse/small") == digests(results.folder)


def test_a_part_that_was_cut_off_is_made_again(results: Results, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "out", tmp_path / "out")
    grid = results.multiverse.grid.model_copy(update={"output": str(tmp_path / "out")})
    part = next((tmp_path / "out/multiverse/inputs/work/files/multiverse/small").glob("one_raw.*.trials.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    lines: list[str] = []
    again = run(read_multiverse(written(tmp_path, grid.model_dump(mode="json"))), progress=lines.append)
    assert lines == ["1 of 2 recordings stand from before", "files/one_raw: done"]
    assert digests(again.folder) == digests(results.folder)


def test_a_recording_that_cannot_be_read_stops_no_other(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken_raw.fif").write_bytes(b"no recording")
    files = [tmp_path / "broken_raw.fif", folder / "one_raw.fif"]
    found = run(read_multiverse(written(tmp_path, grid_of(files, tmp_path / "out"))), progress=lambda _: None)
    ((name, reason),) = [(one.name, one.reason) for one in found.failed]
    assert name == "files/broken_raw"
    assert "broken_raw.fif" in reason
    assert found.analysis.summary.recordings == 1
    assert "broken_raw" in found.page.read_text(encoding="utf-8")


def test_nothing_to_walk_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken_raw.fif").write_bytes(b"no recording")
    multiverse = read_multiverse(written(tmp_path, grid_of([tmp_path / "broken_raw.fif"], tmp_path / "out")))
    with pytest.raises(ConfigurationError, match="No recording could be walked: files/broken_raw"):
        run(multiverse, progress=lambda _: None)


def test_universes_that_are_rejected_are_told_and_the_others_stand(folder: Path, tmp_path: Path) -> None:
    choices = {"reference": {"options": {"epochs of nothing": {"epochs": {"events": ["never"]}}}}}
    values = grid_of([folder / "one_raw.fif"], tmp_path / "out", choices=choices)
    found = run(read_multiverse(written(tmp_path, values)), progress=lambda _: None).analysis.summary
    ((reason, count),) = found.rejected.items()
    assert (count, found.not_known, found.holds + found.does_not_hold) == (1, 1, 1)
    assert "None of the events never occurs" in reason


def test_the_page_asks_nobody_for_anything_and_names_are_inert(results: Results) -> None:
    page = results.page.read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert "&lt;/svg&gt;&lt;script&gt;" in page
    assert page.count("<script>") == 1
    outside = [word for word in ("http://", "https://", "src=", "url(", "@import") if word in page]
    assert outside == []
    assert page.count("<svg") >= 4
    assert 'name="viewport"' in page


def test_the_derivatives_of_a_universe_are_those_of_its_single_run(results: Results, folder: Path) -> None:
    target = write_universe(results.multiverse, 2, progress=lambda _: None).folder
    written_one = read_cleaned(target / "files", "one_raw").raw
    raw = mne.io.read_raw_fif(folder / "one_raw.fif", preload=True, verbose="error")
    entries = [{step.name: step.model_dump(mode="json")} for step in results.multiverse.universe(2).recipe.steps]
    cleaned = eegmill.clean(raw, entries, seed=3).raw
    np.testing.assert_allclose(written_one.get_data(), cleaned.get_data(), atol=1e-10)  # single precision
    assert (target / "recipe.yaml").is_file()


def test_the_universes_can_be_listed_without_running_any(folder: Path, tmp_path: Path) -> None:
    grid = written(tmp_path, grid_of([folder / "one_raw.fif"], tmp_path / "out"))
    shown = CliRunner().invoke(app, ["multiverse", str(grid), "--list"])
    assert shown.exit_code == 0
    assert "0: highpass: as it is, lowpass: as it is, reference: as it is" in shown.output
    assert "12 universes, 0 combinations dropped" in shown.output
    assert not (tmp_path / "out").exists()


def test_a_universe_that_is_not_there_is_refused_before_anything_runs(folder: Path, tmp_path: Path) -> None:
    grid = written(tmp_path, grid_of([folder / "one_raw.fif"], tmp_path / "out"))
    done = CliRunner().invoke(app, ["multiverse", str(grid), "--write", "99"])
    assert isinstance(done.exception, ConfigurationError)
    assert "no universe 99" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_walk_ends_with_the_process_that_waits_for_it(folder: Path, tmp_path: Path) -> None:
    program = (
        "import os, sys, time\n"
        "from eegmill.multiverse.__main__ import end_with\n"
        "if os.fork() == 0:\n"
        "    end_with(os.getppid())\n"
        f"    time.sleep(20)\n    open({str(tmp_path / 'outlived')!r}, 'w')\n"
        "else:\n    time.sleep(0.5)\n"
    )
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)  # the pipes close when both ended
    assert time.monotonic() - began < 15
    assert not (tmp_path / "outlived").exists()
