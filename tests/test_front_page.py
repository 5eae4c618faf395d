"""The README does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_two_commands_do_all_the_set_up() -> None:
    set_up = [command for command in commands() if "scripts/setup" in command]
    assert len(set_up) == 2
    assert "snakemake --cores 8 --configfile config/ds.yaml" in set_up[0]
    assert "scripts/test" in set_up[1]


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_what_it_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_commands_of_eegmill_exist() -> None:
    from typer.testing import CliRunner

    from eegmill.cli.app import app

    for command in commands():
        if command.startswith("eegmill "):
            result = CliRunner().invoke(app, [command.split()[1], "--help"])
            assert result.exit_code == 0, command


def test_the_citation_file_fits_the_schema_of_its_format() -> None:
    cffconvert = pytest.importorskip("cffconvert")
    cffconvert.Citation((ROOT / "CITATION.cff").read_text(encoding="utf-8")).validate()
