"""Make the long comparisons and measurements again and write them into ``docs/validation.md``, with the day they were made.

    python -m validation [SECTION ...]

Without arguments every section is made, which takes an hour or more. ``EEGMILL_DATA`` names the folder of real recordings,
``EEGPREP_PYTHON`` a Python 3.12 with EEGPrep 0.4.0, ``ASR_PEERS_PYTHON`` one with asrpy, meegkit and mne-denoise, ``MEEGKIT_PYTHON`` one
with meegkit, ``MBP_PYTHON`` one with mne-bids-pipeline 1.10.1, ``CLEANBENCH_PEERS`` a folder of such environments (see
``validation.cleanbench``), ``MOABB_PYTHON`` one with MOABB 1.7.2, ``EEGMILL_MONGOD`` a mongod,
``EEGMILL_CASES`` a folder of scripts that write one input each. The section on provenance measures the
derivatives in ``../results/``. A section stays as it is where something that it needs is not named, where its module fails, and where
no module makes it. Modules run by themselves leave out what they lack, and say so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from validation.processes import ROOT, with_threads

PAGE = ROOT / "docs" / "validation.md"


@dataclass(frozen=True)
class Section:
    """What makes a section: a module with its arguments, and the environment variables that it needs for all of it."""

    command: str
    needs: tuple[str, ...] = ()


class NotMade(Exception):
    """A section could not be made; the message says why."""


DATA, EEGPREP = "EEGMILL_DATA", "EEGPREP_PYTHON"
SECTIONS = {
    "Main job": Section("benchmarks.main_job"),
    "Inputs": Section("inputs.sweep", ("EEGMILL_CASES",)),
    "From anywhere": Section("benchmarks.from_anywhere"),
    "The workflow": Section("benchmarks.workflow", (DATA,)),
    "ICA at full rank": Section("benchmarks.decomposition", (DATA,)),
    "Memory of a job": Section("benchmarks.memory"),
    "Filters, line noise, flat channels": Section("comparisons.filtering", (DATA, EEGPREP)),
    "Bad channels": Section("comparisons.bads", (DATA, EEGPREP)),
    "Faults named": Section("comparisons.inspected", (DATA,)),
    "Bad channels: MNE-BIDS-Pipeline": Section("comparisons.mbp", (DATA, "MBP_PYTHON")),
    "ASR and windows": Section("comparisons.asr", (DATA, EEGPREP, "ASR_PEERS_PYTHON")),
    "ICA, labels, removal": Section("comparisons.ica", (DATA, EEGPREP)),
    "CleanBench": Section("cleanbench", (DATA, "CLEANBENCH_PEERS")),
    "Identical bits": Section("comparisons.bits", (DATA,)),
    "Speed and memory of steps": Section("benchmarks.steps", (DATA, EEGPREP, "MEEGKIT_PYTHON")),
    "Multiverse": Section("benchmarks.multiverse", (DATA,)),
    "Metadata store": Section("benchmarks.catalog", ("EEGMILL_MONGOD",)),
    "Metadata server": Section("benchmarks.server"),
    "Fetching": Section("benchmarks.fetch"),
    "Streaming windows": Section("benchmarks.streaming"),
    "Scores of benchmarks": Section("comparisons.benchmark_scores", ("MOABB_PYTHON",)),
    "Provenance": Section("benchmarks.provenance ../results"),
    "Proof that travels": Section("benchmarks.proof"),
}


def head_and_sections(page: str) -> tuple[str, dict[str, str]]:
    r"""What stands above the sections of a page, and the sections by their titles.

    Examples
    --------
    >>> head_and_sections("# Page\n\n## One\ntext\n")
    ('# Page\n\n', {'One': 'text\n'})
    """
    head, *parts = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    return head, dict(zip(parts[::2], parts[1::2], strict=True))


def made(section: Section) -> str:
    """The section that a module prints, with the day.

    Raises
    ------
    NotMade
        If something that it needs is not named, or if the module fails.
    """
    module = f"validation.{section.command}"
    if missing := [name for name in section.needs if not os.environ.get(name)]:
        msg = f"it needs {', '.join(missing)}; 'python -m {module}' prints what can be made without"
        raise NotMade(msg)
    command = [sys.executable, "-m", *module.split()]
    result = subprocess.run(command, cwd=ROOT, env=with_threads(), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise NotMade((result.stderr.strip().splitlines() or [f"'python -m {module}' failed without a word"])[-1])
    text = re.sub(r"^#+ .+\n+", "", result.stdout.strip() + "\n", count=1)
    text = re.sub(r"^## ", "### ", text, flags=re.MULTILINE)
    return f"\nLast made {datetime.now(UTC).date().isoformat()} by `python -m {module}`.\n\n{text}\n"


def main(wanted: list[str]) -> None:
    """Make the sections wanted and write the page."""
    unknown = [title for title in wanted if title not in SECTIONS]
    if unknown:
        sys.exit(f"There is no section '{unknown[0]}'; there are: {', '.join(SECTIONS)}.")
    head, sections = head_and_sections(PAGE.read_text(encoding="utf-8"))
    left = []
    for title in wanted or SECTIONS:
        print(f"{title} ...", flush=True)
        try:
            sections[title] = made(SECTIONS[title])
        except NotMade as reason:
            left.append(f"'{title}' stays as it is: {reason}.")
        body = "".join(f"## {name}\n{text.rstrip()}\n\n" for name, text in sections.items())
        PAGE.write_text(head + body.rstrip() + "\n", encoding="utf-8")
    if left:
        sys.exit("\n".join(left))


if __name__ == "__main__":
    main(sys.argv[1:])
