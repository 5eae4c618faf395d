"""``cache``: fetched files that runs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..sizes import size_in_words

Folder = Annotated[Path, typer.Argument(envvar="EEGMILL_CACHE", help="The cache's folder.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Show or prune the cache of fetched files.", no_args_is_help=True)
    group.command()(show)
    group.command()(prune)
    app.add_typer(group, name="cache")


def show(folder: Folder) -> None:
    """Say how much a cache holds."""
    from ..inputs.fetch.cache import show as content_of

    content = content_of(folder)
    typer.echo(f"{content.folder}: {content.files} files, {size_in_words(content.size)}")


def prune(
    folder: Folder,
    older_than_days: Annotated[float | None, typer.Option(min=0, help="Drop what was not used for so long.")] = None,
    max_bytes: Annotated[int | None, typer.Option(min=0, help="Drop the longest unused until so much is left.")] = None,
) -> None:
    """Make a cache smaller. Files that runs took from it stay whole."""
    from ..inputs.fetch.cache import prune as make_smaller

    content = make_smaller(folder, older_than_days=older_than_days, max_bytes=max_bytes)
    typer.echo(
        f"removed {content.removed_files} files, {size_in_words(content.removed_size)}; "
        f"{size_in_words(content.size)} stay"
    )
