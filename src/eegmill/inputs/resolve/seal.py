"""Add the SHA-256 of what was fetched to a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import SourceError
from ...files.digests import digests_of, identity
from ...files.paths import inside
from ..fetch.transfer import require_pinned

if TYPE_CHECKING:
    from pathlib import Path

    from ...lock import Lock, LockedFile


def seal(lock: Lock, root: Path) -> Lock:
    """Return the lock with size and SHA-256 of every file as it lies below ``root``.

    Whoever fetches by a sealed lock gets these bytes or an error. A recording whose raw file was not at its source can
    never be fetched, so there is nothing of it to seal.

    Raises
    ------
    SourceError
        If a file has not been fetched.
    ChangedSource
        If a file on disk is not what the lock pinned.
    """
    sealed: dict[str, LockedFile] = {}
    for entry in lock.recordings:
        for file in entry.files if entry.raw not in entry.missing else ():
            if file.path not in sealed:
                sealed[file.path] = _sealed(file, root)
    recordings = tuple(
        entry.model_copy(update={"files": tuple(sealed.get(file.path, file) for file in entry.files)})
        for entry in lock.recordings
    )
    return lock.model_copy(update={"sealed": True, "recordings": recordings})


def reseal(old: Lock, new: Lock) -> Lock:
    """Return a renewed lock with the SHA-256 of every file whose pin the old one had already; sealed if that is all."""
    known = {file.path: file for entry in old.recordings for file in entry.files}
    recordings = tuple(
        entry.model_copy(update={"files": tuple(_carried(known.get(file.path), file) for file in entry.files)})
        for entry in new.recordings
    )
    fetchable = [entry for entry in recordings if entry.raw not in entry.missing]
    sealed = old.sealed and all(file.sha256 for entry in fetchable for file in entry.files)
    return new.model_copy(update={"sealed": sealed, "recordings": recordings})


def _carried(old: LockedFile | None, new: LockedFile) -> LockedFile:
    if old is None or not old.sha256 or new.sha256 or identity(new) is None:
        return new
    same = identity(new) == identity(old.model_copy(update={"sha256": None})) and new.size == old.size
    return new.model_copy(update={"sha256": old.sha256}) if same else new


def _sealed(file: LockedFile, root: Path) -> LockedFile:
    path = inside(root, file.path)
    if not path.is_file():
        msg = f"'{file.path}' is not in '{root}': fetch all recordings, then seal."
        raise SourceError(msg)
    # Hashed as if unsealed, so that every digest of the source is checked once more.
    digests = digests_of(path, file)
    require_pinned(file, digests)
    return file.model_copy(update={"size": digests.count, "sha256": digests.sha256})
