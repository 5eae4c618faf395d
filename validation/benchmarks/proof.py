"""Measure what it costs to publish kilobytes, to vouch for a derivative, and to make it whole again.

    python -m validation.benchmarks.proof [DERIVATIVE ...]

The sample is cleaned, dehydrated and rehydrated; a derivative of 1,000 recordings is made of copies of its recordings, in real
folders, and signed. Other derivatives, such as one of a long recording, are dehydrated too. Prints a Markdown section; seconds
are CPU seconds of user and system, of the process and its children.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from eegmill.derivative.code import write_recipe
from eegmill.derivative.dataset import write_dataset_files
from eegmill.lock import LockedRecording
from eegmill.proof.attest import attest, check_statements
from eegmill.proof.dehydrate import dehydrate
from eegmill.provenance.activity import Activity
from eegmill.provenance.bids_prov import write_prov
from eegmill.provenance.crate import write_crate
from eegmill.provenance.manifest import ATTESTATIONS, check_manifest, write_manifest
from eegmill.provenance.origin import read_origin, read_record
from eegmill.provenance.recorded_activities import recorded_activities
from eegmill.workflow.rebuild import read_recipe
from validation.markdown import Row, table

N_RECORDINGS = 1000
SAMPLE = Path("results/eegmill-sample/derivatives/eegmill")
TEXT = {".json", ".tsv", ".vhdr", ".vmrk", ".html"}


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work, programs that it starts included."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = [resource.getrusage(one) for one in who]
    work()
    after = [resource.getrusage(one) for one in who]
    return sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))


def eegmill(folder: Path, *words: str) -> Callable[[], object]:
    """A command, run in a folder."""
    command = [sys.executable, "-m", "eegmill", *words]
    return lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)


def size_row(name: str, derivative: Path, folder: Path) -> Row:
    """How much of a derivative is left when it is dehydrated."""
    report = dehydrate(derivative, folder)
    whole = report.kept_bytes + report.left_out_bytes
    share = f"{100 * report.kept_bytes / whole:.2f} %"
    return name, f"{whole / 1e6:.1f}", f"{report.kept_bytes / 1e6:.2f}", share, f"{report.left_out}"


def thousand(source: Path, target: Path) -> None:
    """A sealed derivative of 1,000 recordings: copies of those of another, each under a subject of its own."""
    origin = read_origin(source)
    done = {item.recording: item for item in recorded_activities(source, origin.lock, origin.environment)}
    copied = [_copied(source, target, number, origin.lock.recordings, done) for number in range(N_RECORDINGS)]
    lock = origin.lock.model_copy(update={"recordings": tuple(entry for entry, _ in copied)})
    activities = [activity for _, activity in copied]
    records = [read_record(path) for path in sorted(target.glob("sub-*/**/*_qc.json"))]
    recipe = read_recipe(source)
    write_dataset_files(
        target, lock=lock, recipe=recipe.name, config=origin.config, records=records, raw_root=source,
        environment=origin.environment,
    )  # fmt: skip
    write_recipe(target, recipe, origin.config)
    write_prov(target, activities, origin.environment, lock)
    write_crate(target, activities, origin.environment, lock)
    write_manifest(target)


def _copied(
    source: Path, target: Path, number: int, entries: Sequence[LockedRecording], done: dict[str | None, Activity]
) -> tuple[LockedRecording, Activity]:
    entry = entries[number % len(entries)]
    former, subject = entry.folder.partition("/")[0], f"sub-{number:04d}"
    for path in sorted((source / former).rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(source).as_posix().replace(former, subject)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix in TEXT:
                copy.write_text(path.read_text(encoding="utf-8").replace(former, subject), encoding="utf-8")
            else:
                shutil.copyfile(path, copy)
    renamed = (item.model_dump_json().replace(former, subject) for item in (entry, done[entry.recording]))
    return LockedRecording.model_validate_json(next(renamed)), Activity.model_validate_json(next(renamed))


def vouching(derivative: Path, folder: Path) -> list[Row]:
    """CPU seconds of signing and checking, with and without the reading of every file."""
    key, public = folder / "key.pem", folder / "key.pub"
    options = ["-name", "prime256v1", "-genkey", "-noout", "-out", str(key)]
    subprocess.run(["openssl", "ecparam", *options], check=True)
    subprocess.run(["openssl", "ec", "-in", str(key), "-pubout", "-out", str(public)], check=True, capture_output=True)
    hashing = cpu_s(lambda: check_manifest(derivative))
    signing = cpu_s(lambda: attest(derivative, key))
    checking = hashing + cpu_s(lambda: check_statements(derivative, [derivative / ATTESTATIONS], [public]))
    spent = {"attest": signing, "verify --statement": checking}
    return [(f"`{name}`", f"{s:.2f}", f"{hashing:.2f}", f"{s - hashing:.2f}") for name, s in spent.items()]


def rehydration(folder: Path) -> tuple[Row, Path]:
    """CPU seconds of the first run of the sample and of making it again; the derivative."""
    first = cpu_s(eegmill(folder, "run", "eegmill-sample", "--cores", "2"))
    derivative = folder / SAMPLE
    dehydrate(derivative, folder / "small")
    again = cpu_s(eegmill(folder, "rehydrate", "small"))
    same = check_manifest(folder / "small").intact
    return (f"{first:.1f}", f"{again:.1f}", f"{again / first:.2f}", "yes" if same else "NO"), derivative


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("derivatives", type=Path, nargs="*", help="further derivatives to dehydrate")
    others: list[Path] = parser.parse_args().derivatives
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        row, sample = rehydration(folder)
        large = folder / "eegmill-thousand"
        thousand(sample, large)
        named = {"the sample": sample, f"{N_RECORDINGS} recordings like it": large, **{p.name: p for p in others}}
        sizes = [size_row(name, one, folder / f"dry-{place}") for place, (name, one) in enumerate(named.items())]
        lines = ["What is left of a derivative when it is dehydrated:", ""]
        lines += [*table("derivative | MB | MB left | share | files left out", sizes), ""]
        lines += [f"Vouching for {N_RECORDINGS} recordings, CPU s:", ""]
        lines += [*table("command | in all | reading every file | beyond that", vouching(large, folder)), ""]
        lines += ["Making the sample again, CPU s, Python's start and Snakemake included:", ""]
        lines += table("`run` | `rehydrate` | ratio | every file equal", [row])
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
