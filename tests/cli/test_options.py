"""What the command line takes where nothing is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.cli.options import Named, configfile_here, named
from eegmill.errors import ConfigurationError

CONFIGURATION = "datasets: [eegmill-sample]\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_only_configuration_is_taken_and_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "ds.yaml").write_text(CONFIGURATION)
    (here / "recipe.yaml").write_text("steps: []\n")
    (here / "broken.yaml").write_text("a: [")
    assert configfile_here("run") == Path("ds.yaml")
    assert "takes 'ds.yaml'" in capsys.readouterr().err


def test_a_word_is_an_output_folder_or_a_dataset_in_one(here: Path) -> None:
    (here / "out" / "locks").mkdir(parents=True)
    (here / "app" / ".eegmill" / "locks").mkdir(parents=True)
    (here / "my_bids").mkdir()
    (here / "my_bids" / "dataset_description.json").write_text("{}")
    assert named("out", None) == Named(Path("out"))
    assert named("app", None) == Named(Path("app/.eegmill"))
    for word in ("my_bids", "./my_bids/", str(here / "my_bids")):
        assert named(word, None) == Named(Path("results"), "my_bids")
    assert named("ds003805", Path("out")) == Named(Path("out"), "ds003805")


def test_a_folder_in_the_home_is_named_with_a_tilde(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    (here / "my_bids").mkdir()
    (here / "my_bids" / "dataset_description.json").write_text("{}")
    assert named("~/my_bids", None).dataset == "my_bids"


def test_of_several_configurations_none_is_taken(here: Path) -> None:
    for name in ("a.yaml", "b.yml"):
        (here / name).write_text(CONFIGURATION)
    with pytest.raises(ConfigurationError, match=r"--configfile a\.yaml or --configfile b\.yml"):
        configfile_here("run")


def test_without_any_the_ways_to_start_are_told() -> None:
    with pytest.raises(ConfigurationError, match="eegmill run path/to/my_bids"):
        configfile_here("run")
