"""``logs/CITATION.md``: a methods paragraph written from what was recorded, and its references."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..files.atomic import write_text
from ..lock import Lock
from ..records import RecordingRecord
from .environment import Environment
from .methods import paragraph
from .references import REFERENCES, bibtex

HEAD = """# How to describe and cite this dataset

The text between the lines was written by eegmill from its records of {n} recordings.
It may be copied word for word: it is released under CC0.

---

{paragraph}

---

## References

{references}

`CITATION.bib` has them in BibTeX.
"""


def write_citation(
    derivative: Path, *, lock: Lock, recipe: str, records: Sequence[RecordingRecord], environment: Environment
) -> tuple[Path, ...]:
    """Write ``logs/CITATION.md`` and ``logs/CITATION.bib``."""
    text, keys = paragraph(lock, recipe=recipe, records=records, environment=environment)
    listed = "\n".join(f"* [@{key}] {REFERENCES[key].text}" for key in keys)
    page = derivative / "logs" / "CITATION.md"
    write_text(page, HEAD.format(n=len(records), paragraph=text, references=listed))
    write_text(page.with_suffix(".bib"), bibtex(keys))
    return page, page.with_suffix(".bib")


def written_paragraph(derivative: Path) -> str:
    """The paragraph that stands in ``logs/CITATION.md``; empty where there is no such file."""
    page = derivative / "logs" / "CITATION.md"
    parts = page.read_text(encoding="utf-8").split("\n---\n") if page.is_file() else []
    return parts[1].strip() if len(parts) > 2 else ""
