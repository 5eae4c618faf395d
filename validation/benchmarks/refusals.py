"""What each job and command says when the system refuses it: no room, no rights, read-only, no temporary room, no memory.

    python -m validation.benchmarks.refusals [FAULT ...] [JOB OR COMMAND ...]

Two recordings of the sample are cleaned once. Then each stage is to be done again, and each command to be run, on a small
disk with a fault: it must end in one sentence, and the same again must end well behind the fault. Needs a user who may
mount. Prints a table in Markdown; the exit code is 1 if something was told badly or did not go on.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from eegmill.workflow.layout import Layout
from eegmill.workflow.plan import VARIABLE, Plan
from validation.markdown import print_table

DATASET, RECIPE = "eegmill-sample", "minimal"
VALUES = {"datasets": [DATASET], "select": {"subject": ["03", "04"]}, "recipe": RECIPE}
DISK_MB = 48
STAGES = ("resolve", "fetch", "clean", "dataset", "validate", "index", "manifest")
BEHIND = {"clean": ("clean", "report")}
"""Stages that one job does."""
DERIVATIVE = f"results/{DATASET}/derivatives/eegmill-{RECIPE}"
COMMANDS = {
    "verify": ["verify", DERIVATIVE],
    "report": ["report", DERIVATIVE],
    "status": ["status", "results"],
    "export": ["export", DERIVATIVE, "exported", "--to", "set"],
    "dehydrate": ["dehydrate", DERIVATIVE, "dry"],
    "run": ["run", "--configfile", "config.yaml", "--cores", "2"],
}
ROOM_KB = {"clean": (0, 100, 2400, 4600, 5200), "dataset": (0, 40, 200), "run": (0, 40)}
"""Free room on the disk that is full, so that different writes fail."""
MEMORY_MB = (250, 400)
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@dataclass(frozen=True)
class Told:
    """How a process ended."""

    code: int
    text: str

    @property
    def verdict(self) -> str:
        """Whether it failed with a sentence, and with nothing that a user cannot read."""
        if self.code == 0:
            return "had no need of it"
        plain = self.sentence.startswith("eegmill") and "Traceback" not in self.text
        return "yes" if plain and "unexpected error" not in self.text else "NO"

    @property
    def sentence(self) -> str:
        """The first line of eegmill's."""
        lines = [line for line in self.text.splitlines() if line.startswith("eegmill")]
        return lines[0] if lines else "nothing: " + (self.text.strip().splitlines() or ["-"])[-1]


@dataclass(frozen=True)
class Refusal:
    """A fault in words, and how a process gets to know it."""

    words: str
    prefix: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deed:
    """A job or a command: its name, and what runs it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]

    def done(self, folder: Path, refusal: Refusal) -> Told:
        """Run it in a folder."""
        environment = {**os.environ, **self.environment, **refusal.variables}
        command = [*refusal.prefix, sys.executable, "-m", *self.command]
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return Told(found.returncode, found.stdout + found.stderr + _logs(folder))


def _logs(folder: Path) -> str:
    """What jobs on recordings have written into their logs."""
    logs = folder.glob(f"results/work/{DATASET}/*/*.log")
    return "".join(path.read_text(encoding="utf-8") for path in logs if "groups" not in path.parts)


def deeds(folder: Path) -> Iterator[Deed]:
    """All jobs and commands of a finished run."""
    os.chdir(folder)
    plan = Plan.from_values({**VALUES, "output": "results"})
    plan.to_environment()
    given = {VARIABLE: os.environ[VARIABLE]}
    (group,) = (path.stem for path in folder.glob(f"results/work/{DATASET}/groups/*.json"))
    for stage in STAGES:
        what = group if stage in ("fetch", "clean") else plan.digest(stage, DATASET)
        yield Deed(stage, ["eegmill.workflow", stage, "attempt=1", "threads=1", DATASET, what], given)
    for name, words in COMMANDS.items():
        yield Deed(name, ["eegmill", *words], {})


def undo(folder: Path, name: str) -> None:
    """Leave a finished run as it is before a stage."""
    layout = Layout(output=folder / "results", dataset=DATASET, recipe=RECIPE)
    later = STAGES[STAGES.index(name) :] if name in STAGES else STAGES[2:] if name == "run" else ()
    for stage in (one for job in later for one in BEHIND.get(job, (job,))):
        for path in (layout.work / stage).glob("*"):
            path.unlink()
    if later:
        for path in (layout.work / "groups").glob("*.done"):
            path.unlink()


@contextmanager
def small_disk(finished: Path) -> Iterator[Path]:
    """A copy of a finished run on a disk of its own."""
    with tempfile.TemporaryDirectory() as name:
        disk = Path(name)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", disk], check=True)
        try:
            shutil.copytree(finished, disk, dirs_exist_ok=True)
            yield disk
        finally:
            os.chdir("/")
            subprocess.run(["umount", "-l", disk], check=True)


@contextmanager
def full(disk: Path, room_kb: int) -> Iterator[Refusal]:
    """The disk of the output has so much room left."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(shutil.disk_usage(disk).free - room_kb * 1024, 0)))
    yield Refusal(f"disk full but for {room_kb} kB")
    ballast.unlink()


@contextmanager
def read_only(disk: Path, _: int) -> Iterator[Refusal]:
    """The disk of the output is read-only."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    yield Refusal("read-only")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@contextmanager
def no_rights(_disk: Path, _: int) -> Iterator[Refusal]:
    """Another user's output."""
    yield Refusal("no rights", NOBODY, {"HOME": "/nonexistent"})


@contextmanager
def no_temporary_room(_disk: Path, _: int) -> Iterator[Refusal]:
    """TMPDIR is full."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", name], check=True)
        (Path(name) / "ballast").write_bytes(bytes(48 * 1024))
        yield Refusal("TMPDIR full", variables={"TMPDIR": name})
        subprocess.run(["umount", "-l", name], check=True)


@contextmanager
def no_memory(_disk: Path, memory_mb: int) -> Iterator[Refusal]:
    """Less memory than it needs."""
    yield Refusal(f"{memory_mb} MB of memory", ["prlimit", f"--as={memory_mb * 10**6}"])


FAULTS: dict[str, Callable[[Path, int], AbstractContextManager[Refusal]]] = {
    "full": full,
    "read-only": read_only,
    "rights": no_rights,
    "tmpdir": no_temporary_room,
    "memory": no_memory,
}


def doses(fault: str, deed: str) -> Sequence[int]:
    """How a fault is tried on a job or command."""
    return MEMORY_MB if fault == "memory" else ROOM_KB.get(deed, (0,)) if fault == "full" else (0,)


def rows_of(fault: str, deed: Deed, finished: Path) -> Iterator[tuple[str, ...]]:
    """What a job or command says of a fault, and whether the same goes well behind it."""
    with small_disk(finished) as disk:
        for dose in doses(fault, deed.name):
            undo(disk, deed.name)
            with FAULTS[fault](disk, dose) as refusal:
                told = deed.done(disk, refusal)
            again = deed.done(disk, Refusal(""))
            goes_on = "yes" if again.code == 0 else f"NO: {again.sentence}"
            sentence = told.sentence.replace(str(disk), "DISK")
            yield refusal.words, deed.name, told.verdict, goes_on, sentence
            if "NO" in (told.verdict, goes_on[:2]):
                sys.stderr.write(told.text[-3000:] + again.text[-1000:] * (again.code != 0))


def main(wanted: Sequence[str]) -> int:
    """Try everything and print."""
    faults, names = [word for word in wanted if word in FAULTS], [word for word in wanted if word not in FAULTS]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        finished = Path(name)
        (finished / "config.yaml").write_text(yaml.safe_dump(VALUES), encoding="utf-8")
        command = [sys.executable, "-m", "eegmill", *COMMANDS["run"]]
        subprocess.run(command, cwd=finished, check=True, capture_output=True)
        shutil.rmtree(finished / ".snakemake", ignore_errors=True)
        tried = [deed for deed in deeds(finished) if not names or deed.name in names]
        for fault, deed in itertools.product(faults or FAULTS, tried):
            for row in rows_of(fault, deed, finished):
                rows.append(row)
                sys.stderr.write(" | ".join(row) + "\n")
    print("## Refusals\n")
    print_table("fault | what | told plainly | goes on | words", rows)
    return int(any(row[2] == "NO" or row[3] != "yes" for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
