"""Where the catalogue is kept: one contract, and a package for each kind of store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import CatalogError

if TYPE_CHECKING:
    from .contract import Store
    from .offenders import Offenders

MEMORY = "memory"


def open_store(url: str, *, create: bool = True) -> Store:
    """Open the store that a URL or a file name means.

    Parameters
    ----------
    url
        A file name or ``sqlite:///file`` for SQLite, ``memory`` for a catalogue that is gone afterwards,
        ``mongodb://host:port`` for MongoDB.
    create
        Whether a file that is not there is made; else a mistyped name is an error.

    Raises
    ------
    CatalogError
        If the URL is of another kind, or the store cannot be opened.
    """
    if _is_mongo(url):
        from .mongo.store import MongoStore

        return MongoStore(url)
    from .sqlite.store import SqliteStore

    path = _file(url)
    if path is not None and not create and not path.exists():
        msg = f"There is no store '{path}'. 'eegmill catalog load SOURCE --store {path}' makes one."
        raise CatalogError(msg)
    return SqliteStore(path)


def open_offenders(url: str) -> Offenders:
    """Open the list of offenders that belongs to a store: servers on one store share it.

    Raises
    ------
    CatalogError
        As :func:`open_store`.
    """
    if _is_mongo(url):
        from .mongo.offenders import MongoOffenders

        return MongoOffenders(url)
    from .offenders import MemoryOffenders

    path = _file(url)
    if path is None:
        return MemoryOffenders()
    from ..faults import ReadOnlyStore
    from .sqlite.offenders import SqliteOffenders

    try:
        return SqliteOffenders(path)
    except ReadOnlyStore:
        return MemoryOffenders()


def _is_mongo(url: str) -> bool:
    return url.startswith(("mongodb://", "mongodb+srv://"))


def _file(url: str) -> Path | None:
    """The file of an SQLite store; None for one in memory."""
    if url == MEMORY:
        return None
    path = url.removeprefix("sqlite:///")
    if "://" in path or not path:
        msg = f"'{url}' is no store. Use a file name, 'sqlite:///file', 'mongodb://host:port' or 'memory'."
        raise CatalogError(msg)
    return Path(path)
