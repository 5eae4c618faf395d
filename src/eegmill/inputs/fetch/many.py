"""Many recordings in one process: a few at a time, none stops the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ...errors import EegmillError
from ..limits import Limits
from .progress import Silent
from .recording import FetchedFile, fetch_recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ...lock import Lock
    from .progress import Progress

AT_ONCE = 4
"""Recordings under way: enough to hide the way to the server, few enough to watch."""


def fetch_recordings(
    lock: Lock,
    names: Sequence[str],
    root: Path,
    *,
    cache: Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
    slots: Path | None = None,
) -> dict[str, tuple[FetchedFile, ...] | EegmillError]:
    """Bring recordings to ``root``, as `eegmill.inputs.fetch.recording.fetch_recording` does each of them.

    Returns
    -------
    dict
        By recording, in the order of ``names``: its files, or why it could not be fetched.

    Raises
    ------
    ConfigurationError
        If a recording is not in the lock; nothing is fetched then.
    """
    told = progress or Silent()
    for name in names:
        told.expect(name, {file.path: file.size for file in lock.recording(name).files})
    limits, stop = Limits.from_environment(), threading.Event()

    def one(name: str) -> tuple[FetchedFile, ...] | EegmillError:
        try:
            return fetch_recording(
                lock,
                name,
                root,
                cache=cache,
                offline=offline,
                progress=told,
                limits=limits,
                slots=slots,
                stop=stop,
            )
        except EegmillError as error:
            told.fail(name, str(error))
            return error

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="recording")
    try:
        return dict(zip(names, pool.map(one, names), strict=True))
    finally:
        stop.set()  # after Ctrl-C: what is under way ends where it is
        pool.shutdown(cancel_futures=True)
