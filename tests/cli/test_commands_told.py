"""Every command that code, pages and documentation tell people to type exists, with these options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

import eegmill
from eegmill.__main__ import parted
from eegmill.cli import bids_app
from eegmill.cli.app import app

ROOT = Path(__file__).parents[2]
SOURCES = [
    *(path for ending in ("py", "html", "j2") for path in Path(eegmill.__file__).parent.rglob(f"*.{ending}")),
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("config/*"),
]
NAME = "eegmill(?:-bids)?"
QUOTED = re.compile(rf"""'({NAME} [a-z][^'\n]*)'|`({NAME} [a-z][^`\n]*)`|"({NAME} [a-z][^"\n]*)["\n]""")
ANNOUNCED = re.compile(rf"(?:[Ee]xample|Now|then|with|them): ({NAME} [^\n\"]+)")
BLOCK = re.compile(r"```(?:bash|console|sh)\n(.*?)```", re.DOTALL)
NO_COMMAND = ("eegmill metadata API", "eegmill cache: ", "eegmill knows ")
"""Beginnings of quoted texts that are no command."""


def told() -> list[str]:
    found: set[str] = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found |= {next(filter(None, match.groups())) for match in QUOTED.finditer(text)}
        found |= {match[1] for match in ANNOUNCED.finditer(text)}
        lines = (line for block in BLOCK.findall(text) for line in block.splitlines())
        found |= {line for line in lines if re.match(rf"{NAME} ", line)}
    return sorted(command for command in found if not command.startswith(NO_COMMAND))


def words_of(command: str) -> list[str]:
    """The words that a person types: placeholders stand for something, and remarks are left out."""
    plain = re.sub(r"\{[^}]*\}+", "x", command.split("  #")[0]).replace("…", "x").replace("\\n", "")
    return shlex.split(plain.rstrip(".,;:"))


@pytest.mark.parametrize("command", told())
def test_a_command_that_is_told_can_be_typed(command: str) -> None:
    program, *words = words_of(command)
    if program == "eegmill-bids":
        bids_app.parser().parse_args(words)
        return
    own, _ = parted(words)
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    context = group.make_context("eegmill", own)
    name, chosen, rest = group.resolve_command(context, own)
    assert chosen is not None
    required = [word for word in rest if word.startswith("-")] or rest
    if required:  # 'eegmill resolve' alone names the command
        chosen.make_context(name, rest)


def test_commands_are_found_where_they_are_told() -> None:
    commands = told()
    assert any(command.startswith("eegmill init ds003805") for command in commands)
    assert any(command.startswith("eegmill-bids") for command in commands)
    assert len(commands) > 15
