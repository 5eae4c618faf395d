"""An option by the name that other programs have for it is answered with that of the command."""

from __future__ import annotations

import re

import pytest
import typer
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.cli.other_names import LAST_WORD, SAME

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def told(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200", "TERM": "dumb"})
    assert done.exit_code == 2
    return re.sub(r"[\s│]+", " ", done.output)


@pytest.mark.parametrize("option", ["--out", "-o", "--output", "--out=x", "--outdir"])
def test_clean_says_where_its_output_is_named(option: str) -> None:
    assert "the output folder is the last word: eegmill clean FILE… FOLDER" in told("clean", "a.edf", option, "x")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["run", "ds1", "-o", "x"], "--output"),
        (["run", "ds1", "--out", "x"], "--output"),
        (["run", "ds1", "--subject", "01"], "--participant-label"),
        (["run", "ds1", "-j", "2"], "--cores"),
        (["run", "ds1", "-c", "a.yaml"], "--cores"),
        (["resolve", "-c", "a.yaml"], "--configfile"),
        (["stability", "a.edf", "--out", "x.json"], "--json"),
        (["clean", "a.edf", "--force"], "--overwrite"),
        (["prune", "a", "b", "--force"], "--yes"),
        (["benchmark", "a.yaml", "--jobs", "2"], "--cores"),
    ],
)
def test_the_name_that_the_command_has_for_it_is_told(words: list[str], name: str) -> None:
    assert f"here it is called {name}" in told(*words)


def test_a_misspelt_option_is_still_answered_with_the_nearest() -> None:
    assert "Possible options: " in told("clean", "a.edf", "--recpe", "x")


def test_every_name_that_is_told_exists() -> None:
    options = {name for command in COMMANDS.values() for one in command.params for name in one.opts}
    assert {names[0] for names in SAME} <= options
    assert set(LAST_WORD) <= set(COMMANDS)
    assert not any("--output" in one.opts for name in LAST_WORD for one in COMMANDS[name].params)
