"""A large file in pieces that are fetched side by side and handed on in order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE_BYTES = 8 * 2**20
"""AWS advises 8 to 16 MB for byte ranges fetched in parallel (S3 performance guidelines)."""
AHEAD = 4
"""Pieces under way at once; with the one in hand they bound the memory of a transfer to 40 MiB."""


def in_ranges(get: Callable[[int, int], list[bytes]], start: int, stop: int) -> Iterator[bytes]:
    """Hand on the bytes from ``start`` to ``stop``; ``get(first, end)`` fetches one piece, on a thread of its own."""
    pieces = ((first, min(first + PIECE_BYTES, stop)) for first in range(start, stop, PIECE_BYTES))
    pool = ThreadPoolExecutor(max_workers=AHEAD, thread_name_prefix="range")
    try:
        under_way: deque[Future[list[bytes]]] = deque(pool.submit(get, *piece) for piece in islice(pieces, AHEAD))
        while under_way:
            chunks = under_way.popleft().result()
            under_way.extend(pool.submit(get, *piece) for piece in islice(pieces, 1))
            yield from chunks
    finally:
        pool.shutdown(cancel_futures=True)
