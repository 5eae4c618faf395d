"""What is loaded before forking: nearly all that a recording needs, and nothing that runs a thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECIPES = ("eegprep", "minimal", "prep", "autoreject")
PROGRAM = """
import json, os, sys
from eegmill.machine import fix_environment
fix_environment()
from eegmill.workflow.plan import Plan
from eegmill.workflow.preload import load_libraries
plan = Plan.from_values({"datasets": ["eegmill-sample"], "recipe": sys.argv[1]})
load_libraries(plan, "clean")
threads, before = len(os.listdir("/proc/self/task")), set(sys.modules)
import eegmill
from eegmill.workflow.loose import clean_loose, loose_file
from pathlib import Path
file = Path(eegmill.__file__).parent / "sample/eegmill-sample/sub-04/eeg/sub-04_task-arithmetic_eeg.edf"
task = loose_file(file).task(plan.recipe, Path(sys.argv[2]), seed=1, overrides=())
clean_loose(task, lambda *_: None)
print(json.dumps([threads, sorted(set(sys.modules) - before)]))
"""
LARGE = ("scipy", "sklearn", "pandas", "pyprep", "autoreject", "jinja2")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux tells them")
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_job_that_forks_has_loaded_all_and_runs_no_thread(tmp_path: Path, recipe: str) -> None:
    command = [sys.executable, "-c", PROGRAM, recipe, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    threads, later = json.loads(result.stdout.splitlines()[-1])
    assert threads == 1
    assert [name for name in later if name.split(".")[0] in LARGE] == []
