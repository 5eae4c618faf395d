"""Folders that cannot be used end in one sentence that names them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this user may mount nothing")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_command_that_writes_to_a_read_only_folder_says_so_without_a_traceback(read_only: Path) -> None:
    command = [sys.executable, "-m", "eegmill", "init", "eegmill-sample"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(command, cwd=read_only, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "is read-only: choose another folder." in result.stderr
    assert "Traceback" not in result.stderr
