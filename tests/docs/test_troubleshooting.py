"""The messages that the page on troubleshooting quotes are those that the code gives."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import eegmill
from eegmill.records import RecordingRecord

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
FIRST_CELLS = re.findall(r"^\| (`[^|]+`|status `\w+`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
MESSAGES = [cell.strip("`") for cell in FIRST_CELLS if cell.startswith("`")]


def as_told(node: ast.AST) -> str:
    """A text of the source, with ``…`` where a value is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(as_told(part) for part in parts)
        case _:
            return "…"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """All texts of the source."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in Path(eegmill.__file__).parent.rglob("*.py"))
    return [
        as_told(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)
    ]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_is_explained_exists(message: str, texts: list[str]) -> None:
    assert any(message in text for text in texts)


def test_messages_are_explained() -> None:
    assert len(MESSAGES) > 10


def test_each_status_that_needs_a_reason_is_explained() -> None:
    known = set(get_args(RecordingRecord.model_fields["status"].annotation))
    explained = {cell.split("`")[1] for cell in FIRST_CELLS if cell.startswith("status")}
    assert explained == known - {"ok", "pending"}
