"""A large file in pieces that are fetched side by side and handed on in order, and connections that only drip."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from .contract import Body, Reader
from .faults import NoRanges, Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from contextlib import AbstractContextManager

    from ...lock import LockedFile
    from ..limits import Limits

LARGE_BYTES = 32 * 2**20
"""From here on a file comes in pieces."""
PIECE_BYTES = 8 * 2**20
"""AWS advises 8 to 16 MB for byte ranges fetched in parallel (S3 performance guidelines)."""
AHEAD = 4
"""Pieces under way at once; with the one in hand they bound the memory of a transfer to 40 MiB."""
PATIENCE_S = 0.2
"""How long a transfer that was given up may go unnoticed."""


class RangedReader(Reader):
    """A store that can give parts of files; one that turns out not to keep to ranges is read from the start instead."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.keeps_to_ranges = True

    @contextmanager
    def read(self, file: LockedFile, start: int = 0) -> Iterator[Body]:
        """Open a file at an offset: in one stream, or a large one in pieces side by side."""
        first = start if self.keeps_to_ranges else 0
        large = self.keeps_to_ranges and file.size is not None and file.size - first > LARGE_BYTES
        try:
            with self.pieces(file, first) if large else self.stream(file, first) as body:
                yield body
        except NoRanges:
            self.keeps_to_ranges = False
            raise

    @abstractmethod
    def stream(self, file: LockedFile, start: int) -> AbstractContextManager[Body]:
        """Open a file at an offset, in one request."""

    @abstractmethod
    def pieces(self, file: LockedFile, start: int) -> AbstractContextManager[Body]:
        """Open a file of known size at an offset, in pieces if something vouches that they belong together."""


def in_ranges(get: Callable[[int, int], Iterable[bytes]], start: int, stop: int) -> Generator[bytes]:
    """Hand on the bytes from ``start`` to ``stop``; ``get(first, end)`` gives one piece, on a thread of its own.

    While a piece is waited for, nothing is handed on now and then, so that whoever takes it can give up.
    Close the iterator to let go of the pieces under way.
    """
    given_up = threading.Event()

    def take(first: int, end: int) -> list[bytes]:
        return list(takewhile(lambda _: not given_up.is_set(), get(first, end)))

    spans = (piece(first, stop) for first in range(start, stop, PIECE_BYTES))
    pool = ThreadPoolExecutor(max_workers=AHEAD, thread_name_prefix="range")
    try:
        under_way: deque[Future[list[bytes]]] = deque(pool.submit(take, *span) for span in islice(spans, AHEAD))
        while under_way:
            while not wait(list(under_way)[:1], timeout=PATIENCE_S).done:
                yield b""
            chunks = under_way.popleft().result()
            under_way.extend(pool.submit(take, *span) for span in islice(spans, 1))
            yield from chunks
    finally:
        given_up.set()
        pool.shutdown(cancel_futures=True)


def piece(first: int, stop: int) -> tuple[int, int]:
    """Return offset and end of the piece that begins at an offset."""
    return first, min(first + PIECE_BYTES, stop)


def exactly(chunks: Iterable[bytes], url: str, span: tuple[int, int]) -> Iterator[bytes]:
    """Pass on the chunks of a piece.

    Raises
    ------
    Transient
        If the piece turns out shorter or longer than it should be.
    """
    first, end = span
    came = 0
    for chunk in chunks:
        came += len(chunk)
        if came > end - first:
            break
        yield chunk
    if came != end - first:
        msg = f"'{url}' gave {came} bytes from {first} on, not {end - first}."
        raise Transient(msg)


def steady(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """Pass chunks on while they come at ``limits.slowest_bytes_per_s`` or more, over every ``limits.stall_s``.

    Raises
    ------
    Transient
        If they do not.
    """
    began, count = time.monotonic(), 0
    for chunk in chunks:
        yield chunk
        count += len(chunk)
        passed = time.monotonic() - began
        if passed < limits.stall_s:
            continue
        if count < limits.slowest_bytes_per_s * passed:
            msg = f"The connection stalled: {count} bytes in {passed:.0f} s."
            raise Transient(msg)
        began, count = time.monotonic(), 0
