"""Supervision: whatever a job does, it ends as a recorded outcome."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from eegmill.errors import RecordingError
from eegmill.workflow.supervision import Begin, read_failure, supervised


def refuse(_: Begin) -> None:
    msg = "'sub-01_eeg.edf' is cut off"
    raise RecordingError(msg)


def crash(_: Begin) -> None:
    faulthandler.disable()  # pytest's would print every frame
    os.kill(os.getpid(), signal.SIGSEGV)


def starve(_: Begin) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stumble(_: Begin) -> None:
    {}["montage"]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (refuse, "'sub-01_eeg.edf' is cut off"),
        (crash, "segmentation fault"),
        (starve, "the memory ran out"),
        (stumble, "unexpected error, please report it: KeyError"),
    ],
)
def test_a_job_that_ends_badly_leaves_its_reason(tmp_path: Path, job: Callable[[Begin], None], words: str) -> None:
    record = tmp_path / "deep" / "failure.json"
    assert supervised(job, stage="clean", record=record) == 1
    failure = read_failure(record)
    assert failure is not None
    assert failure.stage == "clean"
    assert words in failure.reason


def test_a_job_that_ends_well_removes_an_old_failure(tmp_path: Path) -> None:
    record = tmp_path / "failure.json"
    supervised(refuse, stage="clean", record=record)
    assert supervised(lambda _: None, stage="clean", record=record) == 0
    assert read_failure(record) is None


def test_a_message_meant_for_users_has_no_traceback(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    supervised(refuse, stage="clean", record=tmp_path / "failure.json")
    assert capfd.readouterr().err == "eegmill clean: 'sub-01_eeg.edf' is cut off\n"


def crash_late(begin: Begin) -> None:
    begin("clean")
    begin("report")
    crash(begin)


def test_a_crash_is_told_with_the_stage_that_had_begun(tmp_path: Path) -> None:
    supervised(crash_late, stage="clean", record=tmp_path / "failure.json")
    failure = read_failure(tmp_path / "failure.json")
    assert failure is not None
    assert failure.stage == "report"
