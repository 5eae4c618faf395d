"""``serve`` and ``catalog``: the metadata API, and what its store holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

StoreUrl = Annotated[str, typer.Option("--store", help="A file, 'sqlite:///file' or 'mongodb://host:port'.")]
Database = Annotated[str, typer.Option(help="Database of the metadata API.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    group = typer.Typer(help="Fill a store of the metadata API, or write out what it holds.", no_args_is_help=True)
    group.command()(load)
    group.command()(dump)
    group.command()(remove)
    app.add_typer(group, name="catalog")


def serve(
    store: Annotated[
        str | None, typer.Option(help="As for 'catalog load', or 'memory'; by default what ships with eegmill.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    token_file: Annotated[Path | None, typer.Option(help="Admin tokens, one a line.")] = None,
    trusted_proxy: Annotated[list[str] | None, typer.Option(help="Proxy whose X-Forwarded-For is believed.")] = None,
    rate_limit: Annotated[int, typer.Option(min=0, help="Requests a minute and address; 0 for no limit.")] = 100,
    offences: Annotated[int, typer.Option(min=1, help="Minutes over the limit until an address is blocked.")] = 10,
    block_s: Annotated[float, typer.Option(min=0, help="Seconds that a block lasts.")] = 3600.0,
    offence_half_life_s: Annotated[float, typer.Option(min=1, help="Seconds that halve the offences.")] = 3600.0,
    cors_origin: Annotated[
        list[str] | None, typer.Option(help="Origin whose pages may read the API; '*' for all, '' for none.")
    ] = None,
    max_connections: Annotated[int, typer.Option(min=8, help="Connections at a time, in all.")] = 1000,
    max_connections_per_address: Annotated[int, typer.Option(min=1, help="The same of one address.")] = 200,
    access_log: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write each request as a line of JSON; '-' for the terminal.")
    ] = None,
    metrics: Annotated[bool, typer.Option("--metrics", help="Offer GET /metrics for Prometheus.")] = False,
    create: Annotated[bool, typer.Option("--create", help="Make the store if it is not there.")] = False,
) -> None:
    """Serve the metadata API and the catalogue page until interrupted.

    For example: eegmill serve --store lab.db --port 8080
    """
    from ..catalog.server.serve import serve as run
    from ..catalog.server.settings import Settings

    settings = Settings(
        requests_per_minute=rate_limit or None,
        offences_until_block=offences,
        block_s=block_s,
        offence_half_life_s=offence_half_life_s,
        max_connections=max_connections,
        max_connections_per_address=max_connections_per_address,
        access_log=access_log,
        metrics=metrics,
        cors_origins=("*",) if cors_origin is None else tuple(filter(None, cors_origin)),
    )
    run(
        store,
        host=host,
        port=port,
        token_file=token_file,
        trusted_proxies=trusted_proxy or (),
        settings=settings,
        create=create,
    )


def load(
    source: Annotated[str, typer.Argument(help="'summary', an API's URL, a BIDS folder, a .csv or a JSON dump.")],
    store: StoreUrl,
    database: Database = "eegdash",
    dataset_id: Annotated[str | None, typer.Option(help="Of a BIDS folder; by default the folder's name.")] = None,
) -> None:
    """Load datasets and records into a store; made if it is not there.

    It can be interrupted and repeated. A folder that is loaded again forgets recordings that are no longer there.
    For example: eegmill catalog load my_bids --store lab.db
    """
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
    for name, count in loaded.unread.most_common():
        typer.echo(f"nothing reads '{name}' ({count} documents): stored as it is", err=True)
    for note in loaded.notes:
        typer.echo(note, err=True)
    typer.echo(loaded.in_words())


def dump(
    path: Annotated[Path, typer.Argument(help="The NDJSON file to write.")],
    store: StoreUrl,
    database: Database = "eegdash",
) -> None:
    """Write out everything that a store holds, one document a line.

    For example: eegmill catalog dump lab.ndjson.xz --store lab.db
    """
    from ..catalog.ingest.dump import dump as run
    from ..catalog.stores import open_store

    opened = open_store(store, create=False)
    try:
        typer.echo(f"{run(opened, database, path)} documents")
    finally:
        opened.close()


def remove(
    dataset: Annotated[str, typer.Argument(help="ID of the dataset.")],
    store: StoreUrl,
    database: Database = "eegdash",
) -> None:
    """Take a dataset and all its recordings out of a store.

    For example: eegmill catalog remove my_bids --store lab.db
    """
    from ..catalog.ingest.remove import remove as run
    from ..catalog.stores import open_store

    opened = open_store(store, create=False)
    try:
        removed = run(opened, database, dataset)
    finally:
        opened.close()
    plural = "" if removed.records == 1 else "s"
    typer.echo(f"{dataset} removed, with {removed.records} recording{plural}")
