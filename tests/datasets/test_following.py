"""A run that somebody waits for, followed by its log for machines."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from eegmill import Dataset
from eegmill.datasets.following import followed

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RUN = """
import json, sys
print("no log")
for stage, name in [("fetch", "b"), ("clean", "a"), ("clean", "b"), ("report", "a")]:
    print(json.dumps({"event": "stage", "recording": name, "stage": stage}))
print("why", file=sys.stderr)
sys.exit(3)
"""


def test_each_recording_is_told_once_as_its_cleaning_begins() -> None:
    begun: list[str] = []
    done = followed([sys.executable, "-c", RUN], {}, begun.append)
    assert (begun, done.returncode, done.stderr) == (["a", "b"], 3, "why\n")


def test_a_download_shows_how_far_it_is_if_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = Dataset("eegmill-sample", subject=["02"])
    sample.download_all()
    assert capsys.readouterr().err == ""
    sample.download_all(verbose=True)
    assert "sub-02_task-arithmetic: fetched" in capsys.readouterr().err
