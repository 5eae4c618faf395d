from __future__ import annotations

import os

from eegmill.files.holes import bytes_written, mostly_holes


def test_a_written_file_has_no_holes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\1" * (2 << 20))
    assert bytes_written(path) == 2 << 20
    assert mostly_holes(path) is None


def test_a_file_that_was_made_longer_without_writing_is_mostly_holes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\1" * 1000)
    os.truncate(path, 5_000_000_000)
    assert bytes_written(path) < 1 << 20
    assert "is 5000000000 bytes long" in (mostly_holes(path) or "")


def test_small_files_are_not_looked_at(tmp_path):
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 1000)
    assert mostly_holes(path) is None
