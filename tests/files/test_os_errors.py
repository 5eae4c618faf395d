"""Errors of the system, in one sentence."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from eegmill.files.os_errors import explain, gone, out_of_memory, temporary_folders


def error(number: int, path: Path | None = None) -> OSError:
    return OSError(number, os.strerror(number), *([] if path is None else [str(path)]))


def test_a_full_disk_is_told_with_the_folder_of_the_file(tmp_path: Path) -> None:
    told = explain(error(errno.ENOSPC, tmp_path / "a.eeg"))
    assert told is not None
    assert told.startswith(f"'{tmp_path}': the disk is full.")


def test_a_disk_that_has_room_again_is_told_as_the_one_with_the_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small").mkdir()
    room = {tmp_path: 10**9, tmp_path / "small": 10**7}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=room[folder]))
    assert str(explain(error(errno.ENOSPC), folders=room)).startswith(f"'{tmp_path / 'small'}': the disk is full.")


def test_a_quota_is_told_as_one(tmp_path: Path) -> None:
    assert "the quota is used up" in str(explain(error(errno.EDQUOT, tmp_path / "a.eeg")))


def test_a_full_temporary_folder_is_told_with_the_variable_that_moves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert f"TMPDIR names another than '{tmp_path}'" in str(explain(error(errno.ENOSPC, tmp_path / "x" / "a.eeg")))


def test_a_file_that_may_not_be_read_is_not_told_as_one_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.eeg"
    path.touch()
    monkeypatch.setattr(os, "access", lambda found, _: Path(found) != path)  # root may read everything
    assert "may not be read by this user" in str(explain(error(errno.EACCES, path)))


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ECONNRESET])
def test_what_is_none_of_a_disk_or_of_rights_is_left_alone(tmp_path: Path, number: int) -> None:
    assert explain(error(number, tmp_path / "a.eeg")) is None


def test_a_closed_folder_on_the_way_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "access", lambda found, _: Path(found) != tmp_path / "closed")  # root may enter everything
    told = explain(error(errno.EACCES, tmp_path / "closed" / "a" / "b.json"))
    assert f"'{tmp_path / 'closed'}' may not be entered by this user" in str(told)


def test_a_closed_working_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda found, _: Path(found) != tmp_path)
    monkeypatch.setattr(os.path, "exists", lambda found: Path(found).is_absolute() and Path(found) == tmp_path)
    assert f"'{tmp_path}' may not be entered by this user" in str(explain(error(errno.EACCES, Path("a/b.json"))))


def test_the_folder_is_named_that_a_file_was_to_be_made_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda found, mode: Path(found) != tmp_path or mode == os.X_OK)
    assert f"'{tmp_path}' may not be written by this user" in str(explain(error(errno.EACCES, tmp_path / "b.json")))


@pytest.mark.parametrize("number", [errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT])
def test_a_network_folder_that_was_away_is_told_as_one_that_may_come_back(tmp_path: Path, number: int) -> None:
    told = str(explain(error(number, tmp_path / "a.eeg")))
    assert told.startswith(f"'{tmp_path}' is in a network folder that was away")
    assert told.endswith("run again.")


def test_a_connection_that_was_lost_is_none_of_a_folder(tmp_path: Path) -> None:
    assert explain(error(errno.ETIMEDOUT), folders=[tmp_path]) is None


def test_a_disk_that_fails_is_told_with_the_file(tmp_path: Path) -> None:
    assert f"'{tmp_path / 'a.eeg'}' could not be read or written" in str(explain(error(errno.EIO, tmp_path / "a.eeg")))


def test_a_file_that_went_away_is_named_with_the_way_out(tmp_path: Path) -> None:
    assert gone(error(errno.ENOENT, tmp_path / "a.eeg")).startswith(f"'{tmp_path / 'a.eeg'}' is gone")
    assert gone(error(errno.ENOSPC, tmp_path / "a.eeg")) == ""


@pytest.mark.skipif(not Path("/dev/shm").is_mount(), reason="no disk of its own at /dev/shm")
def test_another_disk_below_the_temporary_folder_is_not_moved_by_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/dev")
    assert "TMPDIR" not in str(explain(error(errno.ENOSPC, Path("/dev/shm/a.eeg"))))


def test_too_many_open_files_are_told_with_the_limit_to_raise() -> None:
    assert "ulimit -n" in str(explain(error(errno.EMFILE)))


def test_a_system_without_memory_is_told_as_that() -> None:
    assert "the memory ran out" in str(explain(error(errno.ENOMEM)))


@pytest.mark.parametrize(
    ("fault", "is_memory"),
    [
        (MemoryError(), True),
        (ImportError("libfoo.so: failed to map segment from shared object"), True),
        (ImportError("No module named 'foo'"), False),
        (RuntimeError("can't start new thread"), True),
        (RuntimeError("failed to map segment"), False),
        (OSError(errno.ENOSPC, "x"), False),
    ],
)
def test_what_means_that_the_memory_ran_out(fault: Exception, is_memory: bool) -> None:
    assert out_of_memory(fault) is is_memory


def test_a_machine_without_any_temporary_folder_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])
    assert temporary_folders() == []
    with pytest.raises(FileNotFoundError) as raised:
        tempfile.gettempdir()
    assert "TMPDIR" in str(explain(raised.value, folders=[tmp_path]))
