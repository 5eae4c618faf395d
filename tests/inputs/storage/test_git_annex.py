"""Clones made by git-annex itself: locked and unlocked files, with content and without."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage.local import LocalSource
from eegmill.lock import Lock
from eegmill.testing.storage import locked
from pinned import files_in, lock_of

pytestmark = pytest.mark.skipif(not shutil.which("git-annex"), reason="git-annex is not installed")

HERE, THERE = "sub-01/eeg/sub-01_task-rest_eeg.edf", "sub-02/eeg/sub-02_task-rest_eeg.edf"
DATA = {HERE: b"here" * 1000, THERE: b"there" * 1000}


def git(folder: Path, *arguments: str) -> None:
    names = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b.c",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.c",
    }
    environment = {**os.environ, **names, "HOME": str(folder.parent)}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture(params=["locked", "unlocked"])
def clone(tmp_path, request):
    """A clone that got the content of one of two annexed files."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    for path, data in DATA.items():
        (origin / path).parent.mkdir(parents=True)
        (origin / path).write_bytes(data)
    for command in (["init"], ["annex", "init"], ["annex", "add", "--backend=MD5E", "."], ["commit", "-m", "all"]):
        git(origin, *command)
    git(tmp_path, "clone", str(origin), str(clone))
    git(clone, "annex", "init")
    git(clone, "annex", "get", HERE)
    if request.param == "unlocked":
        git(clone, "annex", "unlock", ".")
    return clone


def lock(clone: Path, path: str) -> Lock:
    return lock_of(locked(LocalSource(str(clone)), path), raw=path)


def test_both_files_are_listed_with_their_sizes(clone):
    pins = LocalSource(str(clone)).listing()
    assert {path: pins[path].size for path in DATA} == {path: len(data) for path, data in DATA.items()}
    assert pins[THERE].md5 == hashlib.md5(DATA[THERE]).hexdigest()


def test_content_is_taken_by_link(clone, tmp_path):
    fetch_recording(lock(clone, HERE), "sub-01_task-rest", tmp_path / "root", offline=True)
    assert files_in(tmp_path / "root") == {HERE: DATA[HERE]}
    assert (tmp_path / "root" / HERE).samefile(clone / HERE)


def test_absent_content_says_how_to_get_it(clone, tmp_path):
    with pytest.raises(SourceError, match="has no content in this clone: 'git annex get'"):
        fetch_recording(lock(clone, THERE), "sub-01_task-rest", tmp_path / "root", offline=True)
