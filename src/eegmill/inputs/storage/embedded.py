"""Datasets that ship inside the package."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from ...files.paths import safe_path
from .contract import Body, Pin, Reader, Source
from .faults import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from ...lock import LockedFile

SCHEME = "embedded:"


class EmbeddedSource(Source):
    """A dataset below ``eegmill/sample/``."""

    def __init__(self, base: str) -> None:
        self.base = base.removeprefix(SCHEME).strip("/")

    def listing(self) -> dict[str, Pin]:
        """Pin every file, SHA-256 included."""
        return {path: self._pin(path) for path in sorted(_walk(resource(self.base), ""))}

    def pin(self, path: str) -> Pin | None:
        """Pin one file."""
        return self._pin(path) if resource(f"{self.base}/{path}").is_file() else None

    def text(self, path: str) -> str:
        """Read one file."""
        return resource(f"{self.base}/{path}").read_text(encoding="utf-8")

    def _pin(self, path: str) -> Pin:
        data = resource(f"{self.base}/{path}").read_bytes()
        return Pin(url=f"{SCHEME}{self.base}/{path}", size=len(data), sha256=hashlib.sha256(data).hexdigest())


class EmbeddedReader(Reader):
    """Files by their ``embedded:`` address."""

    network = False

    @contextmanager
    def read(self, file: LockedFile, start: int = 0) -> Iterator[Body]:
        """Read one file from an offset."""
        place = resource(file.url.removeprefix(SCHEME))
        if not place.is_file():
            msg = f"'{file.url}' is not in this version of eegmill; 'eegmill resolve --update' renews the lock."
            raise Missing(msg)
        data = place.read_bytes()
        yield Body(iter([data[start:]]), start=start, size=len(data))


def resource(path: str) -> Traversable:
    """Return a file or folder of the package by its path below ``sample/``."""
    return files("eegmill").joinpath("sample", *safe_path(path).split("/"))


def _walk(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield prefix + entry.name
