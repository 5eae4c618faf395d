"""Bars for long calls: in a terminal and in a notebook; elsewhere only where they are asked for, as plain lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tick = Callable[[str], None]
"""Called with the name of each piece of work as it begins."""


@contextmanager
def bar(what: str, total: int, *, verbose: bool | None = None) -> Iterator[Tick]:
    """Show how far a call is, on the standard error.

    Parameters
    ----------
    verbose
        True: always. False: never. None: where somebody looks, which is in a terminal and in a notebook.

    Examples
    --------
    >>> with bar("clean", 2, verbose=False) as tick:
    ...     tick("ica")
    """
    if not wanted(verbose):
        yield silent
        return
    if not _is_watched():
        yield _lines(what, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task, begun = progress.add_task(what, total=total), 0

        def tick(name: str) -> None:
            nonlocal begun
            progress.update(task, description=f"{what}: {name}", completed=begun)
            begun += 1

        yield tick


def wanted(verbose: bool | None) -> bool:
    """Whether a call is to show how far it is: if it was asked to, or was not told and somebody looks."""
    return _is_watched() if verbose is None else verbose


def silent(_: str) -> None:
    """Show nothing."""


def _is_watched() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules


def _lines(what: str, total: int) -> Tick:
    begun = 0

    def tick(name: str) -> None:
        nonlocal begun
        begun += 1
        sys.stderr.write(f"{what}: {begun} of {total}: {name}\n")

    return tick
