"""Entries of a lock one by one: a job looks its recording up without reading the whole lock.

The index is made by the process that plans a run. It is no second truth: it holds the entries as the lock has them, and
counts only as long as the lock has the size and time that it had then.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ..lock import Lock, LockedRecording, read_lock
from .layout import Layout

NAME = "lock.index"
REFUSED = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_IOERR_WRITE: errno.EFBIG,
}
"""What the system refused, of which SQLite gives its own account; a quota too is an error of writing."""
HEAD = ""
"""The row of what concerns all recordings; no recording has an empty name."""


def write_index(layout: Layout, lock: Lock) -> None:
    """Write the index of a lock beside the receipts, unless it is there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = layout.work / NAME
    if _is_of(path, layout.lock):
        return
    rows = [(HEAD, lock.model_copy(update={"recordings": ()}).model_dump_json())]
    rows += [(entry.recording, entry.model_dump_json()) for entry in lock.recordings]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{NAME}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial)) as index, index:
            index.execute("CREATE TABLE entries (recording TEXT PRIMARY KEY, json TEXT) WITHOUT ROWID")
            index.execute("CREATE TABLE made_of (state TEXT)")
            index.executemany("INSERT INTO entries VALUES (?, ?)", rows)
            index.execute("INSERT INTO made_of VALUES (?)", (_state(layout.lock),))
        partial.replace(path)
    except sqlite3.OperationalError as error:
        raise OSError(REFUSED.get(error.sqlite_errorcode, errno.EIO), str(error), str(path)) from error
    finally:
        partial.unlink(missing_ok=True)


def read_entry(layout: Layout, recording: str) -> Lock:
    """The lock with one recording alone.

    Raises
    ------
    ConfigurationError
        If there is no lock, or it does not have the recording.
    """
    path = layout.work / NAME
    if not _is_of(path, layout.lock):
        return _alone(read_lock(layout.lock), recording)
    with closing(sqlite3.connect(path)) as index:
        found = dict(index.execute("SELECT recording, json FROM entries WHERE recording IN (?, ?)", (HEAD, recording)))
    head = Lock.model_validate_json(found[HEAD])
    if recording not in found:
        return _alone(head, recording)
    return head.model_copy(update={"recordings": (LockedRecording.model_validate_json(found[recording]),)})


def _alone(lock: Lock, recording: str) -> Lock:
    return lock.model_copy(update={"recordings": (lock.recording(recording),)})


def _state(lock: Path) -> str:
    found = lock.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _is_of(index: Path, lock: Path) -> bool:
    """Whether an index was made of the lock as it is now."""
    if not index.is_file() or not lock.is_file():
        return False
    try:
        with closing(sqlite3.connect(index)) as connection:
            return bool(connection.execute("SELECT 1 FROM made_of WHERE state = ?", (_state(lock),)).fetchone())
    except sqlite3.DatabaseError:
        return False
