"""The outermost layer: a request ID on every reply, and a clean 500 for what nobody foresaw."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING

from ..problems import send_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
_SOUND = re.compile(rb"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger(__name__)


class Edge:
    """Middleware: keeps a sound ``X-Request-ID`` of the client, else makes one; lets no traceback out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message.get("headers", ()),
                    (HEADER, request_id),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # the server's edge: whatever it was, the client gets a clean reply and the log all of it
            logger.exception("Request %s failed.", request_id.decode())
            if started:
                raise
            detail = f"The server failed on this request. Its log has more under the ID {request_id.decode()}."
            await send_problem(send_with_id, 500, detail)


def _request_id(scope: Scope) -> bytes:
    given: bytes = dict(scope["headers"]).get(HEADER, b"")
    return given if _SOUND.fullmatch(given) else os.urandom(16).hex().encode()
