"""The commands that a derivative records, typed in a folder that has nothing but its ``code/``."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eegmill.provenance.manifest import NAME

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def typed(epoched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands of the README give; the first run had a recipe file and decisions by a person."""
    folder = tmp_path_factory.mktemp("typed")
    shutil.copytree(epoched / "code", folder / "code")
    told = re.search(r"## Doing it again.*?```shell\n(.*?)```", (epoched / "README.md").read_text(), re.DOTALL)
    assert told
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shell = ["bash", "-euc", told[1]]
    done = subprocess.run(
        shell, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "results" / "eegmill-sample" / "derivatives" / "eegmill-readers"


def test_they_make_an_equal_derivative(epoched: Path, typed: Path) -> None:
    assert (typed / NAME).read_text().splitlines() == (epoched / NAME).read_text().splitlines()


def test_the_command_in_prov_is_one_of_them(epoched: Path) -> None:
    (path,) = epoched.glob("prov/prov-sub01*/*_act.json")
    commands = {item["Command"] for item in json.loads(path.read_text())["Activities"]}
    assert commands - {None} <= set((epoched / "README.md").read_text().splitlines())


def test_the_workflow_in_code_is_run_by_snakemake_as_it_lies_there(epoched: Path, tmp_path: Path) -> None:
    shutil.copytree(epoched / "code", tmp_path / "code")
    (tmp_path / "results" / "locks").mkdir(parents=True)
    shutil.copy(tmp_path / "code" / "lock.json", tmp_path / "results" / "locks" / "eegmill-sample.lock.json")
    words = ["--snakefile", "code/Snakefile", "--configfile", "code/config.yaml", "--cores", "1", "--dry-run"]
    command = [sys.executable, "-m", "snakemake", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search(r"^clean +\d", done.stdout + done.stderr, re.MULTILINE)
