"""``serve``: the metadata API and catalogue page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)


def serve(
    store: Annotated[str, typer.Option(help="A file, 'sqlite:///file', 'mongodb://host:port' or 'memory'.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    token_file: Annotated[Path | None, typer.Option(help="Admin tokens, one a line.")] = None,
    trusted_proxy: Annotated[list[str] | None, typer.Option(help="Proxy whose X-Forwarded-For is believed.")] = None,
) -> None:
    """Serve the metadata API and the catalogue page until interrupted."""
    from ..catalog.server.serve import serve as run

    run(store, host=host, port=port, token_file=token_file, trusted_proxies=trusted_proxy or ())
