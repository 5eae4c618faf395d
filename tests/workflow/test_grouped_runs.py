"""Runs in which one job cleans several recordings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eegmill.files.atomic import write_json
from eegmill.files.shipped import workflow_root
from eegmill.files.tables import read_tsv
from eegmill.lock import Lock, LockedFile, LockedRecording, read_lock
from eegmill.workflow.status import run_status
from running import jobs, snakemake

pytestmark = pytest.mark.workflow
QUICK = [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]
DERIVATIVE = "results/eegmill-sample/derivatives/eegmill-custom"


def receipts(folder: Path) -> set[str]:
    found = folder.glob("results/work/*/*/sub-*.json")
    return {path.relative_to(folder).as_posix() for path in found}


def test_results_and_receipts_are_the_same_however_recordings_are_grouped(tmp_path: Path) -> None:
    for wanted in (1, 3):
        done = snakemake(tmp_path / str(wanted), recipe=QUICK, recordings_per_job=wanted)
        assert done.returncode == 0, done.stderr[-3000:]
    alone, together = tmp_path / "1", tmp_path / "3"
    manifest = f"{DERIVATIVE}/manifest-sha256.txt"
    assert (alone / manifest).read_text() == (together / manifest).read_text()
    assert receipts(alone) == receipts(together)
    assert len(list(alone.glob("results/work/*/groups/*.clean.done"))) == 4
    assert len(list(together.glob("results/work/*/groups/*.clean.done"))) == 2
    again = snakemake(alone, recipe=QUICK, recordings_per_job=2)
    assert "Nothing to be done" in again.stdout + again.stderr


def test_what_is_done_is_done_again_where_snakemake_is_told_to(tmp_path: Path) -> None:
    asked = {"recipe": QUICK, "select": {"subject": ["03", "04"]}}
    assert snakemake(tmp_path, **asked).returncode == 0
    assert jobs(snakemake(tmp_path, "--forcerun", "clean", "--dry-run", **asked))["clean"] == 1
    pages = list((tmp_path / DERIVATIVE).rglob("*_report.html"))
    before = {page: page.stat().st_mtime_ns for page in pages}
    assert snakemake(tmp_path, "--forcerun", "clean", **asked).returncode == 0
    assert all(page.stat().st_mtime_ns > before[page] for page in pages)


def test_a_recording_that_cannot_be_fetched_keeps_no_other_from_being_cleaned(tmp_path: Path) -> None:
    first = snakemake(tmp_path, "--until", "resolve", recipe=QUICK, select={"subject": ["03", "04"]})
    assert first.returncode == 0
    lock = read_lock(tmp_path / "results" / "locks" / "eegmill-sample.lock.json")
    name = "sub-05_task-arithmetic"
    file = LockedFile(path=f"sub-05/eeg/{name}_eeg.edf", url=(tmp_path / "nowhere.edf").as_uri(), role="raw")
    absent = LockedRecording(recording=name, folder="sub-05", datatype="eeg", raw=file.path, entities={}, files=(file,))
    more = Lock(**{**dict(lock), "dataset": "ds1", "recordings": (*lock.recordings, absent)})
    write_json(tmp_path / "results" / "locks" / "ds1.lock.json", more.model_dump(mode="json"))
    result = snakemake(tmp_path, "--retries", "1", recipe=QUICK, datasets=["ds1"])
    assert result.returncode == 1
    assert f"{name}: fetch: " in result.stderr
    rows = read_tsv(tmp_path / "results" / "ds1" / "derivatives" / "eegmill-custom" / "status.tsv")
    assert [row["status"] for row in rows] == ["ok", "ok", "failed"]
    assert snakemake(tmp_path, "--until", "fetch", recipe=QUICK, datasets=["ds1"]).returncode == 1


def test_a_group_whose_process_is_killed_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    asked = {"recipe": QUICK, "recordings_per_job": 4}
    assert snakemake(tmp_path, "--until", "fetch", **asked).returncode == 0
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / "Snakefile"), "--cores", "1"]
    command += ["--configfile", "configuration.yaml"]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = tmp_path / "results" / "work" / "eegmill-sample" / "report"
    deadline = time.monotonic() + 120
    while not receipts_in(done):
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.01)
    for process in processes_of("eegmill.workflow clean", tmp_path):
        os.kill(process, signal.SIGKILL)
    assert run.wait() == 1
    first = {path: path.stat().st_mtime_ns for path in receipts_in(done)}
    assert 1 <= len(first) < 4
    assert snakemake(tmp_path, **asked).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in first} == first
    assert run_status(tmp_path / "results")[0].counts == {"ok": 4}


def receipts_in(folder: Path) -> list[Path]:
    """What was done; the reason of a recording that was broken off lies beside it until it is done."""
    return [path for path in folder.glob("*.json") if not path.name.endswith(".failure.json")]


def processes_of(words: str, folder: Path) -> list[int]:
    """The process whose command has these words and that works in a folder; its children look like it."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in command and "python" in command.split()[0]:
                    found.append(int(entry.name))
        except OSError:
            continue
    return sorted(found)[:1]
