"""Kill the run of a small dataset at random moments and run again: the derivative must be that of an undisturbed run.

    python -m validation.benchmarks.kills [--kills N] [--seed N] [--datasets N]

Each round begins with an empty output folder. Its run is killed up to three times by SIGKILL, each time started again at
once, beside whatever is left of the one before, and then runs to its end. Killed is the process that runs the workflow
alone, so that its jobs go on without it; or one process of a job; or everything. Prints a table in Markdown; the exit
code is 1 if anything differed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml

from validation.markdown import print_table

SUBJECTS = ["03", "04"]
SAMPLE = Path(__file__).parents[2] / "src" / "eegmill" / "sample" / "eegmill-sample"
MAX_KILLS_A_ROUND = 3
MAX_RUNS = 30
HOLD_TIMES = {"ro-crate-metadata.json", "verify.html"}
"""Beside ``prov/``: the second holds the checksums of what lies there."""
PAUSE_S = 2.0
"""Of runs after the last kill: jobs that were killed failed, and the output folder may be in use by what is left."""
RUN, JOB, ALL = "the run alone", "one process of a job", "everything"


@dataclass
class Tally:
    """What happened."""

    killed: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    """Jobs that ran as something was killed."""
    rounds: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Setup:
    """A folder with datasets and a configuration."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, datasets: int) -> Setup:
        """The sample, or copies of it."""
        names = [f"study{number}" for number in range(datasets)]
        for name in names:
            shutil.copytree(SAMPLE, folder / name)
        values = {"datasets": [f"./{name}" for name in names], "recipe": "minimal", "select": {"subject": SUBJECTS}}
        (folder / "run.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        return cls(folder)

    @property
    def output(self) -> Path:
        """Where everything is written."""
        return self.folder / "results"

    def start(self) -> subprocess.Popen[bytes]:
        """Start a run, in a session of its own."""
        command = [sys.executable, "-m", "eegmill", "run", "--configfile", "run.yaml", "--cores", "2"]
        log = (self.folder / "log").open("ab")
        return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)

    def ends_well(self) -> bool:
        """Start runs until one ends well."""
        for _ in range(MAX_RUNS):
            if self.start().wait() == 0:
                return True
            time.sleep(PAUSE_S)
        return False

    def files(self) -> dict[str, str]:
        """Every file of the derivatives by its SHA-256; what holds times is there by its name alone."""
        found = {}
        for derivative in sorted(self.output.glob("*/derivatives/*")):
            for path in sorted(derivative.rglob("*")):
                if path.is_file():
                    timed = path.relative_to(derivative).parts[0] == "prov" or path.name in HOLD_TIMES
                    digest = "" if timed else hashlib.sha256(path.read_bytes()).hexdigest()
                    found[path.relative_to(self.output).as_posix()] = digest
        return found


def processes_of(run: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes of jobs that a run has started."""
    try:
        found = psutil.Process(run.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [process for process in found if job_of(process)]


def job_of(process: psutil.Process) -> str:
    """The job that a process works on; empty if it is none."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return ""
    is_job = "eegmill.workflow" in words and words[0] != "/bin/bash"
    return words[words.index("eegmill.workflow") + 1] if is_job else ""


def kill(run: subprocess.Popen[bytes], how: str, rng: random.Random) -> str:
    """Kill; the jobs that ran then, in words."""
    jobs = processes_of(run)
    names = "+".join(sorted({job_of(process) for process in jobs} - {""})) or "none"
    if how == ALL:
        os.killpg(run.pid, signal.SIGKILL)
    elif how == JOB and jobs:
        with_luck(rng.choice(jobs))
    else:
        run.kill()
    return names


def with_luck(process: psutil.Process) -> None:
    """Kill a process, unless it has ended by itself meanwhile."""
    with suppress(psutil.NoSuchProcess):
        process.kill()


def one_round(setup: Setup, rng: random.Random, tally: Tally, *, kills: int, length_s: float) -> None:
    """Kill a run so many times, and let it end."""
    shutil.rmtree(setup.output, ignore_errors=True)
    for _ in range(kills):
        run, how = setup.start(), rng.choice([RUN, JOB, ALL])
        try:
            run.wait(rng.uniform(0.0, length_s))
        except subprocess.TimeoutExpired:
            tally.during[kill(run, how, rng)] += 1
            tally.killed[how] += 1
        if how == JOB:
            run.wait()
        run.poll()
    if not setup.ends_well():
        tally.faults.append("the run did not end well: " + (setup.folder / "log").read_text(encoding="utf-8")[-2000:])
    tally.rounds += 1


def difference(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Files that are missing, too many, or others."""
    return sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--datasets", type=int, default=1)
    wanted = parser.parse_args()
    rng, tally = random.Random(wanted.seed), Tally()
    with tempfile.TemporaryDirectory() as name:
        setup = Setup.made(Path(name), wanted.datasets)
        began = time.monotonic()
        if setup.start().wait() != 0:
            sys.exit((setup.folder / "log").read_text(encoding="utf-8"))
        length_s, expected = time.monotonic() - began, setup.files()
        while tally.killed.total() < wanted.kills:
            (setup.folder / "log").unlink()
            left = wanted.kills - tally.killed.total()
            one_round(setup, rng, tally, kills=min(left, rng.randint(1, MAX_KILLS_A_ROUND)), length_s=length_s)
            if other := difference(expected, setup.files()):
                tally.faults.append(f"round {tally.rounds}: {', '.join(other)}")
            print(f"{tally.killed.total()} kills, {len(tally.faults)} faults", file=sys.stderr, flush=True)
    rows = [(how, str(count)) for how, count in sorted(tally.killed.items())]
    rows += [(f"while {names} ran", str(count)) for names, count in sorted(tally.during.items())]
    rows += [
        ("rounds, each with another derivative than the undisturbed run", f"{len(tally.faults)} of {tally.rounds}")
    ]
    print_table("killed | times", rows)
    print("\n".join(tally.faults))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
