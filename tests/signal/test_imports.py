"""What the numerics may know: neither steps nor configuration, neither files nor the network."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import eegmill

ROOM = Path(eegmill.__file__).parent / "signal"
KNOWN = {"errors", "models", "recording"}
FOREIGN = {"pathlib", "os", "shutil", "tempfile", "io", "socket", "urllib", "http", "httpx", "requests", "obstore"}


def imported(path: Path) -> set[str]:
    """Rooms of eegmill as ``.name``, and top packages, that a module imports anywhere."""
    depth, names = len(path.relative_to(ROOM.parent).parts), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == depth:
            names |= {f".{(node.module or alias.name).split('.')[0]}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_a_module_of_the_signal_imports_no_other_room_and_no_disk(path: Path) -> None:
    found = imported(path)
    if path.name == "iclabel_network.py":  # its weights are a file of an installed package
        found -= {"pathlib"}
    assert {name for name in found if name.startswith(".")} <= {f".{name}" for name in KNOWN}
    assert not found & (FOREIGN | {"eegmill"})
