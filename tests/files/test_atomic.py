from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.files import atomic


def test_text_keeps_its_line_ends(tmp_path):
    atomic.write_text(tmp_path / "a" / "x.txt", "é\r\n\n")
    assert (tmp_path / "a" / "x.txt").read_bytes() == b"\xc3\xa9\r\n\n"


def test_json_depends_on_the_value_alone(tmp_path):
    atomic.write_json(tmp_path / "a.json", {"b": "µ", "a": [1]})
    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "a": [\n    1\n  ],\n  "b": "µ"\n}\n'


def test_json_refuses_nan_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    atomic.write_json(path, 1)
    with pytest.raises(ValueError, match="JSON compliant"):
        atomic.write_json(path, float("nan"))
    assert path.read_text() == "1\n"


def test_a_failed_rename_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def refuse(self, target):
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        atomic.write_text(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_takes_the_place_of_another(tmp_path):
    staged, target = tmp_path / "staged", tmp_path / "target"
    staged.mkdir()
    (staged / "new").touch()
    target.mkdir()
    (target / "old").touch()
    atomic.replace_folder(staged, target)
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_folder_is_put_where_none_was(tmp_path):
    (tmp_path / "staged").mkdir()
    atomic.replace_folder(tmp_path / "staged", tmp_path / "a" / "target")
    assert (tmp_path / "a" / "target").is_dir()


def test_a_folder_that_cannot_be_put_leaves_the_old_one(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "old").touch()
    with pytest.raises(FileNotFoundError):
        atomic.replace_folder(tmp_path / "missing", tmp_path / "target")
    assert (tmp_path / "target" / "old").exists()


@given(name=st.text(alphabet="aé脑 ", min_size=1, max_size=80).filter(str.strip))
def test_any_name_that_the_file_system_bears_can_be_written(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("n") / name
    atomic.write_bytes(path, b"1")
    assert path.read_bytes() == b"1"
