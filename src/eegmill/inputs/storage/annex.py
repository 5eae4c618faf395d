"""What git says of a file without having it: git-annex keys (git-annex, "key format") and pointers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...errors import SourceError
from .contract import Pin

if TYPE_CHECKING:
    from pathlib import Path

    from ...lock import LockedFile

_KEY = re.compile(r"^(?P<backend>[A-Z0-9_]+)(?:-s(?P<size>\d+))?(?:-m\d+)?--(?P<digest>[0-9a-f]+)(?:\.\S*)?$")
_POINTER = b"/annex/objects/"
MAX_POINTER_BYTES = 32 * 1024
"""Longest pointer file that git-annex takes for one (git-annex, "pointer file")."""
_LFS = b"version https://git-lfs.github.com/spec/"


def pin_of_key(key: str, url: str) -> Pin:
    """Read a key: size, and the digest of MD5, MD5E, SHA256 and SHA256E keys.

    Examples
    --------
    >>> pin_of_key("MD5E-s3--acbd18db4cc2f85cedef654fccc4a4d8.edf", "file:///a").md5
    'acbd18db4cc2f85cedef654fccc4a4d8'
    """
    found = _KEY.match(key)
    if not found:
        return Pin(url=url, annex_key=key)
    return Pin(
        url=url,
        annex_key=key,
        size=int(found["size"]) if found["size"] else None,
        md5=found["digest"] if found["backend"] in {"MD5", "MD5E"} else None,
        sha256=found["digest"] if found["backend"] in {"SHA256", "SHA256E"} else None,
    )


def annex_key(path: Path) -> str | None:
    """Return the key of a file in a clone, from its link or its pointer file; None if it is a plain file."""
    if path.is_symlink():
        target = path.readlink()
        return target.name if "annex/objects" in target.as_posix() else None
    if not path.is_file() or path.stat().st_size > MAX_POINTER_BYTES:
        return None
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except PermissionError:  # whoever needs the file says so, for its recording alone
        return None
    if not head.startswith(_POINTER):
        return None
    return head.decode("utf-8", errors="replace").split("\n", 1)[0].rsplit("/", 1)[-1]


def refuse_pointer(file: LockedFile, part: Path) -> None:
    """Raise, and drop what came, if a server gave the stand-in that git holds instead of the file.

    Raises
    ------
    SourceError
        Names the file.
    """
    with part.open("rb") as stream:
        head = stream.read(64)
    if head.startswith((_POINTER, _LFS)):
        part.unlink()
        msg = f"'{file.url}' is a git-annex or Git LFS pointer, not the file: its server does not hold the content."
        raise SourceError(msg)
