"""Runs the metadata API until it is told to stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..ingest.shipped import shipped_store
from ..stores import MEMORY, open_offenders, open_store
from ..stores.contract import Store
from ..stores.offenders import Offenders
from .app import create_app
from .connections import Connections, bounded_protocol, room, run
from .settings import Settings, admin_tokens, networks

logger = logging.getLogger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GRACE_S = 10
IDLE_CONNECTION_S = 15


def serve(
    store: str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token_file: Path | None = None,
    trusted_proxies: Sequence[str] = (),
    settings: Settings | None = None,
    create: bool = False,
) -> None:
    """Serve the metadata API and the catalogue page until interrupted.

    Parameters
    ----------
    store
        As for :func:`~eegmill.catalog.stores.open_store`; it must exist, unless ``create``. None serves the catalogue
        that ships with eegmill, from memory.
    host, port
        Address to listen on.
    token_file
        Admin tokens, one a line; without it the environment variable ``EEGMILL_ADMIN_TOKEN``.
    trusted_proxies
        Addresses or networks whose ``X-Forwarded-For`` is believed.
    settings
        All other settings.
    create
        Whether to make a store that is not there.

    Raises
    ------
    CatalogError
        If the tokens, the proxies or the store are not usable.
    """
    import uvicorn

    chosen = replace(settings or Settings(), tokens=admin_tokens(token_file), trusted_proxies=networks(trusted_proxies))
    if host not in LOOPBACK and not trusted_proxies:
        logger.warning("No proxy is trusted. If this server runs behind one, name it with --trusted-proxy ADDRESS.")
    opened = shipped_store() if store is None else open_store(store, create=create)
    offenders = open_offenders(MEMORY if store is None else store)
    space = room(chosen)
    with _closed_in_the_end(offenders, opened):
        config = uvicorn.Config(
            create_app(opened, chosen, offenders=offenders),
            host=host,
            port=port,
            proxy_headers=False,  # the guard itself decides whose X-Forwarded-For it believes
            server_header=False,
            http=bounded_protocol(_connections(chosen, space.max_connections)),
            backlog=space.at_once,
            access_log=chosen.access_log is None,
            timeout_keep_alive=IDLE_CONNECTION_S,
            timeout_graceful_shutdown=GRACE_S,
        )
        run(config)


@contextmanager
def _closed_in_the_end(*stores: Store | Offenders) -> Iterator[None]:
    """Close stores however the server ends, so that all of a store is in its one file.

    uvicorn raises SIGTERM again once it has shut down, and by default that ends a process on the spot.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)) if in_main_thread else None
    try:
        yield
    finally:
        for store in stores:
            store.close()
        if in_main_thread:
            signal.signal(signal.SIGTERM, before)


def _connections(settings: Settings, max_connections: int) -> Connections:
    return Connections(
        max_connections=max_connections,
        max_per_address=settings.max_connections_per_address,
        waiting_s=settings.request_head_s,
        stuck_s=settings.reply_stuck_s,
        unlimited=settings.trusted_proxies,
    )
