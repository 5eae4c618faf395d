"""Where the paths of a configuration count from."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.config.models import Configuration, load_configuration
from eegmill.config.paths import located
from eegmill.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration's folder, another than the working directory."""
    for name in ("conf", "run"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bids").mkdir()
    (tmp_path / "conf" / "mine.yaml").write_text("[]")
    monkeypatch.chdir(tmp_path / "run")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "conf"


def config(**values: object) -> Configuration:
    return load_configuration(values)


def test_what_is_read_counts_from_the_configurations_folder_first(folder: Path) -> None:
    found = located(config(recipe="mine.yaml", overrides="mine.yaml", datasets=["./bids"]), folder)
    assert (found.recipe, found.overrides) == (str(folder / "mine.yaml"), str(folder / "mine.yaml"))
    assert found.datasets == (str(folder / "bids"),)


def test_then_from_the_working_directory(folder: Path) -> None:
    Path("here.tsv").write_text("")
    assert located(config(overrides="here.tsv"), folder).overrides == str(Path("here.tsv").absolute())


def test_the_home_folder_works_for_what_is_read_and_written(folder: Path) -> None:
    found = located(config(output="~/out", overrides="~/conf/mine.yaml"), None)
    assert found.output == str(folder.parent / "out")
    assert found.overrides == str(folder / "mine.yaml")


def test_output_counts_from_the_working_directory(folder: Path) -> None:
    assert located(config(output="results"), folder).output == "results"


def test_a_recipe_that_ships_goes_before_a_file_of_its_name(folder: Path) -> None:
    (folder / "prep").write_text("")
    assert located(config(recipe="prep"), folder).recipe == "prep"


def test_braces_in_output_are_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'output'.*braces"):
        located(config(output="res{1}"), folder)
