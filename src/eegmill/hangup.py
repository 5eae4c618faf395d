"""A terminal that is closed, or a connection that is gone: what it holds is told to end by SIGHUP."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

Handler = Callable[[int, FrameType | None], None]
STREAMS = (1, 2)
ENDED = b"\neegmill: was ended with its terminal, which was closed or lost; 'nohup eegmill ... &' outlives it.\n"


def is_heeded() -> bool:
    """Whether this process ends with its terminal: one that was started by ``nohup`` does not."""
    return signal.getsignal(signal.SIGHUP) != signal.SIG_IGN


def on_hangup(handler: Handler) -> None:
    """Call this once the terminal is gone, unless that is ignored; from then on it is. What this one started is told.

    What is said from then on would end the process by an error where it went to the terminal: it goes nowhere.
    """
    if not is_heeded():
        return
    at_terminal = [stream for stream in STREAMS if os.isatty(stream)]

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _silence([stream for stream in at_terminal if not os.isatty(stream)])
        if os.getpgrp() == os.getpid():  # the system tells the leader of a session alone; a shell tells all it started
            os.killpg(os.getpgrp(), signal.SIGHUP)
        handler(number, frame)

    signal.signal(signal.SIGHUP, once)


def end_as_by_ctrl_c() -> None:
    """Let this process end with its terminal as it does by Ctrl-C: what is half made is cleared away."""

    def told(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            os.write(2, ENDED)
        signal.default_int_handler(number, frame)

    on_hangup(told)


def _silence(streams: list[int]) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)
