"""What each job and command says when the system refuses it: no room, no rights, read-only, no temporary room, no memory.

    python -m validation.benchmarks.refusals [FAULT ...] [JOB OR COMMAND ...]

Two recordings of the sample are cleaned once. Then each stage is to be done again, and each command to be run, on a small
disk with a fault: it must end in one sentence, and leave no half file under a final name; the same again must end well
behind the fault, with the files of an undisturbed run. Needs a user who may mount. Prints a table in Markdown; the exit
code is 1 if something was told badly, or did not go on.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from eegmill.workflow.layout import Layout
from eegmill.workflow.plan import VARIABLE, Plan
from validation.benchmarks.refused import FAULTS, Refusal, small_disk
from validation.markdown import print_table

DATASET, RECIPE = "eegmill-sample", "minimal"
VALUES = {"datasets": [DATASET], "select": {"subject": ["03", "04"]}, "recipe": RECIPE}
STAGES = ("resolve", "fetch", "clean", "dataset", "validate", "index", "manifest")
BEHIND = {"clean": ("clean", "report")}
"""Stages that one job does."""
DERIVATIVE = f"results/{DATASET}/derivatives/eegmill-{RECIPE}"
COMMANDS = {
    "verify": ["verify", DERIVATIVE],
    "check": ["check", DERIVATIVE],
    "report": ["report", DERIVATIVE],
    "compare": ["report", DERIVATIVE, "--against", "other", "--page", "compared.html"],
    "status": ["status", "results"],
    "export": ["export", DERIVATIVE, "exported", "--to", "set"],
    "dehydrate": ["dehydrate", DERIVATIVE, "dry"],
    "rehydrate": ["rehydrate", "dehydrated"],
    "attest": ["attest", DERIVATIVE, "--key", "key.pem"],
    "index windows": ["index", DERIVATIVE],
    "catalog load": ["catalog", "load", f"results/{DATASET}", "--store", "lab.db"],
    "run": ["run", "--configfile", "config.yaml", "--cores", "2"],
}
ROOM_KB = {"clean": (0, 100, 2400, 3600), "dataset": (0, 40), "rehydrate": (0, 2400), "run": (0, 40)}
"""Free room on the disk that is full, so that different writes fail."""
MEMORY_MB = (250, 400)
HOLD_TIMES = {"ro-crate-metadata.json", "verify.html", "lab.db", "index.html", f"{DATASET}.lock.json"}
"""Beside ``prov/``: they may differ from time to time."""
NO_RESULTS = {"work", "ballast", "other", "attestations"}
REASONS = (": failed: ", "  not made: ")
"""Of single recordings, in what commands print."""


@dataclass(frozen=True)
class Told:
    """How a process ended."""

    code: int
    text: str

    @property
    def verdict(self) -> str:
        """Whether it failed with a sentence, and with nothing that a user cannot read."""
        if self.code == 0:
            return "not hindered"
        plain = not self.sentence.startswith("nothing: ") and "Traceback" not in self.text
        return "yes" if plain and "unexpected error" not in self.text else "NO"

    @property
    def sentence(self) -> str:
        """The first line of eegmill's that gives a reason."""
        told = self.text.splitlines()
        lines = [line for line in told if line.startswith("eegmill") or any(word in line for word in REASONS)]
        reasons = [line for line in lines if not line.startswith(f"eegmill: {DATASET}: ")]
        return (reasons or lines or ["nothing: " + (self.text.strip().splitlines() or ["-"])[-1]])[0]


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


def undo(folder: Path, name: str, finished: Path) -> None:
    """Leave a finished run as it is before a stage or command."""
    if name == "rehydrate":
        shutil.rmtree(folder / "dehydrated")
        shutil.copytree(finished / "dehydrated", folder / "dehydrated")
    layout = Layout(output=folder / "results", dataset=DATASET, recipe=RECIPE)
    later = STAGES[STAGES.index(name) :] if name in STAGES else STAGES[2:] if name == "run" else ()
    for stage in (one for job in later for one in BEHIND.get(job, (job,))):
        for path in (layout.work / stage).glob("*"):
            path.unlink()
    if later:
        for path in (layout.work / "groups").glob("*.done"):
            path.unlink()


def files_of(folder: Path) -> dict[str, str]:
    """Every result in a folder by its SHA-256; what may differ from time to time is there by its name alone."""
    found = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in place.parts)
        if path.is_file() and not NO_RESULTS & {*place.parts} and not hidden:
            timed = "prov" in place.parts or path.name in HOLD_TIMES
            found[place.as_posix()] = "" if timed else hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def half_written(found: Mapping[str, str], *whole: Mapping[str, str]) -> list[str]:
    """Files that are there under their names, and are neither what they were nor what they are to be."""
    return sorted(name for name, digest in found.items() if digest not in [files.get(name) for files in whole])


@dataclass(frozen=True)
class Finished:
    """A finished run, and what an undisturbed run of each job or command leaves."""

    folder: Path
    expected: Mapping[str, Mapping[str, str]]

    @classmethod
    def made(cls, folder: Path) -> Finished:
        """Clean two recordings, and run each command once on a copy."""
        (folder / "config.yaml").write_text(yaml.safe_dump(VALUES), encoding="utf-8")
        key = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key.pem"]
        subprocess.run(key, cwd=folder, check=True, capture_output=True)
        (folder / "key.pem").chmod(0o644)
        _eegmill(folder, *COMMANDS["run"])
        _eegmill(folder, "dehydrate", DERIVATIVE, "dehydrated")
        shutil.copytree(folder / DERIVATIVE, folder / "other")
        shutil.rmtree(folder / ".snakemake", ignore_errors=True)
        before = files_of(folder)
        return cls(folder, {name: cls._after(folder, name, before) for name in (*STAGES, *COMMANDS)})

    @staticmethod
    def _after(folder: Path, name: str, before: Mapping[str, str]) -> Mapping[str, str]:
        if name not in COMMANDS or name == "run":
            return before
        with small_disk(folder) as disk:
            _eegmill(disk, *COMMANDS[name])
            return files_of(disk)


def _eegmill(folder: Path, *words: str) -> None:
    found = subprocess.run([sys.executable, "-m", "eegmill", *words], cwd=folder, capture_output=True, text=True)
    if found.returncode:
        sys.exit(f"{words}: {found.stdout}{found.stderr}")


def doses(fault: str, deed: str) -> Sequence[int]:
    """How a fault is tried on a job or command."""
    return MEMORY_MB if fault == "memory" else ROOM_KB.get(deed, (0,)) if fault == "full" else (0,)


def rows_of(fault: str, deed: Deed, finished: Finished) -> Iterator[tuple[str, ...]]:
    """What a job or command says of a fault, what it leaves, and whether the same goes well behind it."""
    expected = finished.expected[deed.name]
    with small_disk(finished.folder) as disk:
        for dose in doses(fault, deed.name):
            undo(disk, deed.name, finished.folder)
            before = files_of(disk)
            with FAULTS[fault](disk, dose) as refusal:
                told = deed.done(disk, refusal)
            half = half_written(files_of(disk), before, expected)
            again = Told(0, "") if told.code == 0 else deed.done(disk, Refusal(""))
            missing = sorted({*expected} - {*files_of(disk)}) + half_written(files_of(disk), expected)
            goes_on = f"NO: {again.sentence}" if again.code else f"NO: differs: {missing[0]}" if missing else "yes"
            sentence = told.sentence.replace(str(disk), "DISK") if told.code else ""
            yield refusal.words, deed.name, told.verdict, f"NO: {half[0]}" if half else "none", goes_on, sentence
            if "NO" in (told.verdict, goes_on[:2]):
                sys.stderr.write(told.text[-3000:] + again.text[-1000:] * (again.code != 0))


def summary(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The rows of each fault in one."""
    for fault, listed in itertools.groupby(rows, key=_kind):
        mine = list(listed)
        hindered = [row for row in mine if row[2] != "not hindered"]
        plain, goes_on = (sum(row[place] == "yes" for row in hindered) for place in (2, 4))
        half = sum(row[3] != "none" for row in hindered)
        yield fault, *(str(count) for count in (len(mine), len(mine) - len(hindered), plain, half, goes_on))


def _kind(row: Sequence[str]) -> str:
    words = row[0].partition(" but for")[0]
    return "too little memory" if words.endswith("of memory") else words


def main(wanted: Sequence[str]) -> int:
    """Try everything and print."""
    faults, names = [word for word in wanted if word in FAULTS], [word for word in wanted if word not in FAULTS]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        finished = Finished.made(Path(name))
        tried = [deed for deed in deeds(finished.folder) if not names or deed.name in names]
        for fault, deed in itertools.product(faults or FAULTS, tried):
            for row in rows_of(fault, deed, finished):
                rows.append(row)
                sys.stderr.write(" | ".join(row) + "\n")
    print("### Refusals")
    print_table("fault | tried | not hindered | told plainly | half files | goes on to the same", summary(rows))
    print_table("fault | what | told plainly | half files | goes on to the same | words", rows)
    return int(any(cell.startswith("NO") for row in rows for cell in row[2:5]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
