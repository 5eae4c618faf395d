"""What the server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from ....errors import CatalogError
from ....version import __version__
from ..examples import shown
from ..parameters import store_of
from ..problems import documented
from ..replies import json_reply
from ..schemas import Health, Welcome

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

NAME = "eegmill metadata API"

router = APIRouter(tags=["meta"])

_WELCOME = {"name": NAME, "version": __version__, "databases": ["eegdash"]}
_HEALTHY = {"status": "healthy", "mongodb": "connected", "api": "up", "version": __version__}
_UNHEALTHY = {**_HEALTHY, "status": "unhealthy", "mongodb": "disconnected"}


@router.get("/", response_model=Welcome, responses={**shown(_WELCOME), **documented(403, 429, 503, validation=False)})
def welcome(request: Request) -> Response:
    """Name, version and databases of this server."""
    return json_reply({**_WELCOME, "databases": list(store_of(request).databases())})


@router.get(
    "/health",
    response_model=Health,
    responses={
        **shown(_HEALTHY),
        503: {
            "model": Health,
            "description": "The store does not answer",
            "content": {"application/json": {"example": _UNHEALTHY}},
        },
    },
)
async def health(request: Request) -> Response:
    """Whether the API and its store work; has no rate limit, and waits for no other request.

    `degraded`: questions are answered, but the store takes no changes.
    """
    store = store_of(request)
    try:
        wrong = request.app.state.at_once(store.ping)
        if wrong is None:
            wrong = await run_in_threadpool(store.ping)
    except CatalogError as error:
        return json_reply({**_UNHEALTHY, "detail": str(error)}, status=503)
    return json_reply({**_HEALTHY, "status": "degraded", "detail": wrong} if wrong else _HEALTHY)


def metrics_router(registry: CollectorRegistry) -> APIRouter:
    """``GET /metrics`` for Prometheus, when it is switched on."""
    metrics = APIRouter(tags=["meta"])
    example = {"text/plain": {"schema": {"type": "string"}, "example": "http_requests_total 1.0\n"}}

    @metrics.get("/metrics", response_class=Response, responses={200: {"content": example}})
    def measured() -> Response:
        """Counters in the text format of Prometheus; has no rate limit."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return metrics
