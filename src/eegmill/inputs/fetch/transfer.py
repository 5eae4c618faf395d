"""One file from a store to a ``.part`` file: resumed, retried, verified as it streams."""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ...errors import ChangedSource, SourceError
from ...files.digests import Digests, hashed, identity
from ...retries import pause_s
from ..storage.contract import RENEW, Validators, pinned_of
from ..storage.faults import Missing, Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...lock import LockedFile
    from ..limits import Limits
    from ..storage.contract import Body, Reader

LARGEST_BYTES = 5 * 2**40
"""The largest object of S3; nothing in a BIDS dataset comes near it."""
PROGRESS_BYTES = 1 << 16
"""So much more than ever before makes a broken connection count as progress, not as one more failure."""
SYNC_BYTES = 1 << 26
"""A file without a pinned digest is put on the disk in steps of so many bytes, and taken up at such a step."""


class Transfer:
    """The download of one file: ``run`` leaves the whole, verified file at ``part``."""

    def __init__(
        self, file: LockedFile, reader: Reader, *, part: Path, limits: Limits, advance: Callable[[int], None]
    ) -> None:
        self.file = file
        self.reader = reader
        self.part = part
        self.limits = limits
        self.advance = advance
        self.seen = pinned_of(file)
        self.digests = Digests(file, file.size)

    def run(self) -> Digests:
        """Bring the file.

        Raises
        ------
        SourceError
            If it cannot be had, with the last reason; a ``.part`` stays for the next run.
        ChangedSource
            If what comes is not what was pinned.
        """
        _plausible(self.file, self.file.size)
        with writing(self.part):
            resumed = self._attempt()
            if resumed and self.digests.differences(self.file):
                # The bytes of an earlier run may have been damaged on disk: once more, from the start.
                self.part.unlink()
                self._attempt()
        try:
            require_pinned(self.file, self.digests)
        except ChangedSource:
            self.part.unlink()
            raise
        return self.digests

    def _attempt(self) -> bool:
        with self.part.open("r+b" if self.part.exists() else "w+b") as out:
            resumed = self._take_up(out)
            if not resumed or self.digests.count != self.file.size:
                self._bring(out)
            out.flush()
            os.fsync(out.fileno())
        return resumed

    def _take_up(self, out: BinaryIO) -> bool:
        """Go on where an earlier run stopped, if its bytes are known to belong to this pin."""
        size = self.part.stat().st_size
        if identity(self.file) is None or (self.file.size is not None and size > self.file.size):
            size = 0
        elif not hashed(self.file):
            # No digest would tell what a power cut did to bytes that were not yet on the disk.
            size -= size % SYNC_BYTES
        out.truncate(size)
        self._restart(out, keep=True)
        return size > 0

    def _restart(self, out: BinaryIO, *, keep: bool = False) -> None:
        self.advance(-self.digests.count)
        self.digests = Digests(self.file, self.file.size)
        if keep:
            self.digests.feed(self.part)
            self.advance(self.digests.count)
        out.seek(self.digests.count)
        out.truncate()

    def _bring(self, out: BinaryIO) -> None:
        failures, furthest = 0, self.digests.count
        while True:
            try:
                return self._stream(out)
            except Missing as error:
                msg = f"'{self.file.path}' was pinned, and is gone: {error} {RENEW}"
                raise ChangedSource(msg) from error
            except Transient as error:
                failures = 0 if self.digests.count >= furthest + PROGRESS_BYTES else failures + 1
                furthest = max(furthest, self.digests.count)
                if failures >= self.limits.attempts:
                    msg = f"'{self.file.path}' could not be fetched in {failures} tries. The last: {error}"
                    raise SourceError(msg) from error
                time.sleep(pause_s(self.limits.backoff_s, failures, asked_s=error.retry_after_s))

    def _stream(self, out: BinaryIO) -> None:
        if self.digests.count and not self.seen.strong and identity(self.file) is None:
            self._restart(out)  # nothing would tell whether the rest belongs to the same bytes
        with self.reader.read(self.file, self.digests.count) as body:
            size = self._accept(body, out)
            for chunk in body.chunks:
                self._take(chunk, out, size)
        if size is not None and self.digests.count < size:
            msg = f"'{self.file.url}' ended after {self.digests.count} of {size} bytes."
            raise Transient(msg)

    def _accept(self, body: Body, out: BinaryIO) -> int | None:
        """Hold what the store says of itself against the pin, before its bytes are taken."""
        now = Validators(body.etag, body.last_modified)
        changed = pinned_of(self.file).difference(now)
        if changed:
            msg = f"'{self.file.url}' changed: {changed}. {RENEW}"
            raise ChangedSource(msg)
        if self.file.size is not None and body.size is not None and body.size != self.file.size:
            msg = f"'{self.file.url}' changed: {self.file.size} bytes pinned, {body.size} there now. {RENEW}"
            raise ChangedSource(msg)
        other = self.seen.difference(now) is not None
        self.seen = now if other else self.seen.completed(now)
        if body.start != self.digests.count or other:
            self._restart(out)
            if body.start:
                msg = f"'{self.file.url}' sent bytes from {body.start}, not from where they were asked for."
                raise Transient(msg)
        _plausible(self.file, body.size)
        size = self.file.size if self.file.size is not None else body.size
        _room(self.part, (size or 0) - self.digests.count)
        return size

    def _take(self, chunk: bytes, out: BinaryIO, size: int | None) -> None:
        out.write(chunk)
        self.digests.update(chunk)
        self.advance(len(chunk))
        if not hashed(self.file) and self.digests.count // SYNC_BYTES > (self.digests.count - len(chunk)) // SYNC_BYTES:
            out.flush()
            os.fsync(out.fileno())
        if self.digests.count > (LARGEST_BYTES if size is None else size):
            self._restart(out)
            msg = f"'{self.file.url}' sent more than the {size} bytes that it should have."
            raise SourceError(msg)


def require_pinned(file: LockedFile, digests: Digests) -> None:
    """Raise ChangedSource, showing both, if a whole file is not what its pin says."""
    wrong = digests.differences(file)
    if wrong:
        msg = f"'{file.path}' at '{file.url}' is not what the lock pinned: {wrong}. {RENEW}"
        raise ChangedSource(msg)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say what it means when a file cannot be written, or the one that it is linked from cannot be read."""
    try:
        yield
    except OSError as error:
        if (
            isinstance(error.filename, str)
            and Path(error.filename).is_file()
            and not os.access(error.filename, os.R_OK)
        ):
            msg = f"'{error.filename}' may not be read by this user."
        elif error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            msg = f"The disk of '{path.parent}' is full: make room, then run again; what is there is kept."
        elif error.errno in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}:
            msg = f"'{path.parent}' cannot be written to ({os.strerror(error.errno)})."
        else:
            raise
        raise SourceError(msg) from error


def _plausible(file: LockedFile, size: int | None) -> None:
    if size is not None and not 0 <= size <= LARGEST_BYTES:
        msg = f"'{file.path}' is said to have {size} bytes, which no file of a dataset has: refused."
        raise SourceError(msg)


def _room(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        msg = f"'{part.parent}' has {free} bytes free, and {needed} more are needed: make room, then run again."
        raise SourceError(msg)
