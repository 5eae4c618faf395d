"""What a run has made is proved by the command that anyone would type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.workflow
def test_a_fresh_run_is_verified_as_a_whole(finished: tuple[Path, object]) -> None:
    (derivative,) = (finished[0] / "results" / "eegmill-sample" / "derivatives").iterdir()
    done = subprocess.run(
        [sys.executable, "-m", "eegmill", "verify", str(derivative)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "different" not in done.stdout
