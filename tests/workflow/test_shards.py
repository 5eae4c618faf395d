"""Many datasets, a part at a time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.errors import ConfigurationError
from eegmill.files.atomic import write_json
from eegmill.files.shipped import workflow_root
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.workflow import shards as module
from eegmill.workflow.in_use import hold
from eegmill.workflow.plan import Plan
from eegmill.workflow.shards import HELD, run_in_shards, run_to_its_end, shards
from eegmill.workflow.status import run_status

SAMPLE = workflow_root() / "src" / "eegmill" / "sample" / "eegmill-sample"


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 50)), st.integers(1, 40))
def test_every_dataset_is_in_one_part_in_its_order(sizes: dict[str, int], bound: int) -> None:
    parts = shards(sizes, bound)
    assert [dataset for part in parts for dataset in part] == list(sizes)
    assert all(len(part) == 1 or sum(sizes[name] for name in part) <= bound for part in parts)


def lock(output: Path, dataset: str, names: tuple[str, ...] = ("sub-01",)) -> None:
    entries = tuple(
        LockedRecording(
            recording=f"{name}_task-rest",
            folder=name,
            datatype="eeg",
            raw=f"{name}/eeg/{name}_task-rest_eeg.edf",
            entities={},
            files=(
                LockedFile(path=f"{name}/eeg/{name}_task-rest_eeg.edf", url="https://example.org/a.edf", role="raw"),
            ),
        )
        for name in names
    )
    made = Lock(dataset=dataset, api="x", database="x", filter={}, resolved_at="", recordings=entries)
    write_json(output / "locks" / f"{dataset}.lock.json", made.model_dump(mode="json"))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    for dataset in ("ds1", "ds2", "ds3"):
        lock(tmp_path, dataset)
    return Plan.from_values({"output": str(tmp_path), "datasets": ["ds1", "ds2", "ds3"], "recipe": "minimal"})


def commands(started: list[tuple[str, ...]], codes: dict[str, int] | None = None) -> Callable[[Plan], list[str]]:
    """A command for each part, which is noted, and ends with a code."""

    def command(part: Plan) -> list[str]:
        started.append(part.datasets)
        return [sys.executable, "-c", f"raise SystemExit({(codes or {}).get(part.datasets[0], 0)})"]

    return command


def test_a_part_that_fails_stops_no_other(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shards", lambda sizes: [(name,) for name in sizes])
    started: list[tuple[str, ...]] = []
    assert run_in_shards(plan, commands(started, {"ds1": 1})) == 1
    assert started == [("ds1",), ("ds2",), ("ds3",)]


def test_a_dataset_whose_lock_is_damaged_stops_no_other(plan: Plan, capfd: pytest.CaptureFixture[str]) -> None:
    plan.layout("ds2").lock.write_text("{")
    started: list[tuple[str, ...]] = []
    assert run_in_shards(plan, commands(started)) == 1
    assert started == [("ds1", "ds3")]
    assert "ds2: was left out: " in capfd.readouterr().err


def test_a_dataset_that_cannot_be_resolved_stops_no_other(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lock(tmp_path, "ds1")
    values = {"output": str(tmp_path), "datasets": ["ds1", "ds99999999"], "recipe": "minimal"}
    started: list[tuple[str, ...]] = []
    assert run_in_shards(Plan.from_values(values), commands(started)) == 1
    assert started == [("ds1",)]
    assert "ds99999999: is left out: Dataset 'ds99999999' is not in the catalogue" in capfd.readouterr().err
    (failed,) = [row for row in run_status(tmp_path) if row.dataset == "ds99999999"]
    assert failed.reasons[0].stage == "resolve"
    assert failed.reasons[0].recordings == ()


def test_a_dry_run_resolves_nothing(tmp_path: Path) -> None:
    values = {"output": str(tmp_path), "datasets": ["eegmill-sample", "ds99999999"], "recipe": "minimal"}
    started: list[tuple[str, ...]] = []
    assert run_in_shards(Plan.from_values(values), commands(started), dry_run=True) == 0
    assert started == [("eegmill-sample", "ds99999999")]
    assert not list(tmp_path.iterdir())


def test_one_run_of_many_datasets_at_a_time(plan: Plan) -> None:
    held = hold(Path(plan.configuration.output), HELD)
    with pytest.raises(ConfigurationError, match="is in use by process"):
        run_in_shards(plan, commands([]))
    held.release()


@pytest.mark.usefixtures("hangups_are_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_reaches_the_part_that_runs(tmp_path: Path, number: int) -> None:
    code = (
        "import signal, sys, time\n"
        "for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\n"
        "    signal.signal(one, lambda got, _: sys.exit(40 + got))\n"
        "open('begun', 'w').close(); time.sleep(60)"
    )
    program = (
        f"from eegmill.workflow.shards import *; import sys; sys.exit(run_to_its_end([sys.executable, '-c', {code!r}]))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(30) == 40 + number


def test_a_command_ends_with_its_code() -> None:
    assert run_to_its_end([sys.executable, "-c", "raise SystemExit(3)"]) == 3


@pytest.mark.workflow
def test_many_datasets_are_run_while_one_fails_and_a_second_run_does_that_one_alone(tmp_path: Path) -> None:
    for name in ("study1", "study2"):
        shutil.copytree(SAMPLE, tmp_path / name)
    (tmp_path / "run.yaml").write_text(
        "datasets: [./study1, ds99999999, ./study2]\nrecipe: minimal\nselect: {subject: ['04']}\n"
    )
    command = [sys.executable, "-m", "eegmill", "run", "--configfile", "run.yaml"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ)

    first, second = run(), run()
    assert (first.returncode, second.returncode) == (1, 1)
    assert "3 datasets: 2 ok; " in first.stderr
    assert "2 of 3 datasets are whole already" in second.stderr
    assert "part 1" not in second.stderr
    page = (tmp_path / "results" / "index.html").read_text()
    assert 'href="study2/derivatives/eegmill-minimal/index.html"' in page
    assert "is not in the catalogue" in page
