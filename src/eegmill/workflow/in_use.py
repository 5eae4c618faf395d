"""One run at a time in an output folder."""

from __future__ import annotations

import getpass
import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..files.atomic import write_text
from ..files.exclusive import has_locks
from ..files.os_errors import closed
from ..hangup import on_hangup
from .stages import STAGES

if TYPE_CHECKING:
    from types import FrameType

    from filelock import FileLock

    from .plan import Plan

NAME = ".in-use"
INTERRUPTED = ".interrupted"
UNGUARDED = (
    "eegmill: '{output}' lies on a file system without locks, so that nothing keeps a second run out: start none there "
    "before this one has ended.\n"
)
DRY = ("--dry-run", "--dryrun")
SHORT_DRY = r"-[DFSafklptv]*n"
"""``-n`` alone or behind other options that need no value."""
LOOKING = {
    *(*DRY, "--dag", "--rulegraph", "--filegraph", "--d3dag", "--summary", "-S", "-D", "-l"),
    *("--detailed-summary", "--lint", "--list-rules", "--list", "--list-target-rules", "--lt", "--report"),
    *("--generate-unit-tests", "--print-compilation"),
}
"""Options under which Snakemake runs no job."""


def hold(output: Path, name: str = NAME) -> FileLock:
    """Hold an output folder until this process ends, however it ends: the system lifts the lock.

    Parameters
    ----------
    name
        Of the lock: a run that goes through many datasets holds one of its own over those of its parts.

    Raises
    ------
    ConfigurationError
        If another run holds it, and the message names the holder; or if it cannot be written.
    """
    from filelock import FileLock, Timeout

    work = output / "work"
    lock = FileLock(work / f"{name}.lock", timeout=0)
    try:
        work.mkdir(parents=True, exist_ok=True)
        if has_locks(work):
            lock.acquire()
        else:
            sys.stderr.write(UNGUARDED.format(output=output))
    except Timeout:
        msg = f"'{output}' is in use by {_holder(work, name)}. Wait until it has ended, or choose another 'output'."
        raise ConfigurationError(msg) from None
    except OSError as error:
        msg = f"'{output}' cannot be written ({error.strerror or error}): choose another 'output'."
        raise ConfigurationError(msg) from None
    write_text(work / f"{name}.json", json.dumps(_self()) + "\n")
    return lock


def is_held(output: Path) -> bool:
    """Whether a run is at work in an output folder."""
    from filelock import FileLock, Timeout

    path = output / "work" / f"{NAME}.lock"
    if not path.is_file():
        return False
    try:
        FileLock(path, timeout=0).acquire().lock.release()
    except Timeout:
        return True
    except OSError:  # a folder that may only be read: nobody works there
        return False
    return False


def note_interrupts(output: Path) -> None:
    """Leave a mark when a user presses Ctrl-C, or the terminal goes: jobs ended as they begin cannot write why.

    Once is enough: from then on this process and those that it starts heed it no more, so that a second one does not
    break off what ends the run in order.
    """
    mark = output / "work" / INTERRUPTED
    mark.unlink(missing_ok=True)

    def noted(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):  # the disk may be full, and the run is to end all the same
            mark.write_text(signal.Signals(number).name, encoding="ascii")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.default_int_handler(number, frame)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, noted)
        on_hangup(noted)


def was_interrupted(output: Path) -> bool:
    """Whether a user ended the last run in an output folder, or it ended with its terminal."""
    return (output / "work" / INTERRUPTED).exists()


def was_hung_up(output: Path) -> bool:
    """Whether the last run in an output folder ended with its terminal."""
    try:
        return (output / "work" / INTERRUPTED).read_text(encoding="ascii") == signal.SIGHUP.name
    except OSError:
        return False


def refuse_closed_folders(plan: Plan) -> None:
    """Refuse folders of former runs that may not be written: Snakemake itself makes files there.

    Raises
    ------
    ConfigurationError
        Names the first one.
    """
    folders = (plan.layout(dataset).work / stage for dataset in plan.datasets for stage in (*STAGES, "groups"))
    if reason := next(filter(None, map(closed, folders)), ""):
        raise ConfigurationError(reason)


def only_looks(arguments: Sequence[str]) -> bool:
    """Whether a command line of Snakemake changes nothing, so that it may run beside another run.

    Examples
    --------
    >>> only_looks(["snakemake", "-np"]), only_looks(["snakemake", "--cores", "2"])
    (True, False)
    """
    return is_dry(arguments) or any(argument in LOOKING for argument in arguments)


def is_dry(arguments: Sequence[str]) -> bool:
    """Whether a command line of Snakemake asks what a run would do.

    Examples
    --------
    >>> is_dry(["snakemake", "-nc1"]), is_dry(["snakemake", "-sSnakefile", "-j1"])
    (True, False)
    """
    return any(argument in DRY or re.match(SHORT_DRY, argument) for argument in arguments)


def _self() -> dict[str, str]:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return {"process": str(os.getpid()), "host": socket.gethostname(), "user": _user(), "since": since}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return str(os.getuid())


def _holder(work: Path, name: str) -> str:
    try:
        holder = json.loads((work / f"{name}.json").read_bytes())
        return "process {process} of {user} on {host} since {since}".format_map(holder)
    except (OSError, ValueError, KeyError):
        return "another run"
