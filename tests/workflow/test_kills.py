"""Runs that are killed at random moments; a hundred of them: ``python -m validation.benchmarks.kills``."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from validation.benchmarks.kills import Setup, Tally, one_round

pytestmark = pytest.mark.workflow


def test_a_run_that_was_killed_ends_as_one_that_was_not(tmp_path: Path) -> None:
    setup = Setup.made(tmp_path, datasets=1)
    began = time.monotonic()
    assert setup.start().wait() == 0
    length_s, expected, tally = time.monotonic() - began, setup.files(), Tally()
    one_round(setup, random.Random(2), tally, kills=2, length_s=0.7 * length_s)
    assert tally.killed.total() == 2
    assert tally.faults == []
    assert setup.files() == expected
