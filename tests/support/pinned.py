"""Locks of one recording whose files lie on a server of the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.testing.storage import QUICK

if TYPE_CHECKING:
    from web_server import WebServer

__all__ = ["QUICK", "RAW", "files_in", "lock_of", "locked", "web_file"]

RAW = "sub-01/eeg/sub-01_task-rest_eeg.edf"


def locked(path: str, url: str, role: str = "raw", **pins) -> LockedFile:
    return LockedFile(path=path, url=url, role=role, **pins)


def lock_of(*files: LockedFile, raw: str = RAW) -> Lock:
    """A lock of one recording, sub-01_task-rest."""
    entry = LockedRecording(
        recording="sub-01_task-rest",
        folder="sub-01",
        datatype="eeg",
        raw=raw,
        entities={"sub": "01", "task": "rest"},
        files=files,
    )
    return Lock(
        dataset="ds000001",
        api="embedded",
        database="eegdash",
        filter={},
        resolved_at="2026-01-01T00:00:00+00:00",
        recordings=(entry,),
    )


def web_file(server: WebServer, data: bytes, *, path: str = RAW, **pins) -> LockedFile:
    """Put a file on the server, pinned by its size unless pins are given."""
    server.files[path] = data
    return locked(path, f"{server.url}/{quote(path)}", **{"size": len(data), **pins})


def files_in(root: Path) -> dict[str, bytes]:
    """Every file of a dataset, without what belongs to fetching."""
    paths = [path for path in sorted(root.rglob("*")) if path.is_file() and ".eegmill-fetch" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
