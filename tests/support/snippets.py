"""The fenced blocks of README and documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "config" / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """One fenced block, without the indentation of its fence."""

    page: str
    line: int
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Of a block for the shell: its commands without remarks."""
        whole = self.text.replace("\\\n", " ")
        lines = (re.sub(r"\s{2,}", " ", line.split("  #")[0]).strip() for line in whole.splitlines())
        return [line for line in lines if line]


def snippets_of(page: Path) -> list[Snippet]:
    """The blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Snippet(name, text.count("\n", 0, match.start(3)) + 1, match[2], re.sub(f"(?m)^{match[1]}", "", match[3]))
        for match in FENCE.finditer(text)
    ]


WITH_SNIPPETS = [page for page in PAGES if snippets_of(page)]
