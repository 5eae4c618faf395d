"""Our server on a real port, and the public client of EEGDash read from the files of its wheel."""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores.contract import Store


def missing_client() -> str:
    """Why the public client cannot be read; empty where it can."""
    folder = os.environ.get("EEGDASH_WHEEL")
    if not folder or not (Path(folder) / "eegdash" / "http_api_client.py").is_file():
        return "needs the unpacked eegdash wheel: set EEGDASH_WHEEL to the folder that holds 'eegdash/'"
    return "" if importlib.util.find_spec("requests") else "needs requests, which EEGDash's client speaks by"


@contextmanager
def public_module(name: str) -> Iterator[Any]:
    """A module of EEGDash, read without running the package's heavy ``__init__``."""
    for package in ("eegdash", "eegdash.dataset"):
        stand_in = types.ModuleType(package)
        stand_in.__path__ = [str(Path(os.environ["EEGDASH_WHEEL"], *package.split(".")))]
        sys.modules[package] = stand_in
    try:
        yield importlib.import_module(name)
    finally:
        for module in [module for module in sys.modules if module.split(".")[0] == "eegdash"]:
            del sys.modules[module]


@contextmanager
def served(store: Store, *tokens: str) -> Iterator[str]:
    """The URL of our server on a free port of this machine."""
    app = create_app(store, Settings(tokens=tokens))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
