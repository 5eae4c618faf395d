"""Begins to watch a run, with the screen and the log that it is to have."""

from __future__ import annotations

import sys

from .board import BOARD
from .json_log import JsonLog
from .screen import Plain, Screen, screen_for
from .watcher import Watcher


def watcher(*, json_log: str | None, with_screen: bool, color: bool, dry_run: bool) -> Watcher:
    """The watcher of the run that this process is.

    Parameters
    ----------
    json_log
        A file, or ``-`` for the standard output.
    with_screen
        Whether people are to see it; else Snakemake speaks for itself.
    """
    log = JsonLog(json_log) if json_log else None
    return Watcher(BOARD, _screen(color=color, dry_run=dry_run) if with_screen else None, log, dry_run=dry_run)


def _screen(*, color: bool, dry_run: bool) -> Screen:
    """A dry run is what was asked for, so that it goes to the standard output, where nothing is drawn."""
    return Plain(sys.stdout) if dry_run else screen_for(sys.stderr, color=color)
