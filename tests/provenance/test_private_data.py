"""Nothing of who made a derivative, and where, may be in it."""

from __future__ import annotations

import getpass
import re
import socket
import uuid
from pathlib import Path

import pytest

ABSOLUTE = re.compile(rb"(?<![\w:./])/(?:home|Users|root|tmp|work|var|private|mnt|data)/[\w.-]+")
TOKEN = re.compile(rb"(?i)(?:gh[pousr]_[a-z0-9]{20}|akia[0-9a-z]{16}|bearer [a-z0-9._-]{20}|(?:token|password)=\w)")


@pytest.fixture(scope="module")
def contents(pristine):
    return {
        str(path.relative_to(pristine.derivative)): path.read_bytes()
        for path in pristine.derivative.rglob("*")
        if path.is_file()
    }


def test_no_host_and_no_folder_of_this_machine(contents, pristine):
    told = (socket.gethostname(), str(Path.home()), str(Path.cwd()), str(pristine.root), f"/{getpass.getuser()}/")
    whole = re.compile(rb"(?<!\w)(?:" + b"|".join(re.escape(text.encode()) for text in told) + rb")(?!\w)")
    for name, content in contents.items():
        assert not whole.search(content), name


def test_no_hardware_address(contents):
    address = f"{uuid.getnode():012x}"
    spellings = (address, ":".join(address[i : i + 2] for i in range(0, 12, 2)))
    for name, content in contents.items():
        assert not [text for text in spellings if text.encode() in content.lower()], name


def test_no_absolute_path_and_no_token(contents):
    for name, content in contents.items():
        if not name.endswith(".eeg"):
            assert not ABSOLUTE.search(content), name
            assert not TOKEN.search(content), name


def test_no_time_in_a_data_file(pristine):
    clock = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d")
    for path in pristine.derivative.glob("sub-*/**/*"):
        if path.is_file() and path.suffix != ".eeg":
            assert not clock.search(path.read_bytes()), path.name
