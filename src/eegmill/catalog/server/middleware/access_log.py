"""One line of JSON a request: what was asked, by whom, and how it was answered."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from .addresses import client_address
from .edge import HEADER

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..settings import Network


class AccessLog:
    """Middleware: writes each request to a stream once its answer has gone. No token or other header is written."""

    def __init__(self, app: ASGIApp, *, stream: IO[str], trusted_proxies: Sequence[Network] = ()) -> None:
        self._app = app
        self._stream = stream
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start_s, line = time.perf_counter(), self._asked(scope)

        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                line["status"] = message["status"]
                line["request_id"] = dict(message["headers"]).get(HEADER, b"").decode("latin-1")
            line["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            line["ms"] = round(1000 * (time.perf_counter() - start_s), 1)
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()

    def _asked(self, scope: Scope) -> dict[str, Any]:
        address = client_address(scope, self._trusted_proxies)
        return {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": None if address is None else str(address),
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode("latin-1"),
            "status": None,
            "bytes": 0,
        }
