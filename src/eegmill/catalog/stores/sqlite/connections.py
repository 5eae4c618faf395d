"""Connections of an SQLite catalogue: many that read, one that writes, and a deadline for every read."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ....errors import FilterError
from ...faults import QueryTimeout, ReadOnlyStore, StoreUnavailable
from ...filters.patterns import matches

CHECK_EVERY = 2000
"""Instructions of SQLite's machine between two looks at the clock: well under a millisecond."""
HASTE_S = 0.004
HASTE_CHECK_EVERY = 200
"""In haste the clock is looked at more often: a file that is not in memory can make every instruction slow."""
BUSY_TIMEOUT_S = 30.0
_RAISED = "user-defined function raised exception"
"""SQLite's word for an exception in ``matches``: a pattern too large for its text."""
READER_CACHE_KIB = 2048
MAX_PAGE_BYTES = 64 * 1024 * 1024
"""Largest page: what one reply may take of the server's memory."""
MAGIC = b"SQLite format 3\0"
MIN_FREE_BYTES = 16 * 1024 * 1024
"""With less on its disk a store is said to be full: a write needs room in its log first."""
LAYOUT = 3
"""Grows when the tables change in a way that another eegmill cannot read."""


_hasty: ContextVar[bool] = ContextVar("hasty", default=False)


class Connections:
    """Lends out connections; each is used by one thread at a time.

    A file (WAL) has a pool of read-only connections and one for writing, so that no writer holds a reader up. A
    catalogue in memory has a single connection for both. A file that may not be written is read all the same.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.read_only = path is not None and path.exists() and not _may_change(path)
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._closed = False
        self._corrupt = False
        self._writer = self._open_reader() if self.read_only else self._open_writer()
        self._opened = self._identity()

    @contextmanager
    def reading(self, timeout_s: float, *, throughout: bool = False) -> Iterator[sqlite3.Connection]:
        """Lend a connection that is interrupted after ``timeout_s`` seconds.

        Each statement sees one state; with ``throughout`` all of them see the same one.

        Raises
        ------
        QueryTimeout
            If they were.
        """
        if self.path is None:
            with self._write_lock:
                self._check_open()
                with deadline(self._writer, timeout_s):
                    yield self._writer
            return
        connection = self._take()
        try:
            with deadline(connection, timeout_s):
                if throughout:
                    connection.execute("BEGIN")
                yield connection
        except StoreUnavailable as error:
            self._corrupt = self._corrupt or _tells_of_damage(error)
            raise
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection inside a transaction: all of it happens, or nothing.

        Raises
        ------
        ReadOnlyStore
            If the store takes no changes.
        StoreUnavailable
            If its file is no more the one that was opened.
        """
        with self._write_lock, _translated():
            self._check_open()
            self._check_writable()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self.state()  # what goes into a deleted or damaged file is lost, though SQLite sees no fault
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection that is not lent out, and any other when it comes back."""
        with self._write_lock, self._idle_lock:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    def state(self) -> str:
        """What is wrong although the store can be read; empty if nothing is.

        Raises
        ------
        StoreUnavailable
            If its file is damaged, or no more the one that was opened.
        """
        self._check_identity()
        if self._corrupt or (self.path is not None and not _begins_as_it_should(self.path)):
            msg = f"The store's file '{self.path}' is damaged. Put a copy in its place, or load its sources anew."
            raise StoreUnavailable(msg)
        if self.read_only:
            return "The store is read-only: it takes no changes."
        if self.path is not None and _free_bytes(self.path) < MIN_FREE_BYTES:
            return "The disk of the store is full: it takes no changes."
        return ""

    def _take(self) -> sqlite3.Connection:
        with self._idle_lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return self._open_reader()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._idle_lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _check_open(self) -> None:
        if self._closed:
            msg = "The catalogue's store is closed."
            raise StoreUnavailable(msg)

    def _check_writable(self) -> None:
        if self.read_only:
            msg = "The store is read-only: it takes no changes."
            raise ReadOnlyStore(msg)

    def _check_identity(self) -> None:
        if self._identity() != self._opened:
            msg = f"The store's file '{self.path}' was removed or replaced while it was open. Start the server again."
            raise StoreUnavailable(msg)

    def _identity(self) -> tuple[int, int] | None:
        """What a file is, whatever its name; None for a catalogue in memory, and (0, 0) for a file that is gone."""
        if self.path is None:
            return None
        try:
            status = os.stat(self.path)  # noqa: PTH116 - in every write: Path.stat costs twice as much
        except OSError:
            return (0, 0)
        return status.st_dev, status.st_ino

    def _open_writer(self) -> sqlite3.Connection:
        try:
            connection = _connect(":memory:" if self.path is None else str(self.path))
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.DatabaseError as error:
            msg = (
                f"'{self.path}' cannot be opened as a catalogue: {error}. "
                "Give a new file in a folder that exists, has room, and may be written."
            )
            raise StoreUnavailable(msg) from None
        self._check_layout(connection)
        # An acknowledged write survives the end of this process and a power cut: 0.1 ms a commit where it was measured.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.execute("PRAGMA cache_size=-16384")
        return connection

    def _check_layout(self, connection: sqlite3.Connection) -> None:
        (held,) = connection.execute("PRAGMA user_version").fetchone()
        if held not in {0, LAYOUT}:
            connection.close()
            newer = "a newer eegmill. Update eegmill, or give another file"
            older = "an older eegmill. Give a new file, and load the same sources into it"
            msg = f"'{self.path}' was written by {newer if held > LAYOUT else older}."
            raise StoreUnavailable(msg)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")

    def _open_reader(self) -> sqlite3.Connection:
        if self.path is None:
            msg = "A catalogue in memory has one connection."
            raise StoreUnavailable(msg)
        # Nobody changes a file in a folder that takes no log beside it, and SQLite asks to be told so.
        alone = "&immutable=1" if self.read_only and not _may_change(self.path.parent) else ""
        with _translated():
            connection = _connect(f"{self.path.absolute().as_uri()}?mode=ro{alone}")
            connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_PAGE_BYTES)
            return connection


@contextmanager
def deadline(connection: sqlite3.Connection, timeout_s: float) -> Iterator[None]:
    """Interrupt what the connection does after ``timeout_s`` seconds; the next user of the connection has no deadline.

    Raises
    ------
    QueryTimeout
        If it was interrupted.
    """
    hasty = _hasty.get()
    end = time.monotonic() + (HASTE_S if hasty else timeout_s)
    connection.set_progress_handler(lambda: time.monotonic() > end, HASTE_CHECK_EVERY if hasty else CHECK_EVERY)
    try:
        with _translated():
            yield
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def in_haste() -> Iterator[None]:
    """Give every read of this thread or task a few milliseconds only, while this lasts."""
    token = _hasty.set(True)
    try:
        yield
    finally:
        _hasty.reset(token)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT or _RAISED in str(error):
            msg = "The filter takes too long on this catalogue. Add a dataset, a task or another plain condition."
            raise QueryTimeout(msg) from None
        if error.sqlite_errorcode == sqlite3.SQLITE_TOOBIG:
            msg = f"The page is larger than {MAX_PAGE_BYTES >> 20} MB. Ask for fewer documents at once ('limit')."
            raise FilterError(msg) from None
        # Only the kind of fault: SQLite's own words may hold pieces of a statement, and this may reach a client.
        msg = f"The catalogue's database does not answer ({error.sqlite_errorname})."
        raise StoreUnavailable(msg) from error


def _begins_as_it_should(path: Path) -> bool:
    """Whether a file begins as SQLite's do: pages in memory answer on, though the file was overwritten."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) in {MAGIC, b""}


def _tells_of_damage(error: StoreUnavailable) -> bool:
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _may_change(path: Path) -> bool:
    """Whether a file or a folder may be written; root may, but not on a disk that is mounted for reading."""
    return os.access(path, os.W_OK) and not os.statvfs(path).f_flag & os.ST_RDONLY and bool(path.stat().st_mode & 0o222)


def _free_bytes(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, uri=name.startswith("file:")
    )
    connection.create_function("matches", 2, matches, deterministic=True)
    return connection
