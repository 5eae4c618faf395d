from __future__ import annotations

import shutil
import subprocess

import pytest

from eegmill.provenance import commit


@pytest.fixture
def clone(tmp_path):
    if shutil.which("git") is None:
        pytest.skip("needs git")
    package = tmp_path / "src" / "eegmill"
    package.mkdir(parents=True)
    (package / "version.py").write_text("")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "One"], check=True)
    return package


def test_a_clean_clone_tells_its_commit(clone):
    assert len(commit._asked_of_git(clone)) == 40


def test_changed_sources_are_told(clone):
    (clone / "version.py").write_text("changed")
    assert commit._asked_of_git(clone).endswith("-dirty")


def test_another_repository_around_it_is_not_its_own(clone):
    inside = clone / "environment" / "eegmill"
    inside.mkdir(parents=True)
    (inside / "version.py").write_text("")
    assert commit._asked_of_git(inside) is None
