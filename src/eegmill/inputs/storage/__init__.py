"""Where raw files lie: one module a kind of store, one contract for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import SourceError

if TYPE_CHECKING:
    from ..limits import Limits
    from .contract import Reader, Source

BACKENDS = ("s3", "https", "webdav", "nemar", "local", "embedded")


def open_source(backend: str, base: str) -> Source:
    """Open a dataset in a store, by the backend's name in EEGDash records.

    Raises
    ------
    SourceError
        If the backend is not known.
    """
    if base.startswith(("file:", "/")):
        backend = "local"
    if backend == "s3" and base.startswith("s3://"):
        from .s3 import S3Source

        return S3Source(base)
    if backend in {"https", "http", "s3"} and base.startswith(("https://", "http://")):
        from .https import HttpsSource

        return HttpsSource(base)
    if backend == "nemar":
        from .nemar import NemarSource

        return NemarSource(base)
    if backend == "webdav":
        from .webdav import WebdavSource

        return WebdavSource(base)
    if backend == "local":
        from .local import LocalSource

        return LocalSource(base)
    if backend == "embedded":
        from .embedded import EmbeddedSource

        return EmbeddedSource(base)
    msg = f"Storage '{backend}' at '{base}' is not known; known are {', '.join(BACKENDS)}."
    raise SourceError(msg)


def open_reader(url: str, limits: Limits) -> Reader:
    """Return what reads an address.

    Raises
    ------
    SourceError
        If nothing does.
    """
    scheme = url.split(":", 1)[0]
    if scheme == "s3":
        from .s3 import S3Reader

        return S3Reader(limits)
    if scheme in {"https", "http"}:
        from .https import HttpsReader

        return HttpsReader(limits)
    if scheme == "file":
        from .local import LocalReader

        return LocalReader()
    if scheme == "embedded":
        from .embedded import EmbeddedReader

        return EmbeddedReader()
    msg = f"Nothing reads addresses of the kind '{scheme}:' ('{url}')."
    raise SourceError(msg)
