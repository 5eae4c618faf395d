from __future__ import annotations

import errno

import pytest

from eegmill.files import links


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"bytes")
    return path


def no_links(*args):
    raise OSError(errno.EXDEV, "another file system")


def test_where_nothing_else_works_the_bytes_are_copied(source, tmp_path, monkeypatch):
    monkeypatch.setattr(links, "reflink", lambda *args: False)
    monkeypatch.setattr("os.link", no_links)
    assert links.same_bytes(source, tmp_path / "out") == "copy"
    assert (tmp_path / "out").read_bytes() == b"bytes"


def test_a_source_on_another_disk_is_linked_by_name(source, tmp_path, monkeypatch):
    monkeypatch.setattr(links, "reflink", lambda *args: False)
    monkeypatch.setattr("os.link", no_links)
    assert links.linked(source, tmp_path / "out") == "symbolic link"
    assert (tmp_path / "out").readlink() == source


def test_a_hard_link_costs_no_space(source, tmp_path, monkeypatch):
    monkeypatch.setattr(links, "reflink", lambda *args: False)
    assert links.linked(source, tmp_path / "out") == "hard link"
    assert (tmp_path / "out").samefile(source)


def test_a_reflink_is_another_file_or_nothing_is_left(source, tmp_path):
    done = links.reflink(source, tmp_path / "out")
    assert (tmp_path / "out").exists() is done
    assert not done or (tmp_path / "out").read_bytes() == b"bytes"
