"""Nothing old passes as new: whatever became of the folder, the memory of Snakemake, or the files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from eegmill.files.shipped import workflow_root
from running import jobs, snakemake

pytestmark = pytest.mark.workflow
HOLDER = """
import sys, time
from pathlib import Path
from eegmill.workflow.in_use import hold
held = hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(99)
"""


def recipe(cutoff_hz: float) -> list[dict[str, Any]]:
    return [{"import": {}}, {"highpass": {"cutoff_hz": cutoff_hz}}, {"reference": {}}]


def cutoffs(output: Path) -> set[float]:
    records = [json.loads(path.read_text()) for path in output.rglob("*_qc.json")]
    return {
        step["parameters"]["cutoff_hz"] for record in records for step in record["steps"] if step["name"] == "highpass"
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run at 1 Hz, of two recordings."""
    folder = tmp_path_factory.mktemp("first")
    done = snakemake(folder, select={"subject": ["02", "03"]}, recipe=recipe(1.0))
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture
def copied(first: Path, tmp_path: Path) -> Path:
    """A copy without the memory of Snakemake, and with other times."""
    shutil.copytree(first, tmp_path / "copied", ignore=shutil.ignore_patterns(".snakemake"), copy_function=shutil.copy)
    return tmp_path / "copied"


def again(folder: Path, cutoff_hz: float, *arguments: str, **values: Any) -> subprocess.CompletedProcess[str]:
    return snakemake(folder, *arguments, select={"subject": ["02", "03"]}, recipe=recipe(cutoff_hz), **values)


def test_a_copy_without_snakemakes_memory_is_known_as_done(copied: Path) -> None:
    result = again(copied, 1.0)
    assert "Nothing to be done" in result.stdout + result.stderr


def test_another_parameter_is_noticed_from_another_folder_without_snakemakes_memory(
    copied: Path, tmp_path: Path
) -> None:
    result = again(tmp_path / "elsewhere", 8.0, output=str(copied / "results"))
    assert (result.returncode, cutoffs(copied / "results")) == (0, {8.0})


def test_going_back_to_former_parameters_makes_former_results(copied: Path) -> None:
    for cutoff_hz in (8.0, 1.0):
        assert again(copied, cutoff_hz).returncode == 0
        assert cutoffs(copied / "results") == {cutoff_hz}


def test_a_deleted_signal_is_made_again_and_told(copied: Path) -> None:
    (signal_file,) = copied.rglob("sub-02*_desc-preproc_eeg.eeg")
    content = signal_file.read_bytes()
    signal_file.unlink()
    result = again(copied, 1.0)
    assert (result.returncode, jobs(result)["clean"]) == (0, 1)
    assert f"'{signal_file.name}' is missing: 'clean' runs again" in result.stderr
    assert signal_file.read_bytes() == content


def test_a_shortened_table_of_the_dataset_is_made_again(copied: Path) -> None:
    (status,) = copied.rglob("status.tsv")
    content = status.read_bytes()
    status.write_bytes(content[:-5])
    result = again(copied, 1.0)
    assert (result.returncode, status.read_bytes()) == (0, content)
    assert "clean" not in jobs(result)


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_keeps_the_results_of_recordings_that_were_not_begun_however_often_it_is_pressed(
    copied: Path, times: int
) -> None:
    before = set(copied.rglob("*_desc-preproc_eeg.eeg"))
    assert len(before) == 2
    again(copied, 8.0, "--dry-run")  # writes the configuration
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / "Snakefile"), "--cores", "1"]
    log = (copied / "run.log").open("wb")
    run = subprocess.Popen(
        [*command, "--configfile", "configuration.yaml"], cwd=copied, stdout=log, stderr=log, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while b": cleans " not in (copied / "run.log").read_bytes() and time.monotonic() < deadline:
        time.sleep(0.1)
    for _ in range(times):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.1)
    run.wait(timeout=120)
    told = (copied / "run.log").read_text(encoding="utf-8")
    assert "The run was interrupted by the user: run the same command again to go on." in told
    assert "Traceback" not in told
    assert set(copied.rglob("*_desc-preproc_eeg.eeg")) == before
    assert again(copied, 8.0).returncode == 0
    assert cutoffs(copied / "results") == {8.0}


def test_two_runs_in_one_folder_do_not_mix(copied: Path) -> None:
    holding = [sys.executable, "-c", HOLDER, str(copied / "results")]
    other = subprocess.Popen(holding, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    result = again(copied, 8.0)
    other.kill()
    other.wait()
    assert result.returncode == 2
    assert f"is in use by process {other.pid}" in result.stdout + result.stderr
    assert cutoffs(copied / "results") == {1.0}


@pytest.mark.parametrize(("until", "records"), [("resolve", 0), ("fetch", 0), ("clean", 1)])
def test_until_works_before_the_dataset_is_resolved(tmp_path: Path, until: str, records: int) -> None:
    result = snakemake(tmp_path, "--until", until, select={"subject": ["02"]}, recipe=recipe(1.0))
    assert result.returncode == 0, result.stderr[-2000:]
    assert (tmp_path / "results" / "locks" / "eegmill-sample.lock.json").is_file()
    assert len(list(tmp_path.rglob("*_qc.json"))) == records
