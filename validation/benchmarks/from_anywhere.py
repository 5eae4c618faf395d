"""Measure what a lab's own recordings take: a folder of 1,000 to its lock, a loose file to its page.

    python -m validation.benchmarks.from_anywhere

Prints a Markdown section. The folder holds the headers and sidecars of one recording of the sample, a thousand times.
The loose file is ``eeglab-sample`` of EEGMILL_DATA (32 channels, 238 s, 128 Hz), with the recipe ``eegprep``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import eegmill
from validation.markdown import print_table
from validation.processes import cost_of

N_RECORDINGS = 1000
HEAD_BYTES = 200_000
SAMPLE = Path(eegmill.__file__).parent / "sample" / "eegmill-sample"


def make_folder(root: Path) -> None:
    """A BIDS folder of many recordings, each the beginning of a real one."""
    root.mkdir()
    shutil.copy(SAMPLE / "dataset_description.json", root)
    files = [path for path in (SAMPLE / "sub-03" / "eeg").iterdir() if path.is_file()]
    for number in range(N_RECORDINGS):
        eeg = root / f"sub-{number:04}" / "eeg"
        eeg.mkdir(parents=True)
        for path in files:
            eeg.joinpath(path.name.replace("sub-03", eeg.parent.name)).write_bytes(path.read_bytes()[:HEAD_BYTES])


def command(*words: str) -> list[str]:
    """A command line of eegmill."""
    return [sys.executable, "-m", "eegmill", *words]


def main() -> None:
    """Run everything once in an empty folder and print what it took."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    loose = Path(os.environ["EEGMILL_DATA"]) / "eeglab-sample" / "eeglab_data.set"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_folder(folder / "k1")
        costs = {
            "catalogue and lock of a folder of 1,000 recordings (aim: 15)": cost_of(
                command("resolve", "k1"), folder=folder
            ),
            "the same into a store: `catalog load`": cost_of(
                command("catalog", "load", "k1", "--store", "k.db"), folder=folder
            ),
            "dry run of these": cost_of(command("run", "k1", "--dry-run"), folder=folder),
            "a loose file from command to page, with ICA (aim: 8)": cost_of(
                command("clean", str(loose), "cleaned"), folder=folder
            ),
        }
    print("## From anywhere")
    rows = [(what, f"{cost.cpu_s:.1f}", f"{cost.peak_mb:.0f}") for what, cost in costs.items()]
    print_table("what | CPU s | peak MB", rows)


if __name__ == "__main__":
    main()
