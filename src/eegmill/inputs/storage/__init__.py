"""Where raw files lie: one module a kind of store, one contract for all, and one table of them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...errors import SourceError
from ..limits import Limits
from .contract import Reader, Source
from .embedded import EmbeddedReader, EmbeddedSource
from .https import HttpsReader, HttpsSource
from .local import LocalReader, LocalSource
from .nemar import NemarSource
from .s3 import S3Reader, S3Source
from .webdav import WebdavSource

SOURCES: Mapping[str, Callable[[str], Source]] = {
    "s3": S3Source,
    "https": HttpsSource,
    "webdav": WebdavSource,
    "nemar": NemarSource,
    "local": LocalSource,
    "embedded": EmbeddedSource,
}
"""What opens a dataset, by the backend that EEGDash's records name."""

READERS: Mapping[str, Callable[[Limits], Reader]] = {
    "s3": S3Reader,
    "https": HttpsReader,
    "http": HttpsReader,
    "file": LocalReader,
    "embedded": EmbeddedReader,
}
"""What reads the bytes behind an address, by its scheme."""


def open_source(backend: str, base: str) -> Source:
    """Open a dataset in a store, by the backend's name in EEGDash records.

    Raises
    ------
    SourceError
        If the backend is not known, or the base is no address of this backend.
    """
    kind = _kind(backend, base)
    if kind not in SOURCES:
        msg = f"Storage '{backend}' at '{base}' is not known; known are {', '.join(SOURCES)}."
        raise SourceError(msg)
    return SOURCES[kind](base)


def open_reader(url: str, limits: Limits) -> Reader:
    """Return what reads an address.

    Raises
    ------
    SourceError
        If nothing does.
    """
    scheme = url.split(":", 1)[0]
    if scheme not in READERS:
        msg = f"Nothing reads addresses of the kind '{scheme}:' ('{url}')."
        raise SourceError(msg)
    return READERS[scheme](limits)


def _kind(backend: str, base: str) -> str:
    """Which source a record means: backend and base do not always agree, and the base is what works."""
    if base.startswith(("file:", "/")):
        return "local"
    if backend not in {"s3", "https", "http"}:
        return backend
    if base.startswith(("https://", "http://")):
        return "https"
    return "s3" if backend == "s3" and base.startswith("s3://") else ""
