"""Bodies that never come whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from eegmill.catalog.server.middleware.body_limit import BodyLimit

SCOPE: dict[str, Any] = {"type": "http", "headers": [(b"content-length", b"100")]}


async def sent(receive: Callable[[], Awaitable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What a client hears whose body comes like this; the application must not see any of it."""
    heard: list[dict[str, Any]] = []

    async def application(*_: Any) -> None:
        raise AssertionError

    async def send(message: Any) -> None:
        heard.append(message)

    await BodyLimit(application, max_bytes=1000, longest_s=0.01)(SCOPE, receive, send)  # type: ignore[arg-type] # plain messages
    return heard


def test_a_body_that_does_not_come_is_given_up() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    start, _ = asyncio.run(sent(never))
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]


def test_a_client_that_hangs_up_halfway_is_no_fault_of_the_server() -> None:
    messages = iter([{"type": "http.request", "body": b"[", "more_body": True}, {"type": "http.disconnect"}])

    async def broken_off() -> dict[str, Any]:
        return next(messages)

    assert asyncio.run(sent(broken_off)) == []
