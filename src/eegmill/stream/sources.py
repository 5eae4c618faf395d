"""Stretches of files: of a folder through memory maps, of a web server or a bucket one request each."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DerivativeError, Unavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
CONNECT, WHOLE = timedelta(seconds=10), timedelta(seconds=60)
"""How long a connection and an answer may take."""
OPEN_FILES = 256
"""Memory maps that are kept open; a system allows a thousand files a process."""


_reading: set[int] = set()
"""The process that reads from afar; a forked one finds it here beside its own."""


class Folder:
    """A derivative on this machine."""

    def __init__(self, address: str) -> None:
        self.root = Path(address).expanduser()
        self._map = lru_cache(OPEN_FILES)(self._mapped)

    def __reduce__(self) -> tuple[Any, ...]:
        return Folder, (str(self.root),)

    def whole(self, file: str) -> memoryview:
        """All bytes of a file."""
        return memoryview(self._map(file))

    def stretch(self, file: str, offset: int, n_bytes: int) -> tuple[memoryview, int]:
        """Some bytes of a file, and how many it has."""
        content = self._map(file)
        return memoryview(content)[offset : offset + n_bytes], len(content)

    def _mapped(self, file: str) -> mmap.mmap | bytes:
        try:
            with (self.root / file).open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except FileNotFoundError:
            raise DerivativeError(missing(file, str(self.root))) from None


class Served:
    """A derivative on a web server (``http``, ``https``) or in a bucket (``s3``, ``gs``, ``az``)."""

    def __init__(self, address: str, options: Mapping[str, Any]) -> None:
        self.address, self.options = address, dict(options)

    def __reduce__(self) -> tuple[Any, ...]:
        return Served, (self.address, self.options)

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore.store import from_url

        public = self.address.startswith("s3:") and "AWS_ACCESS_KEY_ID" not in os.environ
        config = {**({"skip_signature": True} if public else {}), **self.options}
        client: Any = {"allow_http": True, "connect_timeout": CONNECT, "timeout": WHOLE}
        opened: ObjectStore = from_url(self.address, config=config, client_options=client, retry_config=RETRIES)  # type: ignore[call-overload]  # which keys there are depends on the address
        return opened

    def whole(self, file: str) -> memoryview:
        """All bytes of a file, in one request."""
        return self._got(file, {})[0]

    def stretch(self, file: str, offset: int, n_bytes: int) -> tuple[memoryview, int]:
        """Some bytes of a file, in one request, and how many it has."""
        return self._got(file, {"range": (offset, offset + n_bytes)})

    def _got(self, file: str, options: Any) -> tuple[memoryview, int]:
        import obstore
        from obstore.exceptions import BaseError

        _refuse_fork()
        try:
            answer = obstore.get(self._store, file, options=options)
            return memoryview(answer.bytes()), answer.meta["size"]
        except FileNotFoundError:
            raise DerivativeError(missing(file, self.address)) from None
        except (BaseError, OSError) as error:
            msg = f"'{file}' of '{self.address}' cannot be read: {str(error).splitlines()[0]}"
            raise Unavailable(msg) from None


def _refuse_fork() -> None:
    """Refuse to wait for threads that a fork did not copy: obstore would wait for ever."""
    _reading.add(os.getpid())
    if len(_reading) > 1:
        msg = (
            "This process was forked from one that had read from afar, and cannot read from there: start workers by "
            "'spawn' or 'forkserver' (torch: DataLoader(..., multiprocessing_context='spawn'))."
        )
        raise DerivativeError(msg)


def missing(file: str, address: str) -> str:
    """What is said of a file that is not there."""
    if "/" not in file:
        return (
            f"'{address}' has no {file}: it was made before there were any, or is no derivative of eegmill. "
            f"'eegmill index DERIVATIVE' makes it."
        )
    return f"'{file}' is missing in '{address}', and its index has windows of it."
