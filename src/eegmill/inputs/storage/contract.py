"""What resolve and fetch ask of any store, and what tells whether two of its answers are about the same bytes."""

from __future__ import annotations

import email.utils
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ...lock import LockedFile
from ..limits import Limits

CONNECT_S = 15.0
"""A host that takes longer to answer a call at all counts as absent for this try."""

CLEARLY_OLDER_S = 60.0
"""A date of change that is nearer than this to the answer's own may belong to two versions (RFC 9110, 8.8.2.2)."""

RENEW = "'eegmill resolve --update' shows what is there now."


@dataclass(frozen=True)
class Pin:
    """What a store says of one file: its address, and whatever identifies its bytes."""

    url: str
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    git_sha1: str | None = None
    annex_key: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    """As HTTP writes it; only where there is no strong ETag."""
    version_id: str | None = None


@dataclass(frozen=True)
class Body:
    """A file on its way: ``start`` is the offset of the first byte that comes, 0 where a store ignores ranges."""

    chunks: Iterator[bytes]
    start: int
    size: int | None
    """Of the whole file, not of the rest."""
    etag: str | None = None
    last_modified: str | None = None
    """As HTTP writes it, where a store says so."""


class Source(ABC):
    """A dataset in a store, as ``resolve`` sees it. Paths are relative to the dataset root."""

    @abstractmethod
    def listing(self) -> dict[str, Pin] | None:
        """Pin every file, or None where the store cannot list."""

    @abstractmethod
    def pin(self, path: str) -> Pin | None:
        """Pin one file, or None if the store has no such file."""

    @abstractmethod
    def text(self, path: str) -> str:
        """Read a small text file: a header, a description.

        Raises
        ------
        Missing, Refused
            If the store has no such file, or does not let us read it.
        """

    def why_not(self, path: str) -> str | None:  # noqa: ARG002 - only a folder on this machine can tell
        """What lies at a path and is no file that can be read; None if the store does not know."""
        return None


class Reader(ABC):
    """Bytes by address, as ``fetch`` sees them."""

    network: bool = True

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    @abstractmethod
    def read(self, file: LockedFile, start: int = 0) -> AbstractContextManager[Body]:
        """Open a file at an offset.

        Raises
        ------
        Missing, Refused
            If the store has no such file, or does not let us read it.
        Transient
            If another try may help; also while the chunks are consumed.
        ChangedSource
            If the store says that the file no longer is the pinned one.
        """

    def path(self, file: LockedFile) -> Path | None:  # noqa: ARG002 - most stores have no path for any file
        """Where the bytes lie on this machine, if they may be linked instead of copied."""
        return None


@dataclass(frozen=True)
class Validators:
    """What identifies the bytes of an answer (RFC 9110, 8.8).

    An ETag without its quotes, or with ``W/`` in front if it is weak; a date where there is no strong ETag.
    """

    etag: str | None = None
    last_modified: str | None = None

    @property
    def strong(self) -> str | None:
        """What a request may name to get a part of these bytes only (``If-Range``); None if nothing binds them."""
        if self.etag and not self.etag.startswith("W/"):
            return f'"{self.etag}"'
        return self.last_modified

    def difference(self, now: Validators, *, then: str = "pinned") -> str | None:
        """Say what differs; None where it is the same or one side does not tell.

        Examples
        --------
        >>> Validators("a").difference(Validators("b"))
        'ETag a pinned, b there now'
        >>> Validators("a").difference(Validators(None, "Sun, 22 Nov 2026 12:00:00 GMT")) is None
        True
        """
        if self.etag and now.etag:
            return None if self.etag == now.etag else f"ETag {self.etag} {then}, {now.etag} there now"
        if self.last_modified and now.last_modified and self.last_modified != now.last_modified:
            return f"Last-Modified {self.last_modified} {then}, {now.last_modified} there now"
        return None

    def completed(self, now: Validators) -> Validators:
        """These, with what another answer about the same bytes says besides."""
        return Validators(self.etag or now.etag, self.last_modified or now.last_modified)


def pinned_of(file: LockedFile) -> Validators:
    """What the next answer must be held against; of a sealed pin nothing, as it goes by the bytes alone."""
    return Validators() if file.sha256 else Validators(file.etag, file.last_modified)


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Read the head of an answer."""
    etag = headers.get("etag", "")
    plain = etag if etag.startswith("W/") else etag.strip('"')
    strong = bool(plain) and not plain.startswith("W/")
    return Validators(plain or None, None if strong else _clearly_older(headers))


def _clearly_older(headers: Mapping[str, str]) -> str | None:
    changed, answered = headers.get("last-modified", ""), headers.get("date", "")
    try:
        age = email.utils.parsedate_to_datetime(answered) - email.utils.parsedate_to_datetime(changed)
    except (ValueError, TypeError):
        return None
    return changed if age.total_seconds() >= CLEARLY_OLDER_S else None
