"""Files that other machines write, and that are seen late."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from eegmill.files import late
from eegmill.files.late import is_late, wait_while


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "FIRST_PAUSE_S", 0.001)


def test_what_is_there_is_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert wait_while(lambda: "", max_s=60) == ""
    assert capsys.readouterr().err == ""


def test_a_file_that_comes_late_is_waited_for_and_that_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "receipt.json"
    threading.Timer(0.02, path.touch).start()
    assert wait_while(lambda: "the receipt" if is_late(path) else "", max_s=60) == ""
    assert capsys.readouterr().err.count("eegmill: the receipt: waits for it, up to 60 s") == 1


def test_what_never_comes_is_given_up_with_the_reason(tmp_path: Path) -> None:
    reasons = iter(["a is missing", "b is missing"])
    assert wait_while(lambda: next(reasons, "b is missing"), max_s=0.01) == "b is missing"
    assert is_late(tmp_path / "nowhere" / "receipt.json")


def test_nothing_is_waited_for_where_nobody_is_to_wait(capsys: pytest.CaptureFixture[str]) -> None:
    assert wait_while(lambda: "a is missing", max_s=0) == "a is missing"
    assert capsys.readouterr().err == ""
