"""Measure writing, records, packaging and checking of derivatives.

    python -m validation.benchmarks.provenance RESULTS

RESULTS is the output folder of a finished run: its recordings give the share of writing in the whole work. Packaging and
the manifest are measured on a dataset of 1,000 short recordings that the script makes. Prints a Markdown section; seconds
are CPU seconds of user and system.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eegmill.derivative.dataset import write_dataset_files
from eegmill.derivative.read import read_cleaned
from eegmill.derivative.write import write_derivative
from eegmill.lock import Lock, LockedFile, LockedRecording, read_lock
from eegmill.provenance.activity import Activity, FileDigest, file_digests
from eegmill.provenance.bids_prov import write_prov
from eegmill.provenance.crate import write_crate
from eegmill.provenance.environment import describe
from eegmill.provenance.manifest import NAME, check_manifest, write_manifest
from eegmill.provenance.origin import read_record
from eegmill.records import RecordingRecord
from eegmill.workflow.layout import Layout
from eegmill.workflow.receipts import Receipt, read_receipt
from validation.markdown import Row, table

N_RECORDINGS = 1000
LARGE_MB, N_LARGE = 64, 16
REPEATS = 3


def cpu_s(work: Callable[[], object], *, children: bool = False) -> float:
    """CPU seconds that a piece of work takes."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    before = resource.getrusage(who)
    work()
    after = resource.getrusage(who)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def share_of_writing(results: Path, folder: Path) -> list[Row]:
    """A row a recording: CPU seconds of all its stages, of writing it again, and the share."""
    rows = []
    for path in sorted((results / "work").glob("*/clean/*.json")):
        receipt = read_receipt(path)
        if receipt.status == "ok":
            # Without ``decompose``: a clean recording's activity counts the steps up to the ICA too.
            work = results / "work" / receipt.dataset
            stages = (
                path for stage in ("fetch", "clean", "report") for path in work.glob(f"{stage}/{receipt.name}.*.json")
            )
            rows.append(_writing_row(results, receipt, sum(read_receipt(stage).cpu_s for stage in stages), folder))
    return rows


def _writing_row(results: Path, receipt: Receipt, whole_s: float, folder: Path) -> Row:
    layout = Layout(results, receipt.dataset, receipt.recipe)
    entry = read_lock(layout.lock).recording(receipt.name)
    cleaned = read_cleaned(layout.derivative, receipt.name)
    record = read_record(layout.qc(receipt.name))

    def write() -> None:
        files = write_derivative(cleaned, record, entry=entry, raw_root=layout.raw, derivative=folder, activity_id="x")
        file_digests(files, root=folder, place="derivative")

    write()  # the first one pays for imports, which the job has done already
    spent = min(cpu_s(write) for _ in range(REPEATS))
    return receipt.name, f"{whole_s:.2f}", f"{spent:.3f}", f"{100 * spent / whole_s:.1f} %"


def packaging(folder: Path) -> list[Row]:
    """Rows of the dataset-level work on 1,000 recordings."""
    lock, records, activities = _thousand(folder)
    environment = describe()
    steps: dict[str, Callable[[], object]] = {
        "tables, README, code/, CITATION": lambda: write_dataset_files(
            folder, lock=lock, recipe="eegprep", config={}, records=records, raw_root=folder
        ),
        "prov/": lambda: write_prov(folder, activities, environment, lock),
        "ro-crate-metadata.json": lambda: write_crate(folder, activities, environment, lock),
        "manifests": lambda: write_manifest(folder),
    }
    spent = {name: cpu_s(work) for name, work in steps.items()}
    rows = [(name, f"{seconds:.2f}") for name, seconds in spent.items()]
    return [*rows, ("in all", f"{sum(spent.values()):.2f}")]


def _thousand(folder: Path) -> tuple[Lock, list[RecordingRecord], list[Activity]]:
    entries = [_entry(number) for number in range(N_RECORDINGS)]
    lock = Lock(
        dataset="thousand", api="embedded", database="eegdash", filter={}, resolved_at="2026-01-01T00:00:00Z",
        recordings=tuple(entries),
    )  # fmt: skip
    records = [
        RecordingRecord(recording=e.recording, status="ok", recipe="eegprep", recipe_digest="0" * 64, seed=1)
        for e in entries
    ]
    return lock, records, [activity for e in entries for activity in _activities(e, folder)]


def _entry(number: int) -> LockedRecording:
    name = f"sub-{number:04d}_task-rest"
    folder = f"sub-{number:04d}"
    endings = ("eeg.edf", "eeg.json", "channels.tsv", "events.tsv")
    paths = [f"{folder}/eeg/{name}_{ending}" for ending in endings]
    files = tuple(LockedFile(path=path, url=f"s3://openneuro.org/ds/{path}", role="raw") for path in paths)
    entities = {"subject": f"{number:04d}", "task": "rest"}
    return LockedRecording(recording=name, folder=folder, datatype="eeg", raw=paths[0], entities=entities, files=files)


def _activities(entry: LockedRecording, folder: Path) -> list[Activity]:
    """Two jobs of one recording; its files hold 100 KB."""
    endings = ("eeg.eeg", "eeg.vhdr", "eeg.vmrk", "eeg.json", "channels.tsv", "events.tsv", "events.json", "qc.json")
    target = folder / entry.folder / "eeg"
    target.mkdir(parents=True)
    made = [target / f"{entry.recording}_desc-preproc_{ending}" for ending in endings]
    for path in made:
        path.write_bytes(b"{}" + b" " * 12_500)
    record = RecordingRecord(recording=entry.recording, status="ok", recipe="eegprep", recipe_digest="0" * 64, seed=1)
    made[-1].write_text(record.model_dump_json() + " " * 12_500)
    used = tuple(FileDigest(place="raw", path=file.path, size=1, sha256="0" * 64) for file in entry.files)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    common = {
        "recording": entry.recording, "started_at": start, "ended_at": start + timedelta(seconds=9), "cpu_s": 9.0,
        "peak_rss_mb": 300.0, "used": used, "parameters_digest": "0" * 64, "seed": 1, "environment": describe(),
    }  # fmt: skip
    generated = file_digests(made, root=folder, place="derivative")
    return [
        Activity(stage="decompose", command=f"eegmill decompose {entry.recording}", **common),
        Activity(stage="clean", command=f"eegmill clean {entry.recording}", generated=generated, **common),
    ]


def manifest_ratio(folder: Path) -> str:
    """CPU seconds of checking a manifest against those of sha256sum on the same bytes."""
    for number in range(N_LARGE):
        (folder / f"{number}.eeg").write_bytes(bytes([number]) * (LARGE_MB << 20))
    write_manifest(folder)
    program = shutil.which("sha256sum")
    if program is None:
        return "sha256sum is not installed: no ratio."
    command = [program, "--check", "--quiet", NAME]
    theirs = min(cpu_s(lambda: subprocess.run(command, cwd=folder, check=True), children=True) for _ in range(REPEATS))
    ours = min(cpu_s(lambda: check_manifest(folder)) for _ in range(REPEATS))
    gigabytes = N_LARGE * LARGE_MB / 1024
    return f"{gigabytes:g} GiB: sha256sum {theirs:.2f} s, `verify --manifest-only` {ours:.2f} s, ratio {ours / theirs:.2f}."


def main() -> None:
    """Print the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, help="output folder of a finished run")
    results: Path = parser.parse_args().results
    lines = ["### Writing, provenance, checking", ""]
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / name for name in ("writing", "packaging", "manifest")]
        for folder in folders:
            folder.mkdir()
        head = "recording | CPU s, all jobs | CPU s, writing and hashing | share"
        lines += [*table(head, share_of_writing(results, folders[0])), "", f"Packaging {N_RECORDINGS} recordings:", ""]
        lines += [*table("part | CPU s", packaging(folders[1])), ""]
        lines += [f"Checking a manifest: {manifest_ratio(folders[2])}"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
