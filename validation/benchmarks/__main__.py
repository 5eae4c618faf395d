"""All figures of the workflow in one run: the sample, one recording, starts, locks, planning, memory, and peers on the same recordings.

    python -m validation.benchmarks [--quick]

Takes an hour or more, most of it for 100,000 recordings and for the peers; ``--quick`` takes fewer and smaller recordings: the same
tables in some minutes. ``EEGMILL_DATA`` names the folder of real recordings; ``MBP_PYTHON`` and ``EEGPREP_BIDS_PYTHON`` name the peers'
interpreters (`validation.benchmarks.pipelines`), which are left out where they are not named. Prints Markdown; the exit code is 1 if a
part failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from validation.processes import ROOT, with_threads

PARTS: dict[str, tuple[list[str], list[str]]] = {
    "main_job": ([], []),
    "workflow": ([], ["--quick"]),
    "memory": ([], ["64x120x500", "2"]),
    "pipelines": (["--recordings", "16"], ["--recordings", "2"]),
}
"""Modules with their arguments: of the whole, and of a quick run."""


def main(*, quick: bool) -> int:
    """Run all parts, one after the other; how many failed."""
    failed = 0
    for name, (whole, short) in PARTS.items():
        command = [sys.executable, "-m", f"validation.benchmarks.{name}", *(short if quick else whole)]
        failed += subprocess.run(command, cwd=ROOT, env=with_threads(), check=False).returncode != 0
        print(flush=True)
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller recordings")
    sys.exit(min(main(quick=parser.parse_args().quick), 1))
