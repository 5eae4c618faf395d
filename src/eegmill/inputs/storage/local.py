"""A BIDS folder on this machine: plain, or a datalad / git-annex clone."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ...bids.text import decoded
from ...errors import SourceError
from ...files.holes import mostly_holes
from .annex import annex_key, pin_of_key
from .contract import Body, Pin, Reader, Source
from .faults import Missing, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...lock import LockedFile

CHUNK = 1 << 20


class LocalSource(Source):
    """A folder; hidden files and derivatives are not part of the raw dataset."""

    def __init__(self, base: str) -> None:
        self.root = local_path(base)
        if not self.root.is_dir():
            msg = f"The dataset folder '{self.root}' does not exist."
            raise SourceError(msg)

    def listing(self) -> dict[str, Pin]:
        """Walk the folder."""
        pins = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "derivatives")
            for name in sorted(names):
                path = (Path(folder) / name).relative_to(self.root).as_posix()
                pin = self.pin(path)
                if pin:
                    pins[path] = pin
        return pins

    def pin(self, path: str) -> Pin | None:
        """Look at one file; an annexed file without content is pinned by its key."""
        place = self.root / path
        key = annex_key(place)
        if not key and (not place.is_file() or not os.access(place, os.R_OK)):
            return None
        pin = pin_of_key(key, place.absolute().as_uri()) if key else Pin(url=place.absolute().as_uri())
        has_content = place.is_file() and (not key or place.is_symlink())
        return replace(pin, size=place.stat().st_size) if has_content else pin

    def text(self, path: str) -> str:
        """Read one small file."""
        reason = self.why_not(path)
        if reason:
            raise Refused(reason)
        if not (self.root / path).is_file():
            msg = f"'{self.root / path}' does not exist."
            raise Missing(msg)
        return decoded((self.root / path).read_bytes())[0]

    def why_not(self, path: str) -> str | None:
        """Say what lies there and is no file, or that it may not be read; never opens it: a pipe would wait."""
        return why_not(self.root / path, path)


def why_not(place: Path, name: str) -> str | None:
    """Why what lies at a path cannot be read as a file; None if it can, or nothing lies there. Opens no pipe."""
    if annex_key(place) or not (place.exists() or place.is_symlink()):
        return None
    if place.is_symlink() and not place.exists():
        return f"'{name}' is a link to nothing ('{place.readlink()}')."
    if not place.is_file():
        return f"'{name}' is {'a folder' if place.is_dir() else 'a pipe or a device'}, not a file."
    if not os.access(place, os.R_OK):
        return f"'{name}' may not be read by this user."
    holes = mostly_holes(place)
    return f"'{name}' {holes}" if holes else None


class LocalReader(Reader):
    """Files by their ``file:`` address."""

    network = False

    @contextmanager
    def read(self, file: LockedFile, start: int = 0) -> Iterator[Body]:
        """Open one file at an offset."""
        path = self._existing(file)
        try:
            with path.open("rb") as stream:
                stream.seek(start)
                yield Body(iter(lambda: stream.read(CHUNK), b""), start=start, size=path.stat().st_size)
        except PermissionError:
            msg = f"'{path}' may not be read by this user."
            raise Refused(msg) from None

    def path(self, file: LockedFile) -> Path:
        """Return where the bytes lie, links followed."""
        return self._existing(file).resolve()

    def _existing(self, file: LockedFile) -> Path:
        path = local_path(file.url)
        key = annex_key(path)
        if key and (not path.exists() or not path.is_symlink()):
            msg = f"'{path}' has no content in this clone: 'git annex get' (or 'datalad get') brings it."
            raise Missing(msg)
        if not path.is_file():
            msg = f"'{path}' does not exist."
            raise Missing(msg)
        return path


def local_path(address: str) -> Path:
    """Read ``file:///x``, ``file:x`` or a plain path as a path."""
    if not address.startswith("file:"):
        return Path(address).expanduser().absolute()
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"}:
        msg = f"'{address}' lies on another machine ('{parts.netloc}'); a file address starts with 'file:///'."
        raise SourceError(msg)
    return Path(unquote(parts.path)).absolute()
