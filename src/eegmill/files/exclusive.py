"""One process at a time, or at most so many: by file locks, which the system lifts when a process dies."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: jobs of one run then do not know of each other
    fcntl = None  # type: ignore[assignment]

_UNSUPPORTED = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
POLL_S = 0.02


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process or thread holds this lock file, and hold it; it goes when it is let go of.

    Its folder must exist.
    """
    handle = _hold(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file: there it stays
            path.unlink()
        os.close(handle)


@contextmanager
def one_of(folder: Path, count: int) -> Iterator[None]:
    """Hold one of ``count`` places that all processes using this folder share; wait until one is free."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = _free_place(folder, count)
    try:
        yield
    finally:
        os.close(handle)


def has_locks(folder: Path) -> bool:
    """Whether the file system of a folder knows locks: some of those in a network do not."""
    probe = folder / f".lock-probe.{os.getpid()}"
    handle = os.open(probe, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        return _locked(handle, wait=True) is not None
    finally:
        probe.unlink(missing_ok=True)
        os.close(handle)


def _hold(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        _lock(handle, wait=True)
        if _is_still(handle, path):
            return handle
        os.close(handle)  # whoever held it before removed it: somebody else may hold the new one


def _is_still(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _free_place(folder: Path, count: int) -> int:
    while True:
        first = random.randrange(count)  # or all would try for the same one
        for place in range(first, first + count):
            handle = os.open(folder / f"{place % count}.lock", os.O_RDWR | os.O_CREAT, 0o666)
            if _lock(handle, wait=False):
                return handle
            os.close(handle)
        time.sleep(POLL_S * (1 + random.random()))


def _lock(handle: int, *, wait: bool) -> bool:
    """Whether to go on: where there are no locks, only the rename stays as protection."""
    return _locked(handle, wait=wait) is not False


def _locked(handle: int, *, wait: bool) -> bool | None:
    """Whether a file could be locked; None where the file system has no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        return None
    return True
