"""Faults of the system for a process: no room, no rights, read-only, no temporary room, no memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DISK_MB = 64
NOBODY = 65534
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner,-chown"]
"""Whoever mounts may do everything; this takes it away, and leaves the Python of a user that nobody else may read."""


@dataclass(frozen=True)
class Refusal:
    """A fault in words, and how a process gets to know it."""

    words: str
    prefix: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def small_disk(finished: Path) -> Iterator[Path]:
    """A copy of a finished run on a disk of its own."""
    with tempfile.TemporaryDirectory() as name:
        disk = Path(name)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", disk], check=True)
        try:
            shutil.copytree(finished, disk, dirs_exist_ok=True)
            disk.chmod(0o755)
            yield disk
        finally:
            os.chdir("/")
            subprocess.run(["umount", "-l", disk], check=True)


@contextmanager
def full(disk: Path, room_kb: int) -> Iterator[Refusal]:
    """The disk of the output has so much room left."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(shutil.disk_usage(disk).free - room_kb * 1024, 0)))
    yield Refusal(f"disk full but for {room_kb} kB" if room_kb else "disk full")
    ballast.unlink()


@contextmanager
def read_only(disk: Path, _: int) -> Iterator[Refusal]:
    """The disk of the output is read-only."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    yield Refusal("read-only")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@contextmanager
def no_rights(disk: Path, _: int) -> Iterator[Refusal]:
    """Everything is another user's, and may be read."""
    _give(disk, NOBODY)
    yield Refusal("another user's", WITHOUT_RIGHTS)
    _give(disk, os.getuid())


@contextmanager
def unreadable(disk: Path, _: int) -> Iterator[Refusal]:
    """The raw signals are another user's, and may not be read."""
    signals = [path for path in disk.glob("results/*/sub-*/eeg/*_eeg.edf") if not path.is_symlink()]
    for path in signals:
        path.chmod(0)
        os.chown(path, NOBODY, -1)
    yield Refusal("raw files that may not be read", WITHOUT_RIGHTS)
    for path in signals:
        os.chown(path, os.getuid(), -1)
        path.chmod(0o644)


@contextmanager
def no_temporary_room(_disk: Path, _: int) -> Iterator[Refusal]:
    """TMPDIR is full."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", name], check=True)
        (Path(name) / "ballast").write_bytes(bytes(48 * 1024))
        yield Refusal("TMPDIR full", variables={"TMPDIR": name})
        subprocess.run(["umount", "-l", name], check=True)


@contextmanager
def no_memory(_disk: Path, memory_mb: int) -> Iterator[Refusal]:
    """Less memory than it needs."""
    yield Refusal(f"{memory_mb} MB of memory", ["prlimit", f"--as={memory_mb * 10**6}"])


FAULTS: dict[str, Callable[[Path, int], AbstractContextManager[Refusal]]] = {
    "full": full,
    "read-only": read_only,
    "rights": no_rights,
    "unreadable": unreadable,
    "tmpdir": no_temporary_room,
    "memory": no_memory,
}


def _give(disk: Path, user: int) -> None:
    for path in [disk, *disk.rglob("*")]:
        os.chown(path, user, -1, follow_symlinks=False)
