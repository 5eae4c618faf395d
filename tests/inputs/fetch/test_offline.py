"""Without network means without a single socket, also of libraries that are not Python: the kernel forbids them."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys

import pytest

from catalogued import Catalogue, put, record
from eegmill.config.models import Select
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import resolve_dataset, write_lock

SOCKET_CALL = {("Linux", "x86_64"): 41, ("Linux", "aarch64"): 198}.get((platform.system(), platform.machine()))
FORBIDDEN = """
import ctypes, errno, socket, struct, sys
from pathlib import Path

# seccomp(2): load the number of the system call; if it is socket(2), answer EPERM; else allow.
refuse, allow = 0x00050000 | errno.EPERM, 0x7FFF0000
code = [(0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (0x06, 0, 0, refuse), (0x06, 0, 0, allow)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
filter = ctypes.create_string_buffer(struct.pack("HL", len(code), ctypes.addressof(program)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
if libc.prctl(22, 2, ctypes.byref(filter)):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    sys.exit(77)
try:
    socket.socket()
except PermissionError:
    pass
else:
    raise AssertionError("a socket could be opened")
"""
FETCH = """
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.lock import read_lock

lock, cache, root, offline = Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5] == "offline"
fetch_recording(read_lock(lock), "sub-01_task-rest", root, cache=cache, offline=offline)
"""
OWN = "sub-01/eeg/sub-01_task-rest_eeg.edf"

pytestmark = pytest.mark.skipif(SOCKET_CALL is None, reason="the number of socket(2) is known for Linux alone")


@pytest.fixture
def world(s3, tmp_path):
    """A lock of an object in S3, and a cache that has it."""
    put(s3, OWN, "task-rest_eeg.json", body=b"hello")
    lock = resolve_dataset(Catalogue(record(OWN)), "ds000001", select=Select())
    write_lock(lock, tmp_path / "a.lock.json")
    fetch_recording(lock, "sub-01_task-rest", tmp_path / "once", cache=tmp_path / "cache")
    return tmp_path


def run(world, mode, cache="cache"):
    arguments = [str(SOCKET_CALL), world / "a.lock.json", world / cache, world / "root", mode]
    done = subprocess.run(
        [sys.executable, "-c", FORBIDDEN + FETCH, *map(str, arguments)],
        env={**os.environ, "EEGMILL_ATTEMPTS": "1"}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("this system forbids nobody anything (no seccomp)")
    return done


@pytest.mark.parametrize("mode", ["offline", "as usual"])
def test_what_the_cache_holds_needs_no_socket(world, mode):
    done = run(world, mode)
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256((world / "root" / OWN).read_bytes()).hexdigest() == hashlib.sha256(b"hello").hexdigest()


def test_offline_what_it_does_not_hold_is_the_reason(world):
    assert "offline, it cannot be fetched from 's3://openneuro.org/" in run(world, "offline", "empty").stderr


def test_without_being_told_the_forbidden_socket_is_noticed(world):
    assert "could not be fetched in 1 tries" in run(world, "as usual", "empty").stderr
