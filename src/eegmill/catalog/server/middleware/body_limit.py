"""Refuses request bodies that are too large, with a problem document."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..problems import send_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


LONGEST_S = 60.0
"""Within this a body must have come whole."""


class BodyLimit:
    """Middleware: 413 for a body over the limit, announced or not; 408 for one that does not come.

    A body without ``Content-Length`` is counted as it comes, before the application sees any of it.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, longest_s: float = LONGEST_S) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._longest_s = longest_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        if scope["type"] != "http" or not ({b"content-length", b"transfer-encoding"} & headers.keys()):
            await self._app(scope, receive, send)
            return
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and len(announced) < 20 and int(announced) <= self._max_bytes:
            try:
                async with asyncio.timeout(self._longest_s):
                    messages = await self._collect(receive)
            except TimeoutError:
                detail = f"The body did not come within {self._longest_s:g} s."
                await send_problem(send, 408, detail, {"Connection": "close"})
                return
            if messages and messages[-1]["type"] == "http.disconnect":
                return  # nobody is left to hear an answer
            if messages is not None:
                await self._app(scope, _replay(messages, receive), send)
                return
        await send_problem(send, 413, f"The body is larger than the {self._max_bytes} bytes allowed.")

    async def _collect(self, receive: Receive) -> list[Message] | None:
        """All messages of the body, or None once they exceed the limit."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._max_bytes:
                return None
            if not message.get("more_body", False):
                return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replayed() -> Message:
        return next(waiting, None) or await receive()

    return replayed
