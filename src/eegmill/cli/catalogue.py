"""``serve`` and ``catalog``: the metadata API, and what its store holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

StoreUrl = Annotated[
    str, typer.Option("--store", help="A file, 'sqlite:///file', 'mongodb://host:port', or 'memory' (serve only).")
]
Database = Annotated[str, typer.Option(help="Database of the metadata API.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    group = typer.Typer(help="Fill a store of the metadata API, or write out what it holds.", no_args_is_help=True)
    group.command()(load)
    group.command()(dump)
    app.add_typer(group, name="catalog")


def serve(
    store: StoreUrl,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    token_file: Annotated[Path | None, typer.Option(help="Admin tokens, one a line.")] = None,
    trusted_proxy: Annotated[list[str] | None, typer.Option(help="Proxy whose X-Forwarded-For is believed.")] = None,
    rate_limit: Annotated[int, typer.Option(min=0, help="Requests a minute and address; 0 for no limit.")] = 100,
    metrics: Annotated[bool, typer.Option("--metrics", help="Offer GET /metrics for Prometheus.")] = False,
) -> None:
    """Serve the metadata API and the catalogue page until interrupted."""
    from ..catalog.server.serve import serve as run
    from ..catalog.server.settings import Settings

    settings = Settings(requests_per_minute=rate_limit or None, metrics=metrics)
    run(
        store,
        host=host,
        port=port,
        token_file=token_file,
        trusted_proxies=trusted_proxy or (),
        settings=settings,
    )


def load(
    source: Annotated[str, typer.Argument(help="'summary', an API's URL, a BIDS folder, a .csv or a JSON dump.")],
    store: StoreUrl,
    database: Database = "eegdash",
    dataset_id: Annotated[str | None, typer.Option(help="Of a BIDS folder; by default the folder's name.")] = None,
) -> None:
    """Load datasets and records into a store. It can be interrupted and repeated: nothing is lost, nothing doubled."""
    from ..catalog.ingest.load import load as run
    from ..catalog.stores import open_store

    opened = open_store(store)
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        loaded = run(opened, database, source, now=now, dataset_id=dataset_id)
    finally:
        opened.close()
    for refused in loaded.refused:
        typer.echo(f"left out: {refused}", err=True)
    done = f"{loaded.inserted} new, {loaded.updated} renewed, {loaded.unchanged} unchanged"
    typer.echo(f"{done}, {len(loaded.refused)} left out")


def dump(
    path: Annotated[Path, typer.Argument(help="The NDJSON file to write.")],
    store: StoreUrl,
    database: Database = "eegdash",
) -> None:
    """Write out everything that a store holds, one document a line."""
    from ..catalog.ingest.dump import dump as run
    from ..catalog.stores import open_store

    opened = open_store(store)
    try:
        typer.echo(f"{run(opened, database, path)} documents")
    finally:
        opened.close()
