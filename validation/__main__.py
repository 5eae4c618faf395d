"""Make the long comparisons and measurements again and write them into ``docs/validation.md``, with the day they were made.

    python -m validation [SECTION ...]

Without arguments every section is made, which takes an hour or more. ``EEGMILL_DATA`` names the folder of real recordings,
``EEGPREP_PYTHON`` a Python 3.12 with EEGPrep 0.4.0, ``ASR_PEERS_PYTHON`` one with asrpy, meegkit and mne-denoise, ``MEEGKIT_PYTHON`` one
with meegkit, ``MBP_PYTHON`` one with mne-bids-pipeline 1.10.1, ``EEGMILL_MONGOD`` a mongod; a module without what it needs says so. The
section on provenance measures the derivatives in ``../results/``. Sections that no module makes stay as they are.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

from validation.processes import ROOT, with_threads

PAGE = ROOT / "docs" / "validation.md"
SECTIONS = {
    "Main job": "benchmarks.main_job",
    "Filters, line noise, flat channels": "comparisons.filtering",
    "Bad channels": "comparisons.bads",
    "Bad channels: MNE-BIDS-Pipeline": "comparisons.mbp",
    "ASR and windows": "comparisons.asr",
    "ICA, labels, removal": "comparisons.ica",
    "Identical bits": "comparisons.bits",
    "Speed and memory of steps": "benchmarks.steps",
    "Metadata store": "benchmarks.catalog",
    "Metadata server": "benchmarks.server",
    "Fetching": "benchmarks.fetch",
    "Provenance": "benchmarks.provenance ../results",
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


def made(module: str) -> str:
    """The section that a module prints, with the day."""
    command = [sys.executable, "-m", *f"validation.{module}".split()]
    result = subprocess.run(command, cwd=ROOT, env=with_threads(), capture_output=True, text=True, check=False)
    day = datetime.now(UTC).date().isoformat()
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"\nLast tried {day} by `python -m validation.{module}`, without success: {reason}\n\n"
    text = re.sub(r"^#+ .+\n+", "", result.stdout.strip() + "\n", count=1)
    text = re.sub(r"^## ", "### ", text, flags=re.MULTILINE)
    return f"\nLast made {day} by `python -m validation.{module}`.\n\n{text}\n"


def main(wanted: list[str]) -> None:
    """Make the sections wanted and write the page."""
    unknown = [title for title in wanted if title not in SECTIONS]
    if unknown:
        sys.exit(f"There is no section '{unknown[0]}'; there are: {', '.join(SECTIONS)}.")
    head, sections = head_and_sections(PAGE.read_text(encoding="utf-8"))
    for title in wanted or SECTIONS:
        print(f"{title} ...", flush=True)
        sections[title] = made(SECTIONS[title])
        body = "".join(f"## {name}\n{text.rstrip()}\n\n" for name, text in sections.items())
        PAGE.write_text(head + body.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
