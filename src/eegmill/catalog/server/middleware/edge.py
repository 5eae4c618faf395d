"""The outermost layer: a request ID on every reply, a clean 500 for what nobody foresaw, HEAD as GET."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING

from ..problems import send_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
_WITH_BODY = frozenset({b"content-length", b"transfer-encoding"})
_SOUND = re.compile(rb"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger(__name__)


class Edge:
    """Middleware: keeps a sound ``X-Request-ID`` of the client, else makes one; lets no traceback out.

    ``HEAD`` is answered as ``GET`` without a body. A connection whose request had a body that nobody read is closed:
    the rest of the body is not waited for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        unread = bool(_WITH_BODY & {name for name, value in scope["headers"] if value != b"0"})
        started = False
        is_head = scope["method"] == "HEAD"
        asked = {**scope, "method": "GET"} if is_head else scope

        async def receive_noting() -> Message:
            nonlocal unread
            message = await receive()
            unread = unread and bool(message.get("more_body", False))
            return message

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message.get("headers", ()),
                    (HEADER, request_id),
                    (b"x-content-type-options", b"nosniff"),
                    *([(b"connection", b"close")] if unread else []),
                ]
            await send(message)

        try:
            await self._app(asked, receive_noting, send_with_id)
        except Exception:  # the server's edge: whatever it was, the client gets a clean reply and the log all of it
            logger.exception("Request %s failed.", request_id.decode())
            if started:
                raise
            detail = f"The server failed on this request. Its log has more under the ID {request_id.decode()}."
            await send_problem(send_with_id, 500, detail)


def _request_id(scope: Scope) -> bytes:
    given: bytes = dict(scope["headers"]).get(HEADER, b"")
    return given if _SOUND.fullmatch(given) else os.urandom(16).hex().encode()
