"""A clock that jumps: nothing is lost by it, and nothing that is new is taken for old."""

from __future__ import annotations

import os
import time
from pathlib import Path

from eegmill.config.recipes import load_recipe
from eegmill.lock import LockedRecording
from eegmill.workflow.jobs.clean import KEPT_STATES, _drop_old_states
from eegmill.workflow.layout import Layout
from eegmill.workflow.task import Task

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
