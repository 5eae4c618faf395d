"""What lies in a dataset on this machine: so that recordings that were added, removed or changed are taken up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ...bids.inheritance import DATASET_FILES
from ...catalog.ingest.bids_files import BidsFolder
from ...lock import LockedRecording
from ..storage.local import local_path


def listing_digest(source: Path) -> str:
    """SHA-256 of the paths, sizes and modification times of a BIDS folder's raw files, or of a table's.

    ``derivatives``, ``code`` and hidden files are not among them, nor what lies beside the subjects' folders and is no
    part of BIDS: a log may grow there as the dataset is cleaned.
    """
    if source.is_dir():
        return _digest(source / path for path in BidsFolder(source).paths if _counts(path))
    from .table import files_of

    return hashlib.sha256(source.read_bytes()).hexdigest() + _digest(files_of(source))


def local_changes(entry: LockedRecording) -> str:
    """SHA-256 of the sizes and modification times of a recording's files at their source."""
    return _digest(local_path(file.url) for file in entry.files if file.url.startswith("file:"))


def _counts(path: str) -> bool:
    return "/" in path or path in DATASET_FILES or path.endswith((".json", ".tsv"))


def _digest(paths: Iterable[Path]) -> str:
    summed = hashlib.sha256()
    for path in paths:
        summed.update(f"{path}\0{_state(path)}\0".encode("utf-8", "surrogateescape"))
    return summed.hexdigest()


def _state(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:  # git-annex without the content: the link tells which it is
        return str(path.readlink()) if path.is_symlink() else ""
    return f"{state.st_size} {state.st_mtime_ns}"
