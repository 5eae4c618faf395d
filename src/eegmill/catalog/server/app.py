"""Puts the metadata API together, and serves it."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from ...errors import CatalogError
from ...version import __version__
from ..stores.contract import AnswersAtOnce, Store, T
from ..stores.offenders import MemoryOffenders, Offenders
from . import problems
from .auth import Tokens
from .catalogue_view import RowCache
from .middleware.access_log import AccessLog
from .middleware.edge import Edge
from .middleware.guard import Guard, GuardMiddleware
from .middleware.pace import Pace
from .openapi import describe
from .request_body import BodyReader
from .routes import admin, aggregations, catalogue, charts, meta, public, reference, search
from .settings import Settings

if TYPE_CHECKING:
    from fastapi.routing import APIRoute

COMPRESSION_LEVEL = 5
SMALLEST_COMPRESSED = 1000


def create_app(store: Store, settings: Settings | None = None, *, offenders: Offenders | None = None) -> FastAPI:
    """The metadata API on a store.

    Parameters
    ----------
    store
        Where documents live. The app does not close it.
    settings
        Tokens, limits, metrics; see :class:`~eegmill.catalog.server.settings.Settings`.
    offenders
        Where addresses that broke the rate limit are kept; None forgets them when the app ends.

    Examples
    --------
    >>> from eegmill.catalog.stores.sqlite.store import SqliteStore
    >>> create_app(SqliteStore(None)).title
    'eegmill metadata API'
    """
    chosen = settings or Settings()
    app = FastAPI(
        title=meta.NAME,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.store = store
    app.state.at_once = store.at_once if isinstance(store, AnswersAtOnce) else _never
    app.state.tokens = Tokens(chosen.tokens)
    app.state.guard = Guard(chosen, offenders or MemoryOffenders())
    app.state.pace = Pace()
    app.state.bodies = BodyReader(chosen.max_body_bytes, max_sum_bytes=chosen.max_bodies_bytes)
    app.state.rows = RowCache()
    app.state.instance = uuid.uuid4().hex
    for part in (search, meta, charts, aggregations, public, admin, catalogue, reference):
        app.include_router(part.router)
    problems.install(app)
    describe(app)
    _add_middleware(app, chosen)
    return app


def _never(_: Callable[[], T]) -> T | None:
    """The answer at once of a store that may be far away."""
    return None


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """From the inside out: the last one added is the first to see a request."""
    if settings.metrics:
        _measure(app)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED, compresslevel=COMPRESSION_LEVEL)
    app.add_middleware(GuardMiddleware, guard=app.state.guard, tokens=app.state.tokens, settings=settings)
    if settings.cors_origins:
        # Reading only: a page of another origin can send no token and change nothing.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET"],
            allow_headers=["If-None-Match"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        )
    app.add_middleware(Edge)
    if settings.access_log is not None:
        stream = sys.stdout if settings.access_log == "-" else _appended(settings.access_log)
        app.add_middleware(AccessLog, stream=stream, trusted_proxies=settings.trusted_proxies)


def _appended(path: str) -> IO[str]:
    try:
        return Path(path).expanduser().open("a", encoding="utf-8")
    except OSError as error:
        msg = f"The access log '{path}' cannot be written: {error.strerror}. Name another file, or '-'."
        raise CatalogError(msg) from None


def _measure(app: FastAPI) -> None:
    from prometheus_client import CollectorRegistry
    from prometheus_fastapi_instrumentator import Instrumentator

    collectors = CollectorRegistry()  # one an app: two apps in one process would collide in the global one
    Instrumentator(registry=collectors, should_group_status_codes=False).instrument(app)
    app.include_router(meta.metrics_router(collectors))


def _operation_id(route: APIRoute) -> str:
    return route.name
