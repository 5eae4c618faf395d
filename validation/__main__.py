"""Make the long comparisons and measurements again and write them into ``docs/validation.md``, with the day they were made.

    python scripts/validate.py [SECTION ...]

Without arguments every section is made, which takes an hour or more. ``EEGMILL_DATA`` names the folder of real recordings,
``EEGPREP_PYTHON`` a Python 3.12 with EEGPrep 0.4.0, ``MBP_PYTHON`` a Python with mne-bids-pipeline 1.10.1,
``EEGMILL_MONGOD`` a mongod; a script without what it needs says so. The section on provenance measures the derivatives in ``results/``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
HEAD = """\
# Validation

What eegmill was compared with, when, and the figures. `python scripts/validate.py` makes every section again; each says when it
was last made. CPU seconds and ratios are from one run on a shared machine with two cores: take differences below 20 % as noise.
"""
SECTIONS = {
    "Main job": "bench.py",
    "Filters, line noise, flat channels": "parity/filtering.py",
    "Bad channels": "parity/bads.py",
    "Bad channels: MNE-BIDS-Pipeline": "parity/mbp.py",
    "ASR and windows": "parity/asr.py",
    "ICA, labels, removal": "parity/ica.py",
    "Identical bits": "parity/bits.py",
    "Speed and memory of steps": "bench_steps.py",
    "Metadata store": "bench_catalog.py",
    "Metadata server": "bench_server.py",
    "Fetching": "bench_fetch.py",
    "Provenance": "bench_provenance.py ../results",
}


def sections_of(page: str) -> dict[str, str]:
    """What the page holds, by the titles of its sections."""
    parts = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def made(script: str) -> str:
    """The section that a script prints, with the day."""
    result = subprocess.run(
        [sys.executable, *script.split()], cwd=ROOT / "scripts", capture_output=True, text=True, check=False
    )
    day = datetime.now(UTC).date().isoformat()
    if result.returncode != 0:
        return (
            f"\nLast tried {day} by `scripts/{script}`, without success: {result.stderr.strip().splitlines()[-1]}\n\n"
        )
    text = re.sub(r"^#+ .+\n+", "", result.stdout.strip() + "\n", count=1)
    text = re.sub(r"^## ", "### ", text, flags=re.MULTILINE)
    return f"\nLast made {day} by `scripts/{script}`.\n\n{text}\n"


def main(wanted: list[str]) -> None:
    """Make the sections wanted and write the page."""
    unknown = [title for title in wanted if title not in SECTIONS]
    if unknown:
        sys.exit(f"There is no section '{unknown[0]}'; there are: {', '.join(SECTIONS)}.")
    held = sections_of(PAGE.read_text(encoding="utf-8"))
    for title, script in SECTIONS.items():
        if (not wanted or title in wanted) and (ROOT / "scripts" / script.split()[0]).is_file():
            print(f"{title} ...", flush=True)
            held[title] = made(script)
            body = "".join(f"\n## {name}\n{held[name].rstrip()}\n" for name in SECTIONS if name in held)
            PAGE.write_text(HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
