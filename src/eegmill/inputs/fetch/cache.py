"""A folder of fetched files by their SHA-256, shared by all runs of a user or a group.

``sha256/ab/abcd…`` holds the bytes, read-only, because other names may share them. ``pins/ab/…`` says which SHA-256 a
pin without one turned out to have. Files come and go by rename, so any number of runs can share the folder.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError
from ...files.atomic import write_text
from ...files.digests import digests_of, identity, short_hash
from ...files.links import same_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...lock import LockedFile

READ_ONLY = 0o444


class Cache:
    """The cache in a folder, which is made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, file: LockedFile) -> bool:
        """Whether the bytes of a pin are here."""
        sha256 = self._sha256(file)
        return sha256 is not None and self._place(sha256).is_file()

    def take(self, file: LockedFile, target: Path) -> str | None:
        """Put a pinned file at ``target``, which must not exist, and return its SHA-256; None if it is not here.

        The bytes are hashed on the way out: a damaged entry is dropped and counts as absent.
        """
        sha256 = self._sha256(file)
        try:
            return sha256 if sha256 and self._taken(file, sha256, target) else None
        except FileNotFoundError:  # somebody prunes the cache meanwhile
            target.unlink(missing_ok=True)
            return None

    def _taken(self, file: LockedFile, sha256: str, target: Path) -> bool:
        place = self._place(sha256)
        digests = digests_of(place, file)
        if digests.sha256 != sha256 or digests.differences(file):
            place.unlink(missing_ok=True)
            return False
        same_bytes(place, target)
        with contextlib.suppress(PermissionError):  # of a cache that this user may only read
            os.utime(place)  # the age that prune goes by is that of the last use
        return True

    def put(self, file: LockedFile, sha256: str, source: Path) -> None:
        """Keep a verified file."""
        place = self._place(sha256)
        if not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            staged = place.with_name(f".{sha256[:16]}.{secrets.token_hex(6)}.tmp")
            try:
                same_bytes(source, staged)
                staged.chmod(READ_ONLY)
                staged.replace(place)
            finally:
                staged.unlink(missing_ok=True)
        name = identity(file)
        if name and not file.sha256:
            write_text(self._note(name), sha256)

    def _sha256(self, file: LockedFile) -> str | None:
        if file.sha256:
            return file.sha256
        name = identity(file)
        try:
            return self._note(name).read_text("ascii").strip() if name else None
        except FileNotFoundError:
            return None

    def _place(self, sha256: str) -> Path:
        return self.folder / "sha256" / sha256[:2] / sha256

    def _note(self, name: str) -> Path:
        short = short_hash(name)
        return self.folder / "pins" / short[:2] / short


@dataclass(frozen=True)
class CacheContent:
    """What a cache holds, and what pruning took from it."""

    folder: Path
    files: int
    size: int
    removed_files: int = 0
    removed_size: int = 0


def show(folder: Path) -> CacheContent:
    """Count a cache's files and bytes.

    Raises
    ------
    ConfigurationError
        If the folder is no cache.
    """
    entries = list(_entries(folder))
    return CacheContent(folder=folder, files=len(entries), size=sum(size for _, size, _ in entries))


def prune(folder: Path, *, older_than_days: float | None = None, max_bytes: int | None = None) -> CacheContent:
    """Drop what was not used for so many days, then the longest unused until ``max_bytes`` remain.

    Files that a run took by link stay whole: only the name in the cache goes.

    Raises
    ------
    ConfigurationError
        If the folder is no cache, or neither bound is given.
    """
    if older_than_days is None and max_bytes is None:
        msg = "Say what to prune: by age in days, or by the bytes that may stay."
        raise ConfigurationError(msg)
    entries = sorted(_entries(folder), key=lambda entry: (entry[2], entry[0]))
    total, oldest = sum(size for _, size, _ in entries), time.time() - (older_than_days or 0) * 86400
    kept, removed = total, 0
    for path, size, used in entries:
        too_old = older_than_days is not None and used < oldest
        if too_old or (max_bytes is not None and kept > max_bytes):
            path.unlink(missing_ok=True)
            kept, removed = kept - size, removed + 1
    return CacheContent(
        folder=folder, files=len(entries) - removed, size=kept, removed_files=removed, removed_size=total - kept
    )


def _entries(folder: Path) -> Iterator[tuple[Path, int, float]]:
    if not (folder / "sha256").is_dir():
        msg = f"'{folder}' is no eegmill cache: it has no folder 'sha256'."
        raise ConfigurationError(msg)
    for path in sorted((folder / "sha256").glob("??/*")):
        with contextlib.suppress(FileNotFoundError):  # another run prunes as well
            status = path.stat()
            yield path, status.st_size, status.st_mtime
