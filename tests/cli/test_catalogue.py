"""``catalog`` from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.errors import CatalogError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BIDS folder with three empty recordings."""
    root = tmp_path / "mine"
    for subject in ("01", "02", "03"):
        (root / f"sub-{subject}/eeg").mkdir(parents=True)
        (root / f"sub-{subject}/eeg/sub-{subject}_task-rest_eeg.set").write_text("")
    (root / "dataset_description.json").write_text('{"Name": "Mine"}')
    return root


def catalog(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["catalog", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout.strip()


def test_what_a_load_did_is_said_in_words(folder: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "lab.db")
    assert catalog("load", str(folder), "--store", store) == "1 dataset, 3 recordings (4 new, 0 renewed, 0 unchanged)"
    shutil.rmtree(folder / "sub-03")
    assert catalog("load", str(folder), "--store", store).startswith("1 dataset, 2 recordings, 1 removed (0 new")


def test_a_dataset_is_removed_and_then_unknown(folder: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "lab.db")
    catalog("load", str(folder), "--store", store)
    assert catalog("remove", "mine", "--store", store) == "mine removed, with 3 recordings"
    with pytest.raises(CatalogError, match="'mine' is not in the database 'eegdash'"):
        catalog("remove", "mine", "--store", store)


@pytest.mark.parametrize("command", [("remove", "mine"), ("dump", "x.ndjson")])
def test_a_mistyped_store_is_no_new_store(command: tuple[str, ...], tmp_path: Path) -> None:
    store = tmp_path / "lba.db"
    with pytest.raises(CatalogError, match="There is no store"):
        catalog(*command, "--store", str(store))
    assert not store.exists()
