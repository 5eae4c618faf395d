"""What Snakemake and its users expect of a workflow."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from eegmill.files.atomic import write_json
from eegmill.files.shipped import workflow_root
from eegmill.lock import Lock, LockedFile, LockedRecording
from running import jobs, snakemake

pytestmark = pytest.mark.workflow
ONE = {"select": {"subject": ["04"]}, "recipe": "minimal"}


def run(folder: Path, snakefile: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / snakefile), "--cores", "2"]
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=600)


def test_another_workflow_takes_it_as_a_module_and_goes_on_from_its_results(tmp_path: Path) -> None:
    result = run(tmp_path, "docs/as_module/Snakefile")
    assert result.returncode == 0, result.stderr[-3000:]
    assert (tmp_path / "counts.txt").read_text().startswith("eegmill-sample (minimal): 1 ok;")


def test_the_snakefile_of_the_catalogue_plans_the_same_jobs(tmp_path: Path) -> None:
    result = run(tmp_path, "workflow/Snakefile", "--dry-run")
    assert result.returncode == 0, result.stderr[-3000:]
    assert "resolve" in result.stdout + result.stderr


def test_settings_may_come_from_the_command_line(tmp_path: Path) -> None:
    result = run(tmp_path, "Snakefile", "--dry-run", "-p", "--config", "recipe=minimal", "output=elsewhere")
    assert result.returncode == 0, result.stderr[-3000:]
    assert "elsewhere/work/eegmill-sample/resolve/" in result.stdout + result.stderr


def test_a_finished_run_can_be_summed_up_and_done_again_from_a_rule_on(tmp_path: Path) -> None:
    assert snakemake(tmp_path, "--until", "clean", **ONE).returncode == 0
    assert list(tmp_path.glob("results/work/*/report/*.json"))
    assert not list(tmp_path.glob("results/work/*/dataset/*.json"))
    assert snakemake(tmp_path, **ONE).returncode == 0
    assert snakemake(tmp_path, "--summary", **ONE).returncode == 0
    again = snakemake(tmp_path, "--forcerun", "validate", "--dry-run", **ONE)
    assert "validate" in again.stdout + again.stderr
    assert "clean" not in jobs(again)


def test_a_report_of_snakemake_holds_pages_and_tables(tmp_path: Path) -> None:
    assert snakemake(tmp_path, "show", **ONE).returncode == 0
    result = snakemake(tmp_path, "show", "--report", "report.zip", **ONE)
    assert result.returncode == 0, result.stderr[-3000:]
    with zipfile.ZipFile(tmp_path / "report.zip") as report:
        names = report.namelist()
    assert any(name.endswith("_report.html") for name in names)
    assert any(name.endswith(".tsv") for name in names)


CONDA = """#!/bin/sh
case "$1" in
  --version) echo "conda 25.1.0" ;;
  config) echo '{"get": {"channel_priority": "strict"}}' ;;
  info) echo '{"conda_version": "25.1.0", "conda_prefix": "/nowhere", "platform": "linux-64"}' ;;
  *) exit 1 ;;
esac
"""


def test_environments_of_conda_are_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conda = tmp_path / "bin" / "conda"  # answers what Snakemake asks before it makes an environment
    conda.parent.mkdir()
    conda.write_text(CONDA)
    conda.chmod(0o755)
    monkeypatch.setenv("PATH", f"{conda.parent}:{os.environ['PATH']}")
    result = snakemake(tmp_path, "--dry-run", "--sdm", "conda", **ONE)
    assert result.returncode == 0, result.stderr[-3000:]
    assert re.search(r"Conda environment .*envs/eegmill\.yaml will be created", result.stdout + result.stderr)


def test_unit_tests_are_generated_for_every_rule_on_a_dataset(tmp_path: Path) -> None:
    for name in ("workflow", "envs", "profiles"):
        shutil.copytree(workflow_root() / name, tmp_path / name)
    shutil.copy(workflow_root() / "Snakefile", tmp_path)
    own = ["--snakefile", "Snakefile"]  # Snakemake wants it below the working folder
    assert snakemake(tmp_path, *own, **ONE).returncode == 0
    result = snakemake(tmp_path, *own, "--generate-unit-tests", "unit", **ONE)
    assert result.returncode == 0, result.stderr[-3000:]
    written = {path.stem.removeprefix("test_") for path in tmp_path.glob("unit/test_*.py")}
    # Jobs on recordings are grouped as a run is planned: of what is done there are none.
    assert {"dataset", "validate", "manifest"} <= written


def test_an_attempt_that_cannot_go_better_than_the_last_ends_at_once(tmp_path: Path) -> None:
    name = "sub-01_task-rest"
    file = LockedFile(path=f"sub-01/eeg/{name}_eeg.edf", url=(tmp_path / "nowhere.edf").as_uri(), role="raw")
    entry = LockedRecording(recording=name, folder="sub-01", datatype="eeg", raw=file.path, entities={}, files=(file,))
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=(entry,))
    write_json(tmp_path / "results" / "locks" / "ds1.lock.json", lock.model_dump(mode="json"))
    result = snakemake(tmp_path, "--retries", "2", datasets=["ds1"], recipe="minimal")
    assert result.returncode == 1
    assert (result.stdout + result.stderr).count("ds1: fetch: is tried again") == 0
    (log,) = tmp_path.glob("results/work/ds1/groups/*.clean.log")
    assert "nowhere.edf' does not exist" in log.read_text()
