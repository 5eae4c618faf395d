"""The whole metadata API inside this process, on the catalogue that ships with eegmill: no port, no network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import anyio
import httpx2

from ..ingest.shipped import shipped_store
from ..server.app import create_app
from ..server.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


class InProcessTransport(httpx2.BaseTransport):
    """Lets a synchronous HTTP client call an ASGI application directly.

    The application runs on a thread of its own, so that a caller inside an event loop (a notebook) works as well.
    """

    def __init__(self, app: Any) -> None:
        self._app = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 0))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="eegmill-api")

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        return self._thread.submit(anyio.run, self._answer, request).result()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        sent = httpx2.Request(request.method, request.url, headers=request.headers, content=request.read())
        reply = await self._app.handle_async_request(sent)
        # The bytes as they were sent: a Response undoes their compression itself.
        content = b"".join([part async for part in reply.aiter_raw()])
        return httpx2.Response(reply.status_code, headers=reply.headers, content=content, request=request)


class EmbeddedTransport(InProcessTransport):
    """The transport of ``Client("embedded")``."""

    def __init__(self) -> None:
        super().__init__(_embedded_app())


@cache
def _embedded_app() -> FastAPI:
    return create_app(shipped_store(), Settings(requests_per_minute=None))
