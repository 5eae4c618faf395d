"""A BIDS dataset through eegmill, MNE-BIDS-Pipeline and EEGPrep: CPU, wall, memory, second run, bytes; and two cores against one.

    python -m validation.benchmarks.pipelines [--recordings N] [--only-eegmill]

Cleans the first N (by default 4, at most 6) recordings of EEGMAT, each pipeline by its own defaults with an ICA and ICLabel where it
has one, on two cores. ``EEGMILL_DATA`` names the folder of real recordings, ``MBP_PYTHON`` a Python with mne-bids-pipeline 1.10.1,
``EEGPREP_BIDS_PYTHON`` one with EEGPrep 0.4.0 and pybids; a pipeline whose Python is not named is left out. With N of 16, recordings
come again under other names, and eegmill's wall time on one core is set against that on two. Prints a Markdown section.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import mne

from validation.markdown import print_table
from validation.processes import Cost, cost_of, interpreter
from validation.recordings import eegmat

SOURCES = [(subject, part) for subject in ("00", "11", "31") for part in (2, 1)]
MBP = """
bids_root = {root!r}
deriv_root = {output!r}
task = "counting"
task_is_rest = True
rest_epochs_duration = 2.0
rest_epochs_overlap = 0.0
epochs_tmin = 0.0
baseline = None
ch_types = ["eeg"]
eeg_reference = "average"
l_freq = 1.0
h_freq = 100.0
notch_freq = 50.0
spatial_filter = "ica"
ica_l_freq = 1.0
ica_h_freq = 100.0
ica_algorithm = "picard-extended_infomax"
ica_use_icalabel = True
ica_reject = None
n_jobs = 2
parallel_backend = "loky"
"""
EEGPREP = """
from eegprep import bids_preproc
if __name__ == "__main__":
    bids_preproc({root!r}, OutputDir={output!r}, ReservePerJob="1CPU", SkipIfPresent=True, WithPicard=True)
"""


@dataclass(frozen=True)
class Pipeline:
    """A pipeline, the Python that has it, and the settings that it reads from a Python file."""

    name: str
    python: str
    program: str = ""

    def command(self, root: Path, output: Path) -> list[str]:
        """What cleans a BIDS dataset into a folder."""
        return with_program(self, root, output) if self.program else eegmill(root, output, cores=2)


def pipelines(*, only_eegmill: bool) -> Iterator[Pipeline]:
    """Those that there are here."""
    yield Pipeline("eegmill", sys.executable)
    peers = {"MNE-BIDS-Pipeline": ("MBP_PYTHON", MBP), "EEGPrep": ("EEGPREP_BIDS_PYTHON", EEGPREP)}
    for name, (variable, program) in peers.items():
        python = interpreter(variable)
        if python and not only_eegmill:
            yield Pipeline(name, python, program)


def eegmill(root: Path, output: Path, *, cores: int) -> list[str]:
    """The command of eegmill."""
    return [sys.executable, "-m", "eegmill", "run", str(root), "--output", str(output), "--cores", str(cores)]


def with_program(pipeline: Pipeline, root: Path, output: Path) -> list[str]:
    """The command of a pipeline that reads its settings from a Python file."""
    output.mkdir(exist_ok=True)
    path = output.with_name(f"run_{output.name.replace('-', '_')}.py")  # not the name of what it imports
    path.write_text(pipeline.program.format(root=str(root), output=str(output)), encoding="utf-8")
    if pipeline.name == "MNE-BIDS-Pipeline":
        program = str(Path(pipeline.python).with_name("mne_bids_pipeline"))
        return [program, f"--config={path}", "--steps=init,preprocessing"]
    return [pipeline.python, str(path)]


def write_bids(root: Path, count: int) -> float:
    """So many recordings, each a subject; the megabytes that they take."""
    from mne_bids import BIDSPath, write_raw_bids

    for number in range(count):
        subject, part = SOURCES[number % len(SOURCES)]
        raw = eegmat(subject, part)
        raw = mne.io.RawArray(raw.get_data(), raw.info, verbose="error")
        raw.info["line_freq"] = 50.0
        path = BIDSPath(root=root, subject=f"{number + 1:02}", task="counting", datatype="eeg")
        write_raw_bids(raw, path, format="BrainVision", allow_preload=True, verbose="error")
    return megabytes(root)


def megabytes(folder: Path) -> float:
    """What the files of a folder take, links and raw copies not counted twice."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return (
        sum({(found.st_dev, found.st_ino): found.st_size for found in (path.stat() for path in files)}.values()) / 1e6
    )


def row(pipeline: Pipeline, root: Path, output: Path) -> tuple[str, ...]:
    """What a pipeline takes the first time and the second."""
    try:
        first, second = (cost_of(pipeline.command(root, output), folder=root.parent) for _ in range(2))
    except Exception as error:
        return pipeline.name, f"failed: {error}"[:120], "", "", "", ""
    derived = output / root.name / "derivatives" if pipeline.name == "eegmill" else output
    return (
        pipeline.name,
        f"{first.cpu_s:.1f}",
        f"{first.wall_s:.0f}",
        f"{first.peak_mb:.0f}",
        f"{second.cpu_s:.1f}",
        f"{megabytes(derived):.1f}",
    )


def two_cores(root: Path, folder: Path) -> tuple[Cost, Cost]:
    """Eegmill on one core and on two."""
    costs = []
    for cores in (1, 2):
        output = folder / f"cores{cores}"
        costs.append(cost_of(eegmill(root, output, cores=cores), folder=folder))
        shutil.rmtree(output)
    return costs[0], costs[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=4)
    parser.add_argument("--only-eegmill", action="store_true")
    wanted = parser.parse_args()
    print("## Pipelines\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size_mb = write_bids(folder / "bids", wanted.recordings)
        load = f"load {os.getloadavg()[0]:.1f} before"
        rows = []
        for pipeline in pipelines(only_eegmill=wanted.only_eegmill):
            with get_context("fork").Pool(1) as alone:  # the system knows the peak of all children of a process only
                rows.append(alone.apply(row, (pipeline, folder / "bids", folder / pipeline.name.lower())))
        print(f"{wanted.recordings} recordings of EEGMAT, {size_mb:.1f} MB, two cores ({load}).\n")
        print_table("pipeline | CPU s | wall s | peak of a process MB | second run CPU s | output MB", rows)
        if wanted.recordings >= 16:
            one, two = two_cores(folder / "bids", folder)
            print(
                f"\neegmill on one core {one.wall_s:.0f} s, on two {two.wall_s:.0f} s: {one.wall_s / two.wall_s:.2f} ×."
            )


if __name__ == "__main__":
    main()
