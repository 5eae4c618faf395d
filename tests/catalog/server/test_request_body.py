"""Bodies that nobody should read, that never come whole, or that are too many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.problems import ProblemError
from eegmill.catalog.server.request_body import BodyReader
from eegmill.catalog.server.settings import Settings

if TYPE_CHECKING:
    from eegmill.catalog.stores.contract import Store

SCOPE: dict[str, Any] = {"type": "http", "headers": [(b"content-length", b"100")]}


def refusal(receive: Callable[[], Awaitable[dict[str, Any]]]) -> ProblemError:
    """The problem of a body that comes like this."""
    reader = BodyReader(1000, max_sum_bytes=1000, max_s=0.01)
    with pytest.raises(ProblemError) as problem:
        asyncio.run(reader.read(Request(SCOPE, receive)))  # type: ignore[arg-type] # plain messages
    return problem.value


def test_a_body_that_does_not_come_is_given_up() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    problem = refusal(never)
    assert (problem.status, problem.headers) == (408, {"Connection": "close"})


def test_a_client_that_hangs_up_halfway_is_no_fault_of_the_server() -> None:
    messages = iter([{"type": "http.request", "body": b"[", "more_body": True}, {"type": "http.disconnect"}])

    async def broken_off() -> dict[str, Any]:
        return next(messages)

    assert refusal(broken_off).status == 400


def test_bodies_that_would_need_too_much_memory_together_are_refused_for_a_while() -> None:
    reader = BodyReader(100, max_sum_bytes=150)
    with reader.reserved(Request(SCOPE)), pytest.raises(ProblemError) as problem, reader.reserved(Request(SCOPE)):
        pass
    assert (problem.value.status, problem.value.headers["Retry-After"]) == (503, "5")
    with reader.reserved(Request(SCOPE)):
        pass  # the memory is free again


def pieces(read: list[int]) -> Iterator[bytes]:
    """A body that tells how much of it was fetched."""
    for _ in range(20):
        read.append(100)
        yield b" " * 100


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/eegdash/count", {}, 200),
        ("POST", "/api/eegdash/count", BEARER, 405),
        ("POST", "/admin/eegdash/records", {}, 401),
        ("POST", "/admin/eegdash/records", {"Authorization": "Bearer wrong"}, 401),
        ("POST", "/admin/nowhere/records", BEARER, 404),
        ("POST", "/admin/eegdash/nothing", BEARER, 404),
    ],
)
def test_no_body_is_read_before_route_method_and_token_are_right(
    store: Store, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(store, Settings(tokens=(TOKEN,)))
    asked_for: list[str] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def noting() -> Any:
            asked_for.append("body")
            return await receive()

        await app(scope, noting, send)

    reply = TestClient(watched).request(method, path, headers=headers, content=b" " * 10_000)
    assert (reply.status_code, asked_for, reply.headers["connection"]) == (status, [], "close")
