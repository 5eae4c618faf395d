"""A run for machines: one JSON object a line, with the same keys in each."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

from ..models import Frozen
from .progress import now

LogEvent = Literal["run", "stage", "step", "ended", "message"]


class Entry(Frozen):
    """One line. What does not apply is null."""

    event: LogEvent
    """``run``: the run began or ended. ``stage``, ``step``: one began. ``ended``: a recording, or a job on a whole
    dataset, did. ``message``: what a person is told as well."""
    time: str
    """When, in UTC (ISO 8601)."""
    dataset: str | None = None
    recording: str | None = None
    """Null where a whole dataset is meant."""
    stage: str | None = None
    """Of a recording: ``fetch``, ``decompose``, ``clean``, ``report``; of a dataset: ``resolve``, ``dataset``,
    ``validate``, ``features``, ``index``, ``manifest``."""
    step: str | None = None
    """Of the recipe."""
    status: str | None = None
    """``began``; or how it ended: ``ok``, ``rejected``, ``failed``, ``interrupted``; of a message ``info``, ``warning``
    or ``error``."""
    reason: str | None = None
    """Why, or what became of it, in a sentence."""
    cpu_s: float | None = None
    """What a recording took in its job, its libraries aside, which are loaded once for all."""


class JsonLog:
    """Writes entries into a file, behind those that are there, or to the standard output (``-``)."""

    def __init__(self, target: str) -> None:
        self._stream: TextIO
        if target == "-":
            self._stream = sys.stdout
        else:
            path = Path(target).expanduser()
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = path.open("a", encoding="utf-8")

    def write(self, entry: Entry) -> None:
        """Write one line; whoever has stopped reading does not stop the run."""
        with suppress(OSError, ValueError):
            self._stream.write(json.dumps(entry.model_dump()) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        if self._stream is not sys.stdout:
            self._stream.close()


def entry(event: LogEvent, *, time: str = "", **fields: str | float | None) -> Entry:
    """An entry of this moment, or of another; empty words become null."""
    told = {key: value for key, value in fields.items() if value != ""}
    return Entry.model_validate({"event": event, "time": time or now(), **told})
