"""Entries of ``datasets``: IDs, folders, tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.datasets import name_of, named_sources
from eegmill.errors import ConfigurationError


def bids(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "dataset_description.json").write_text("{}")
    return folder


def test_an_id_and_a_folder_stand_side_by_side(tmp_path: Path) -> None:
    folder = bids(tmp_path / "My study")
    assert named_sources(["ds003805", str(folder)]) == {"ds003805": None, "My-study": folder}


def test_two_folders_of_one_name_are_refused_with_the_way_out(tmp_path: Path) -> None:
    folders = [str(bids(tmp_path / place / "raw")) for place in "ab"]
    with pytest.raises(ConfigurationError, match=r"both called 'raw'.*Rename one"):
        named_sources(folders)


def test_a_folder_without_bids_names_what_can_be_done(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no BIDS dataset.*eegmill init.*eegmill clean"):
        named_sources([str(tmp_path)])


def test_a_path_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'\./x' does not exist"):
        named_sources(["./x"])


@given(st.text(min_size=1).filter(lambda text: "/" not in text and "\0" not in text))
def test_whatever_a_folder_is_called_its_name_is_a_dataset_id(name: str) -> None:
    assert re.fullmatch(r"[\w.-]+", name_of(Path("/data") / name))
