"""The same bytes under a second name, without a second copy where the file system can."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FICLONE = 0x40049409
"""Linux, linux/fs.h: share the extents of a file until one of the two is written to."""


def reflink(source: Path, target: Path) -> bool:
    """Clone a file where the file system can (btrfs, XFS, bcachefs); say whether it did."""
    try:
        import fcntl
    except ImportError:
        return False
    with source.open("rb") as read, target.open("xb") as write:
        try:
            fcntl.ioctl(write.fileno(), _FICLONE, read.fileno())
        except OSError:
            pass
        else:
            return True
    target.unlink()
    return False


def hard_link(source: Path, target: Path) -> bool:
    """Give a file a second name; say whether the file system let us."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES, errno.ENOSYS}:
            return False
        raise
    return True


def same_bytes(source: Path, target: Path) -> str:
    """Put a file's bytes at a new name by reflink, hard link or copy; return which."""
    if reflink(source, target):
        return "reflink"
    if hard_link(source, target):
        return "hard link"
    shutil.copyfile(source, target)
    return "copy"


def linked(source: Path, target: Path) -> str:
    """Put a file at a new name without ever copying it: reflink, hard link or symbolic link."""
    if reflink(source, target):
        return "reflink"
    if hard_link(source, target):
        return "hard link"
    target.symlink_to(source)
    return "symbolic link"
