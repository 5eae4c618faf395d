"""Derivatives of recordings that are no longer in the lock: told, and removed when asked."""

from __future__ import annotations

from pathlib import Path

from ..bids.paths import recording_of
from ..lock import Lock
from .manifest import NAME, write_manifest
from .origin import refuse_foreign


def stale_recordings(derivative: Path, lock: Lock) -> dict[str, tuple[Path, ...]]:
    """Files by recording, for every recording that the lock does not have.

    Parameters
    ----------
    lock
        The lock that counts: that of the last ``resolve``, or the one in ``code/``.
    """
    locked = {entry.recording for entry in lock.recordings}
    found: dict[str, list[Path]] = {}
    for path in sorted(derivative.glob("sub-*/**/*")):
        name = recording_of(path.name)
        if path.is_file() and name and name not in locked:
            found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def prune(derivative: Path, lock: Lock) -> tuple[str, ...]:
    """Remove what belongs to recordings that the lock does not have, and seal the rest again.

    Folders left empty go too, and what recordings share of subjects that are gone. Tables and ``prov/`` name the
    recordings until the workflow has run again.

    Returns
    -------
    tuple of str
        Paths removed, relative to the derivative.
    """
    refuse_foreign(derivative)
    doomed = [path for paths in stale_recordings(derivative, lock).values() for path in paths]
    kept_subjects = {entry.folder.partition("/")[0] for entry in lock.recordings}
    for subject in sorted(derivative.glob("sub-*")):
        if subject.is_dir() and subject.name not in kept_subjects:
            doomed += [path for path in sorted(subject.rglob("*")) if path.is_file() and path not in doomed]
    for path in doomed:
        path.unlink()
    _remove_empty(derivative)
    if doomed and (derivative / NAME).is_file():
        write_manifest(derivative)
    return tuple(sorted(path.relative_to(derivative).as_posix() for path in doomed))


def _remove_empty(derivative: Path) -> None:
    folders = [path for path in derivative.glob("sub-*/**/") if path.is_dir()]
    for folder in sorted({*folders, *derivative.glob("sub-*")}, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
