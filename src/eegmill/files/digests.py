"""Digests of files while they pass by, and what a pin says they must be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..lock import LockedFile

CHUNK = 1 << 20


class Digests:
    """SHA-256 always, and whatever else the pin of the file can be held against."""

    def __init__(self, file: LockedFile, size: int | None) -> None:
        self._running: dict[str, Any] = {"sha256": hashlib.sha256()}
        if not file.sha256 and file.md5:
            self._running["md5"] = hashlib.md5(usedforsecurity=False)
        if not file.sha256 and file.git_sha1 and size is not None:
            # Git hashes a header with the length first (Git book, 10.2 Git objects).
            self._running["git_sha1"] = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        self.count = 0

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        for digest in self._running.values():
            digest.update(chunk)
        self.count += len(chunk)

    def feed(self, path: Path) -> None:
        """Take a whole file."""
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                self.update(chunk)

    @property
    def sha256(self) -> str:
        """Of everything taken so far."""
        return str(self._running["sha256"].hexdigest())

    def differences(self, file: LockedFile) -> str:
        """Say what was pinned and what came, or nothing if they agree."""
        wrong = []
        if file.size is not None and file.size != self.count:
            wrong.append(f"size {file.size} pinned, {self.count} came")
        for name, digest in self._running.items():
            pinned = getattr(file, name)
            if pinned and pinned != digest.hexdigest():
                wrong.append(f"{name} {pinned} pinned, {digest.hexdigest()} came")
        return "; ".join(wrong)


def digests_of(path: Path, file: LockedFile) -> Digests:
    """Digest a file on disk as its pin asks for."""
    digests = Digests(file, path.stat().st_size)
    digests.feed(path)
    return digests


def hashed(file: LockedFile) -> bool:
    """Whether the pin holds a digest of the bytes."""
    return bool(file.sha256 or file.md5 or (file.git_sha1 and file.size is not None))


def identity(file: LockedFile) -> str | None:
    """Name the bytes of a pin, or None where the pin does not bind them.

    A digest names them wherever they come from; an ETag or a version only together with the address.
    """
    if file.sha256:
        return f"sha256-{file.sha256}"
    if file.md5:
        return f"md5-{file.md5}-{file.size}"
    if file.git_sha1:
        return f"git-{file.git_sha1}"
    if file.version_id or (file.etag and not file.etag.startswith("W/")):
        return "pin-" + short_hash([file.url, file.etag, file.version_id, file.size])
    if file.last_modified:
        return "pin-" + short_hash([file.url, file.last_modified, file.size])
    return None


def short_hash(value: Any) -> str:
    """Hash a small JSON value, for names of files."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]
