"""Every block of README and documentation runs as it stands, or is declared in ``not_run`` with the reason.

Blocks of a page run in order in one folder, the desk: the sample with a derivative, a BIDS folder, a folder of
recordings. Python of tutorials runs in an empty folder, by ``tests/test_tutorials.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from eegmill.benchmark.configuration import Benchmark
from eegmill.config.models import load_configuration
from eegmill.config.overrides import read_overrides
from eegmill.config.recipes import load_recipe
from eegmill.multiverse.grid import Grid
from not_run import ELSEWHERE, PLANNED, SHOWN
from snippets import ROOT, WITH_SNIPPETS, Snippet, snippets_of

SAMPLE = ROOT / "src" / "eegmill" / "sample" / "eegmill-sample"
EDF = "sub-02/eeg/sub-02_task-arithmetic_eeg.edf"
PLACEHOLDERS = {
    "path/to/my_bids": ("my_datasets", "path/to/your/bids/dataset"),
    "kept/eegmill-sample/derivatives/eegmill": (
        "eegmill",
        "path/to/derivative",
        "path/to/eegmill",
    ),
}
"""What lies on the desk, and the names that pages have for it. What is proved is none that other pages add to."""


def make_bids(folder: Path) -> None:
    """A small BIDS folder: two people at rest."""
    for subject in ("01", "02"):
        (folder / f"sub-{subject}" / "eeg").mkdir(parents=True)
        shutil.copy(SAMPLE / EDF, folder / f"sub-{subject}" / "eeg" / f"sub-{subject}_task-rest_eeg.edf")
    shutil.copy(SAMPLE / "dataset_description.json", folder)
    shutil.copy(SAMPLE / "task-arithmetic_eeg.json", folder / "task-rest_eeg.json")


@pytest.fixture(scope="module")
def desk(epoched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all that pages name lies at its place."""
    folder = tmp_path_factory.mktemp("desk")
    for results in ("results", "kept"):
        shutil.copytree(epoched.parents[2], folder / results, symlinks=True)
        (folder / results / "eegmill-sample" / "derivatives" / "eegmill").symlink_to(epoched.name)
    shutil.copytree(ROOT / "config", folder / "config")
    make_bids(folder / "path" / "to" / "my_bids")
    (folder / "path" / "to" / "recordings").mkdir()
    for copy in (folder / "path" / "to" / "recordings" / "ann_rest.edf", folder / "bob_rest.edf"):
        shutil.copy(SAMPLE / EDF, copy)
    for lies, names in PLACEHOLDERS.items():
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(folder / lies)
    return folder


@pytest.fixture(scope="module")
def typed() -> set[str]:
    """Commands that have run on the desk: two pages that tell the same need it once."""
    return set()


def type_in(command: str, desk: Path) -> None:
    """Run a command as a person would who stands at the desk, without network."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "EEGMILL_OFFLINE": "1"}
    shell = ["bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(shell, cwd=desk, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}"


def check_yaml(text: str) -> None:
    """A block is right for what it is a file of."""
    values = yaml.safe_load(text)
    if "jobs" in values or "image" in values.get("eeg", {}):
        return  # for a CI of others: it is YAML, and its commands stand on the page too
    if "steps" in values:
        load_recipe([step if isinstance(step, dict) else {step: {}} for step in values["steps"]])
    elif "models" in values:
        Benchmark.model_validate(values)
    elif "choices" in values:
        Grid.model_validate(values)
    else:
        load_configuration(values)


def check_table(text: str, desk: Path) -> None:
    table = desk / "table.tsv"
    table.write_text(text, encoding="utf-8")
    assert read_overrides(table)


def check_files(text: str, desk: Path) -> None:
    """Of R and MATLAB: the files that are read lie where the block looks for them."""
    named = re.findall(r"""["']([\w./-]+\.(?:tsv|parquet|vhdr|set))["']""", text)
    folders = [desk / folder for folder in re.findall(r"""["'](results/[\w./-]+/eeg)["']""", text)]
    assert named
    for name in named:
        assert any((folder / name).is_file() for folder in (*folders, desk)), name


def run_python(snippet: Snippet, scope: dict[str, Any]) -> None:
    if snippet.page.startswith("docs/tutorials/"):
        return
    code = compile("\n" * (snippet.line - 1) + snippet.text, snippet.page, "exec")
    exec(code, scope)  # the pages are ours


def run_bash(snippet: Snippet, desk: Path, typed: set[str]) -> None:
    for command in snippet.commands:
        if command in ELSEWHERE or command in typed:
            continue
        type_in(f"{command} --dry-run" if command in PLANNED else command, desk)
        typed.add(command)


@pytest.mark.workflow
@pytest.mark.parametrize("page", WITH_SNIPPETS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_does_what_it_says(
    page: Path, desk: Path, typed: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    monkeypatch.setenv("EEGMILL_OFFLINE", "1")
    scope: dict[str, Any] = {"__name__": "__main__"}
    runners: dict[str, Callable[[Snippet], object]] = {
        "python": lambda snippet: run_python(snippet, scope),
        "bash": lambda snippet: run_bash(snippet, desk, typed),
        "yaml": lambda snippet: check_yaml(snippet.text),
        "toml": lambda snippet: tomllib.loads(snippet.text),
        "tsv": lambda snippet: check_table(snippet.text, desk),
        "r": lambda snippet: check_files(snippet.text, desk),
        "matlab": lambda snippet: check_files(snippet.text, desk),
        **dict.fromkeys(SHOWN, lambda _: None),
    }
    for snippet in snippets_of(page):
        assert snippet.language in runners, f"{snippet.page}:{snippet.line}: nobody runs '{snippet.language}'"
        runners[snippet.language](snippet)


def test_what_is_not_run_is_still_told_somewhere() -> None:
    told = {command for page in WITH_SNIPPETS for snippet in snippets_of(page) for command in snippet.commands}
    assert {*ELSEWHERE, *PLANNED} <= told


@pytest.mark.parametrize("reason", sorted(set(ELSEWHERE.values())))
def test_a_reason_names_tests_that_exist(reason: str) -> None:
    assert all((ROOT / path).exists() for path in re.findall(r"tests/[\w/.]*\w", reason))
