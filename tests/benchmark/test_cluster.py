"""A benchmark as jobs of Snakemake gives the bytes that one process gives."""

from __future__ import annotations

import json
import subprocess

import pytest

from benchmarked import two_tasks
from eegmill.benchmark import run
from eegmill.benchmark.cluster import snakemake_command

BENCHMARK = {
    "name": "jobs",
    "cohorts": {"tiny": {"derivatives": "tiny", "select": {"subject": ["01", "02"]}}},
    "targets": {"activity": {"of": "task", "window_s": 4}},
    "features": {"power": {"features": ["signal_std"]}},
    "models": ["ridge"],
    "seeds": [1],
    "n_permutations": 0,
}


@pytest.mark.workflow
def test_jobs_give_the_bytes_of_one_process_and_are_not_run_again(tmp_path):
    two_tasks(tmp_path / "tiny")
    file = tmp_path / "jobs.yaml"
    file.write_text(json.dumps({**BENCHMARK, "output": str(tmp_path / "jobs")}))
    command = snakemake_command(file, cores=2)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    alone = json.loads(file.read_text()) | {"output": str(tmp_path / "alone")}
    (tmp_path / "alone.yaml").write_text(json.dumps(alone))
    run(tmp_path / "alone.yaml")
    here, there = (tmp_path / name / "benchmark" / "jobs" for name in ("jobs", "alone"))
    for path in sorted(there.iterdir()):
        if path.name != "provenance.json":  # which names the output folder
            assert (here / path.name).read_bytes() == path.read_bytes(), path.name
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Nothing to be done" in again.stdout + again.stderr
