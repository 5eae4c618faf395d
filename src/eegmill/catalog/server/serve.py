"""Runs the metadata API until it is told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import CatalogError
from ..stores.contract import Store
from ..stores.sqlite.store import SqliteStore
from .app import create_app
from .settings import Settings, admin_tokens, networks

GRACE_S = 10
IDLE_CONNECTION_S = 15


def open_store(url: str) -> Store:
    """Open the store that a URL or a file name means.

    Parameters
    ----------
    url
        A file name or ``sqlite:///file`` for SQLite, ``memory`` for a catalogue that is gone afterwards,
        ``mongodb://host:port`` for MongoDB.

    Raises
    ------
    CatalogError
        If the URL is of another kind, or the store cannot be opened.
    """
    if url == "memory":
        return SqliteStore(None)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from ..stores.mongo.store import MongoStore

        return MongoStore(url)
    path = url.removeprefix("sqlite:///")
    if "://" in path or not path:
        msg = f"'{url}' is no store. Use a file name, 'sqlite:///file', 'mongodb://host:port' or 'memory'."
        raise CatalogError(msg)
    return SqliteStore(Path(path))


def serve(
    store: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token_file: Path | None = None,
    trusted_proxies: Sequence[str] = (),
    settings: Settings | None = None,
) -> None:
    """Serve the metadata API and the catalogue page until interrupted.

    Parameters
    ----------
    store
        As for :func:`open_store`.
    host, port
        Address to listen on.
    token_file
        Admin tokens, one a line; without it the environment variable ``EEGMILL_ADMIN_TOKEN``.
    trusted_proxies
        Addresses or networks whose ``X-Forwarded-For`` is believed.
    settings
        All other settings.

    Raises
    ------
    CatalogError
        If the tokens, the proxies or the store are not usable.
    """
    import uvicorn

    chosen = replace(settings or Settings(), tokens=admin_tokens(token_file), trusted_proxies=networks(trusted_proxies))
    opened = open_store(store)
    try:
        uvicorn.run(
            create_app(opened, chosen),
            host=host,
            port=port,
            proxy_headers=False,  # the guard itself decides whose X-Forwarded-For it believes
            server_header=False,
            timeout_keep_alive=IDLE_CONNECTION_S,
            timeout_graceful_shutdown=GRACE_S,
        )
    finally:
        opened.close()
