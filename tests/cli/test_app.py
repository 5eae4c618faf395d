"""The command line: help, exit codes, and messages instead of tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.config.models import load_configuration
from eegmill.version import __version__

COMMANDS = [
    "search",
    "show",
    "init",
    "run",
    "resolve",
    "fetch",
    "lock",
    "clean",
    "status",
    "report",
    "verify",
    "check",
    "prune",
    "export",
    "dehydrate",
    "rehydrate",
    "attest",
    "serve",
]


def eegmill(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eegmill", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [*COMMANDS, "cache", "catalog"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == __version__


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["verify", "nowhere"], 1, "'nowhere' is no folder"),
        (["resolve", "--configfile", "none.yaml"], 2, "Configuration 'none.yaml' does not exist"),
        (["lock", "none.json"], 2, "There is no lock 'none.json'"),
        (["clean", "a.edf", "b.vhdr"], 2, "'a.edf' does not exist"),
        (["run", "--config", "x.yaml"], 2, "--configfile"),
        (["run", "--until", "fetch"], 2, "Options of Snakemake follow '--'"),
        (["run", "x.yaml"], 2, "Configuration 'x.yaml' does not exist"),
        (["run", "x.edf"], 2, "'eegmill clean x.edf' cleans single files"),
        (["run", "eegmill-sample", "--participant-label", "01", "02"], 2, "--participant-label 01,02"),
        (["run", "./x"], 2, "Dataset './x' does not exist"),
        (["run", "."], 2, "is no BIDS dataset"),
        (["run", "eegmill-sample", "--output", "a{b}"], 2, "braces"),
        (["run", "eegmill-sample", "--output", "/proc/x"], 2, "'/proc/x' cannot be written"),
        (["status", "."], 2, "is neither the output folder of a run"),
        (["report", "."], 2, "is neither the output folder of a run"),
        (["report", "eegmill-sample"], 2, "There is no derivative 'results/eegmill-sample/derivatives/eegmill*'"),
        (["run"], 2, "A BIDS folder: eegmill run path/to/my_bids"),
        (["run", "ds00380"], 2, "did you mean 'ds003810'"),
        (["run", "eegmill-sample", "-n", "--participant-label", "09"], 2, "there are: 01, 02, 03, 04"),
        (["resolve"], 2, "Nothing to resolve is named"),
        (["init", "./x"], 2, "'./x' does not exist"),
        (["init", "nosuch"], 2, "'nosuch' is not in the shipped catalogue"),
        (["init", "ds00380"], 2, "did you mean 'ds003810'"),
        (["init", "."], 2, "holds no recordings"),
        (["init", "a b"], 2, "'a b' is no dataset ID"),
        (["cache", "show", "."], 2, "is no eegmill cache"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_bad_input_is_told_in_words(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    result = eegmill(*arguments, folder=tmp_path)
    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert "WorkflowError" not in result.stderr
    assert list(tmp_path.glob("*.yaml")) == []


def test_init_writes_a_configuration_that_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init", "ds003805"]).exit_code == 0
    values = yaml.safe_load(Path("ds003805.yaml").read_text(encoding="utf-8"))
    assert load_configuration(values).datasets == ("ds003805",)


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "ds1.yaml").write_text("mine", encoding="utf-8")
    result = eegmill("init", "ds1", folder=tmp_path)
    assert result.returncode == 2
    assert (tmp_path / "ds1.yaml").read_text(encoding="utf-8") == "mine"


def test_threads_are_pinned_before_numpy_is_imported(tmp_path: Path) -> None:
    script = (
        "import sys, eegmill.__main__ as m, eegmill.machine as t\n"
        "assert 'numpy' not in sys.modules\n"
        "t.fix_environment(); import numpy, threadpoolctl\n"
        "print({pool['num_threads'] for pool in threadpoolctl.threadpool_info()})"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "{1}"


def test_planning_and_fetching_load_no_numpy() -> None:
    script = "import sys, eegmill.workflow.plan, eegmill.workflow.jobs.fetch; print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("offline", "code", "words"), [("0", 0, "4 of 4 recordings"), ("1", 0, "4 of 4"), ("2", 2, "is '2'; it is 1 or 0")]
)
def test_the_sample_is_resolved_and_fetched(tmp_path: Path, offline: str, code: int, words: str) -> None:
    (tmp_path / "c.yaml").write_text("datasets: [eegmill-sample]\noutput: out\napi: {url: embedded}\n")
    assert eegmill("resolve", "--configfile", "c.yaml", folder=tmp_path).returncode == 0
    environment = {**os.environ, "EEGMILL_OFFLINE": offline}
    command = [sys.executable, "-m", "eegmill", "fetch", "eegmill-sample", "--configfile", "c.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code, done.stderr
    assert words in done.stdout + done.stderr
