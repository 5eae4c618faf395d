"""One run at a time in an output folder."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eegmill.errors import ConfigurationError
from eegmill.workflow.in_use import hold, is_held, only_looks

HOLDER = """
import sys, time
from pathlib import Path
from eegmill.workflow.in_use import hold
held = hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(ConfigurationError, match=f"in use by process {holder.pid} of "):
        hold(tmp_path)


def test_a_killed_run_holds_nothing(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    held = hold(tmp_path)
    assert str(os.getpid()) in (tmp_path / "work" / ".in-use.json").read_text()
    held.release()


def test_who_only_looks_knows_that_a_run_is_at_work(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert is_held(tmp_path)
    holder.kill()
    holder.wait()
    assert not is_held(tmp_path)
    assert not is_held(tmp_path / "nowhere")
    hold(tmp_path).release()


@pytest.mark.parametrize(
    "arguments", [["-n"], ["-nc1"], ["-Fn"], ["-nq"], ["--dry-run"], ["--summary"], ["--cores", "2", "--dag"]]
)
def test_a_look_needs_no_hold(arguments: list[str]) -> None:
    assert only_looks(["snakemake", *arguments])


@pytest.mark.parametrize(
    "arguments", [[], ["--cores", "2"], ["-sSnakefile"], ["--configfile", "n.yaml"], ["--until", "clean"]]
)
def test_a_run_does(arguments: list[str]) -> None:
    assert not only_looks(["snakemake", *arguments])


def test_a_folder_without_locks_is_worked_in_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refused)
    hold(tmp_path).release()
    assert "a file system without locks" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "work").iterdir()] == [".in-use.json"]
