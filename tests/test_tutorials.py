"""Every tutorial runs as it stands: all of its Python, from the first block to the last."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "docs" / "tutorials"
TUTORIALS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
NEEDS = re.compile(r"<!-- needs: ([\w., ]+) -->")
"""Packages that a tutorial needs and eegmill does not: ``<!-- needs: torch -->``."""


def blocks(tutorial: Path) -> list[Any]:
    """The blocks of a tutorial, compiled so that an error names its line."""
    text = tutorial.read_text(encoding="utf-8")
    found = [("\n" * text.count("\n", 0, match.start(1)) + match[1]) for match in BLOCK.finditer(text)]
    return [compile(block, str(tutorial), "exec") for block in found]


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs(tutorial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, without network, each block after the one before."""
    for package in ", ".join(NEEDS.findall(tutorial.read_text(encoding="utf-8"))).split(", "):
        if package:
            pytest.importorskip(package, reason=f"the tutorial shows {package}, which is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EEGMILL_OFFLINE", "1")
    scope: dict[str, Any] = {"__name__": "__main__"}
    code = blocks(tutorial)
    assert code
    for block in code:
        exec(block, scope)


def test_every_tutorial_stands_in_the_list() -> None:
    listed = set(re.findall(r"\]\(([^)#:]+)\)", (FOLDER / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in TUTORIALS}
