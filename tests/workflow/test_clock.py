"""A clock that jumps: nothing is lost by it, and nothing that is new is taken for old."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from eegmill.config.recipes import load_recipe
from eegmill.lock import LockedRecording
from eegmill.workflow.jobs.clean import KEPT_STATES, _drop_old_states
from eegmill.workflow.layout import Layout
from eegmill.workflow.receipts import settle_times
from eegmill.workflow.task import Task
from running import jobs, snakemake

NAME = "sub-01_task-rest"
NEXT_YEAR_S = time.time() + 365 * 86400


def task(output: Path) -> Task:
    entry = LockedRecording(recording=NAME, folder="", datatype="eeg", raw="a.edf", entities={}, files=())
    digests = {"decompose": "f" * 16}
    return Task("ds1", entry, load_recipe("minimal"), 1, (), Layout(output, "ds1", "minimal"), digests)


def test_the_present_state_is_kept_though_the_clock_went_back_since_the_former_ones(tmp_path: Path) -> None:
    asked = task(tmp_path)
    present = asked.layout.state(NAME, "f" * 16)
    present.parent.mkdir(parents=True)
    present.touch()
    for number in range(3):
        former = asked.layout.state(NAME, f"{number:016}")
        former.touch()
        os.utime(former, (NEXT_YEAR_S + number, NEXT_YEAR_S + number))
    _drop_old_states(asked)
    kept = {path.name for path in present.parent.iterdir()}
    assert present.name in kept
    assert len(kept) == KEPT_STATES
    assert f"{NAME}.{2:016}.pkl" in kept  # the youngest of the others


def test_an_input_from_before_the_clock_went_back_is_no_longer_newer_than_the_output(tmp_path: Path) -> None:
    ahead, behind = tmp_path / "ahead.json", tmp_path / "behind.json"
    ahead.touch()
    behind.touch()
    os.utime(ahead, (NEXT_YEAR_S, NEXT_YEAR_S))
    os.utime(behind, (1.0, 1.0))
    settle_times(tmp_path)
    assert ahead.stat().st_mtime <= time.time()
    assert behind.stat().st_mtime == 1.0
    settle_times(tmp_path / "nowhere")


@pytest.mark.workflow
def test_a_run_goes_on_though_what_is_done_was_made_in_the_future(tmp_path: Path) -> None:
    asked = {"recipe": [{"import": {}}, {"reference": {}}], "select": {"subject": ["03"]}}
    assert snakemake(tmp_path, **asked).returncode == 0
    work = tmp_path / "results" / "work" / "eegmill-sample"
    for path in work.rglob("*"):
        os.utime(path, (NEXT_YEAR_S, NEXT_YEAR_S))
    for stage in ("index", "manifest"):
        next((work / stage).glob("*.json")).unlink()
    again = snakemake(tmp_path, **asked)
    assert again.returncode == 0, again.stderr[-3000:]
    assert jobs(again).keys() >= {"index", "manifest"}
    assert "clean" not in jobs(again)
