"""Reads a request's body, once its route, method and token are known to be right: within a size, a time and a sum."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from .problems import ProblemError

LONGEST_S = 60.0
"""Within this a body must have come whole."""
RETRY_AFTER_S = 5


class BodyReader:
    """Reads bodies, each in bounds, and all that are held at a time in bounds too.

    Parameters
    ----------
    max_bytes
        Largest body.
    max_sum_bytes
        Largest sum of the bodies that are being read or worked on; a body that does not tell its length counts as the
        largest.
    max_s
        Longest time for a body to come.
    """

    def __init__(self, max_bytes: int, *, max_sum_bytes: int, max_s: float = LONGEST_S) -> None:
        self._max_bytes = max_bytes
        self._free_bytes = max(max_bytes, max_sum_bytes)
        self._max_s = max_s

    @contextmanager
    def reserved(self, request: Request) -> Iterator[None]:
        """Set aside memory for the body of a request.

        Raises
        ------
        ProblemError
            413 if it is announced larger than allowed, 503 if other bodies have the memory.
        """
        size = self._announced(request)
        if size > self._free_bytes:
            detail = "The server works on as many large bodies as it has memory for. Send this one again later."
            raise ProblemError(503, detail, headers={"Retry-After": str(RETRY_AFTER_S), "Connection": "close"})
        self._free_bytes -= size
        try:
            yield
        finally:
            self._free_bytes += size

    async def read(self, request: Request) -> bytes:
        """The body of a request.

        Raises
        ------
        ProblemError
            413 for a body over the limit, announced or not; 408 for one that does not come.
        """
        pieces, size = [], 0
        try:
            async with asyncio.timeout(self._max_s):
                async for piece in request.stream():
                    size += len(piece)
                    if size > self._max_bytes:
                        raise self._too_large()
                    pieces.append(piece)
        except TimeoutError:
            detail = f"The body did not come within {self._max_s:g} s."
            raise ProblemError(408, detail, headers={"Connection": "close"}) from None
        except ClientDisconnect:
            raise ProblemError(400, "The body broke off.") from None  # nobody is left to hear it
        return b"".join(pieces)

    def _announced(self, request: Request) -> int:
        text = request.headers.get("content-length")
        if text is None:
            return self._max_bytes if "transfer-encoding" in request.headers else 0
        if not text.isdecimal() or len(text) > 19 or int(text) > self._max_bytes:
            raise self._too_large()
        return int(text)

    def _too_large(self) -> ProblemError:
        detail = f"The body is larger than the {self._max_bytes} bytes allowed."
        return ProblemError(413, detail, headers={"Connection": "close"})


async def _body(request: Request) -> AsyncIterator[bytes]:
    reader: BodyReader = request.app.state.bodies
    with reader.reserved(request):
        yield await reader.read(request)


Body: TypeAlias = Annotated[bytes, Depends(_body)]
"""The body of a request; an endpoint that takes it stands behind the check of the token."""
