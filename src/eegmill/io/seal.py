"""Add the SHA-256 of what was fetched to a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SourceError
from .digests import digests_of
from .paths import inside
from .transfer import require_pinned

if TYPE_CHECKING:
    from pathlib import Path

    from ..lock import Lock, LockedFile


def seal(lock: Lock, root: Path) -> Lock:
    """Return the lock with size and SHA-256 of every file as it lies below ``root``.

    Whoever fetches by a sealed lock gets these bytes or an error.

    Raises
    ------
    SourceError
        If a file has not been fetched.
    ChangedSource
        If a file on disk is not what the lock pinned.
    """
    sealed: dict[str, LockedFile] = {}
    for entry in lock.recordings:
        for file in entry.files:
            if file.path not in sealed:
                sealed[file.path] = _sealed(file, root)
    recordings = tuple(
        entry.model_copy(update={"files": tuple(sealed[file.path] for file in entry.files)})
        for entry in lock.recordings
    )
    return lock.model_copy(update={"sealed": True, "recordings": recordings})


def _sealed(file: LockedFile, root: Path) -> LockedFile:
    path = inside(root, file.path)
    if not path.is_file():
        msg = f"'{file.path}' is not in '{root}': fetch all recordings, then seal."
        raise SourceError(msg)
    # Hashed as if unsealed, so that every digest of the source is checked once more.
    digests = digests_of(path, file)
    require_pinned(file, digests)
    return file.model_copy(update={"size": digests.count, "sha256": digests.sha256})
