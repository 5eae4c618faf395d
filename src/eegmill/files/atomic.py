"""Files that are whole or absent: a temporary name in the same folder, fsync, rename."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that is never seen half-written; its folder is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _staged(path) as staged:
        with staged.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    sync_folder(path.parent)


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """The path of a file that takes the name ``path`` once it is written whole, and is removed if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _staged(path) as staged:
        yield staged
        with staged.open("rb+") as file:
            os.fsync(file.fileno())
        staged.replace(path)
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with its line ends as they are; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write JSON that depends on the value alone: sorted keys, two spaces, no NaN, a final newline.

    Raises
    ------
    ValueError
        If the value holds NaN or infinity.
    """
    write_text(path, json.dumps(value, sort_keys=True, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def replace_folder(staged: Path, target: Path) -> None:
    """Put a finished folder in the place of another; a failure leaves the old one where it was.

    Both must lie on one file system. Whoever reads ``target`` meanwhile sees the old or the new folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        staged.replace(target)
        sync_folder(target.parent)
        return
    old = _temporary(target)
    target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        old.rename(target)
        raise
    sync_folder(target.parent)
    shutil.rmtree(old)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _temporary(path: Path) -> Path:
    # The name is cut because a file system bounds it at 255 bytes, not characters.
    stem = path.name.encode()[:200].decode(errors="ignore")
    return path.with_name(f".{stem}.{secrets.token_hex(6)}.tmp")


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    staged = _temporary(path)
    try:
        yield staged
    except OSError as error:  # a write that fails half-way does not say of which file, others name the temporary one
        if error.filename in (None, str(staged)):
            error.filename = str(path)
        raise
    finally:
        staged.unlink(missing_ok=True)
