"""A disk that is full or may not be written to, made by a namespace of the system: no privileges, nothing left."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from pinned import RAW, files_in, lock_of, web_file

DATA = bytes(range(256)) * 2000
FETCH = """
import resource, sys
from pathlib import Path
from eegmill.errors import SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.lock import read_lock

if len(sys.argv) > 3:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    fetch_recording(read_lock(Path(sys.argv[1])), "sub-01_task-rest", Path(sys.argv[2]))
except SourceError as error:
    sys.exit(str(error))
"""


def run(*command) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def lock_file(web, tmp_path):
    path = tmp_path / "a.lock.json"
    path.write_text(lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest())).model_dump_json())
    return path


def in_namespace(mount: str, lock_file: Path, root: Path) -> str:
    probe = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("this system lets no user make a mount namespace")
    script = f'mount -t tmpfs {mount} && exec "$@"'
    return run("unshare", "-rm", "sh", "-c", script.replace("TARGET", str(root)), root, *command(lock_file, root))


def command(lock_file: Path, root: Path, *limit) -> list[object]:
    return [sys.executable, "-c", FETCH, lock_file, root, *limit]


def test_a_full_disk_is_the_reason_and_names_the_folder(lock_file, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    said = in_namespace('-o size=200k none "TARGET"', lock_file, root)
    assert "bytes free" in said
    assert str(root) in said


def test_a_read_only_target_is_the_reason_and_names_the_folder(lock_file, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    said = in_namespace('-o ro none "TARGET"', lock_file, root)
    assert "cannot be written to (Read-only file system)" in said


def test_a_quota_met_in_the_middle_leaves_no_file_and_what_came_is_taken_up(lock_file, web, tmp_path):
    root = tmp_path / "root"
    assert "is full: make room, then run again" in run(*command(lock_file, root, 200_000))
    assert files_in(root) == {}
    assert run(*command(lock_file, root)) == ""
    assert files_in(root) == {RAW: DATA}
    assert web.gets(RAW)[-1].startswith("bytes=")
