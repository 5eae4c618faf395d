"""What resolve and fetch ask of any store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ...lock import LockedFile

CONNECT_S = 15.0
"""A host that takes longer to answer a call at all counts as absent for this try."""

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
        """Read a small text file: a header, a description."""


class Reader(ABC):
    """Bytes by address, as ``fetch`` sees them."""

    network: bool = True

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
