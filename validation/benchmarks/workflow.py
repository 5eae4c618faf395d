"""What the workflow costs beside the cleaning: starting, planning, finding nothing to do, looking a recording up.

    python -m validation.benchmarks.workflow [one] [start] [nothing] [dry-run] [shards] [--quick]

Prints a Markdown section; without arguments all five parts. ``--quick`` plans a tenth of the recordings. Recordings are made up where nothing is cleaned: their locks have ten
files each, and their receipts are those of a run that is done. CPU seconds are user and system time of a process and its children.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from eegmill.files.atomic import write_json
from eegmill.files.shipped import workflow_root
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.provenance.activity import FileDigest
from eegmill.workflow.entries import read_entry, write_index
from eegmill.workflow.groups import Groups
from eegmill.workflow.plan import VARIABLE, Plan
from eegmill.workflow.receipts import Receipt, write_receipt
from eegmill.workflow.shards import MAX_RECORDINGS
from eegmill.workflow.stages import OF_DERIVATIVES, OF_RECORDINGS
from validation.markdown import print_table
from validation.processes import Cost, cost_of
from validation.recordings import data_folder

DATASET = "made-up"
N_FILES = 10
N_DONE, N_PLANNED, N_IN_SHARDS = 1000, (1000, 10_000), 100_000
FILES = {"fetch": 10, "decompose": 1, "clean": 14, "report": 1}
"""How many files the receipt of each stage lists."""
N_LOOKED_UP = 200
REPEATS = 3
Row = tuple[str, str, str]


class OneCore:
    """Snakemake's settings on one core."""

    cores: int | None = 1
    again = False
    only: frozenset[str] | None = None


def entry(number: int) -> LockedRecording:
    """A recording that nobody has, with as many files as usual."""
    name = f"sub-{number:05}_task-rest"
    folder = f"sub-{number:05}"
    raw = f"{folder}/eeg/{name}_eeg.edf"
    names = [raw, *(f"{folder}/eeg/{name}_part-{part}.json" for part in range(N_FILES - 1))]
    files = tuple(
        LockedFile(
            path=path, url=f"s3://openneuro.org/ds000000/{path}", role="raw" if path == raw else "sidecar", size=10**6
        )
        for path in names
    )
    return LockedRecording(recording=name, folder=folder, datatype="eeg", raw=raw, entities={"sub": name}, files=files)


def plan_of(folder: Path, recordings: tuple[LockedRecording, ...]) -> Plan:
    """A plan over recordings, whose lock is written."""
    lock = Lock(dataset=DATASET, api="x", database="x", filter={}, resolved_at="", recordings=recordings)
    write_json(folder / "results" / "locks" / f"{DATASET}.lock.json", lock.model_dump(mode="json"))
    (folder / "config.yaml").write_text(json.dumps({"datasets": [DATASET], "output": "results"}))  # JSON is YAML
    os.chdir(folder)
    return Plan.from_values({"datasets": [DATASET], "output": "results"})


def finish(plan: Plan) -> None:
    """Receipts as a run leaves them that is done, and the files that they list."""
    layout = plan.layout(DATASET)
    for stage in OF_RECORDINGS:
        for recording in plan.lock(DATASET).recordings:
            name = recording.recording
            digest = plan.digest(stage, DATASET, name)
            files = tuple(_made(layout.derivative, f"{recording.folder}/eeg/{stage}_{n}") for n in range(FILES[stage]))
            write_receipt(layout, Receipt(stage=stage, dataset=DATASET, name=name, digest=digest, files=files))
    for stage in OF_DERIVATIVES:
        name, digest = plan.name(stage, DATASET), plan.digest(stage, DATASET)
        write_receipt(layout, Receipt(stage=stage, dataset=DATASET, name=name, digest=digest))
    layout.derivative.mkdir(parents=True, exist_ok=True)
    statuses = "".join(f"{item.recording}\tok\n" for item in plan.lock(DATASET).recordings)
    (layout.derivative / "status.tsv").write_text("recording\tstatus\n" + statuses)


def _made(root: Path, path: str) -> FileDigest:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("x")
    return FileDigest(place="derivative", path=path, size=1, sha256="0" * 64)


def snakemake(folder: Path, *arguments: str) -> Cost:
    """The main command."""
    files = ["--snakefile", str(workflow_root() / "Snakefile"), "--configfile", "config.yaml"]
    return cost_of([sys.executable, "-m", "snakemake", *files, "--cores", "2", *arguments], folder=folder)


def dry_runs(*, quick: bool) -> list[Row]:
    """Planning recordings of which none is done."""
    rows = []
    for n_recordings in N_PLANNED[:1] if quick else N_PLANNED:
        with tempfile.TemporaryDirectory() as name:
            plan_of(Path(name), tuple(entry(number) for number in range(n_recordings)))
            cost = snakemake(Path(name), "--dry-run", "--quiet")
        aim = "60, 500 MB" if n_recordings == N_PLANNED[-1] else ""
        rows.append((f"dry run of {n_recordings:,} recordings", f"{cost.cpu_s:.1f} ({cost.peak_mb:.0f} MB)", aim))
    return rows


def in_shards(*, quick: bool) -> list[Row]:
    """Planning many datasets part by part, as ``eegmill run`` does."""
    n_recordings = N_IN_SHARDS // (10 if quick else 1)
    names = [f"{DATASET}-{number}" for number in range(n_recordings // MAX_RECORDINGS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(json.dumps({"datasets": names, "output": "results"}))
        recordings = tuple(entry(number) for number in range(MAX_RECORDINGS))
        for dataset in names:
            lock = Lock(dataset=dataset, api="x", database="x", filter={}, resolved_at="", recordings=recordings)
            write_json(folder / "results" / "locks" / f"{dataset}.lock.json", lock.model_dump(mode="json"))
        command = [sys.executable, "-m", "eegmill", "run", "--configfile", "config.yaml", "--cores", "2", "--dry-run"]
        with get_context("fork").Pool(1) as alone:  # the system knows the peak of all children of a process only
            cost = alone.apply(partial(cost_of, command, folder=folder))
    what = f"dry run of {n_recordings:,} recordings in {len(names)} shards"
    found = f"{cost.cpu_s:.0f} ({cost.peak_mb:.0f} MB, {cost.wall_s / 60:.1f} min)"
    return [(what, found, "" if quick else "10 min, memory of one shard")]


def nothing_to_do(*, quick: bool) -> list[Row]:  # noqa: ARG001 - seconds
    """A run of recordings that are all done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        finish(plan_of(folder, tuple(entry(number) for number in range(N_DONE))))
        cost_s = min(snakemake(folder).cpu_s for _ in range(REPEATS))
        assert not list((folder / "results" / "work" / DATASET).glob("groups/*")), "something was done"
    return [(f"run of {N_DONE:,} recordings with nothing to do", f"{cost_s:.1f}", "8")]


def start(*, quick: bool) -> list[Row]:  # noqa: ARG001 - seconds
    """What a job takes before its work, and what it takes to look a recording up in a large lock."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = plan_of(folder, tuple(entry(number) for number in range(N_PLANNED[-1])))
        layout, lock = plan.layout(DATASET), plan.lock(DATASET)
        write_index(layout, lock)
        began = time.process_time()
        for number in range(N_LOOKED_UP):
            read_entry(layout, lock.recordings[number * len(lock.recordings) // N_LOOKED_UP].recording)
        lookup_ms = (time.process_time() - began) / N_LOOKED_UP * 1000
        rows = [(f"looking a recording up among {N_PLANNED[-1]:,}, ms", f"{lookup_ms:.2f}", "1")]
        plan = plan_of(folder, (entry(0),))
        finish(plan)
        job = [sys.executable, "-m", "eegmill.workflow", "clean", DATASET, _group(plan, again=True)]
        cost_s = min(cost_of(job, folder=folder, environment=_environment(plan)).cpu_s for _ in range(REPEATS))
        return [*rows, ("a job that finds its recordings done", f"{cost_s:.2f}", "0.5")]


def one(*, quick: bool) -> list[Row]:  # noqa: ARG001 - seconds
    """One real recording of 62 s, from the lock to the page: the two jobs that the rules call."""
    raw = data_folder() / "eegmat" / "Subject00_2.edf"
    with tempfile.TemporaryDirectory() as name:
        path = "sub-01/eeg/sub-01_task-arithmetic_eeg.edf"
        file = LockedFile(path=path, url=raw.as_uri(), role="raw", size=raw.stat().st_size)
        recording = LockedRecording(
            recording="sub-01_task-arithmetic", folder="sub-01", datatype="eeg", raw=path, entities={}, files=(file,)
        )
        plan = plan_of(Path(name), (recording,))
        group, rows = _group(plan), []
        for job in ("fetch", "clean"):
            command = [sys.executable, "-m", "eegmill.workflow", job, DATASET, group]
            rows.append((job, cost_of(command, folder=Path(name), environment=_environment(plan)).cpu_s))
    whole_s = sum(cpu_s for _, cpu_s in rows)
    parts = ", ".join(f"{job} {cpu_s:.2f}" for job, cpu_s in rows)
    return [(f"one recording of 62 s, 20 channels, from lock to page ({parts})", f"{whole_s:.1f}", "6")]


def _group(plan: Plan, *, again: bool = False) -> str:
    """The group of a plan's only recording, written down."""
    settings = OneCore()
    settings.again = again
    (group,) = Groups(plan, settings, writes=True).of(DATASET)
    if again:  # as a run would find it that was not told to do all again
        path = plan.layout(DATASET).group(group.name)
        write_json(path, json.loads(path.read_bytes()) | {"again": False})
    return group.name


def _environment(plan: Plan) -> Mapping[str, str]:
    """What the rules tell their jobs by."""
    program = "from eegmill.workflow.plan import Plan; import json, os, sys; Plan.from_values(json.loads(sys.argv[1])).to_environment()"
    program += "; print(json.dumps(dict(os.environ)))"
    values = plan.configuration.model_dump_json()
    found = subprocess.run([sys.executable, "-c", program, values], capture_output=True, text=True, check=True)
    environment: dict[str, str] = json.loads(found.stdout)
    return {key: value for key, value in environment.items() if key == VARIABLE or os.environ.get(key) != value}


PARTS: dict[str, Callable[..., list[Row]]] = {
    "one": one,
    "start": start,
    "nothing": nothing_to_do,
    "dry-run": dry_runs,
    "shards": in_shards,
}


def main(wanted: list[str]) -> None:
    """Measure and print."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    home = Path.cwd()
    print("## The workflow")
    rows: list[Row] = []
    for part in [word for word in wanted if word in PARTS] or PARTS:
        rows += PARTS[part](quick="--quick" in wanted)
        os.chdir(home)
    print_table("what | CPU s | aim", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
