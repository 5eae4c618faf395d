"""How far jobs are: a line for each thing that happens, in a file beside their marks, for whoever watches the run.

Nothing is decided by it. A line that cannot be written is left out, and no receipt and no digest knows of it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ..models import Frozen

Event = Literal["stage", "step", "ended"]


class Line(Frozen):
    """One thing that happened to one recording."""

    event: Event
    time: str
    """When, in UTC (ISO 8601)."""
    recording: str
    stage: str
    step: str = ""
    status: str = ""
    """Where it ended: ``ok``, ``rejected``, ``failed`` or ``interrupted``."""
    reason: str = ""
    """Where it ended: why, or what became of it, in one sentence."""
    cpu_s: float | None = None
    wall_s: float | None = None


@dataclass(frozen=True)
class Progress:
    """Where the progress of one recording is written; without a file, nowhere."""

    recording: str = ""
    file: Path | None = None

    def tell(
        self,
        event: Event,
        stage: str,
        *,
        step: str = "",
        status: str = "",
        reason: str = "",
        cpu_s: float | None = None,
        wall_s: float | None = None,
    ) -> None:
        """Add a line; whoever reads meanwhile sees it whole or not at all."""
        if self.file is None:
            return
        line = Line(
            event=event,
            time=now(),
            recording=self.recording,
            stage=stage,
            step=step,
            status=status,
            reason=reason,
            cpu_s=cpu_s,
            wall_s=wall_s,
        )
        with suppress(OSError), self.file.open("a", encoding="utf-8") as stream:
            stream.write(line.model_dump_json(exclude_defaults=True) + "\n")


NOWHERE = Progress()


class Tail:
    """Reads what is added to a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read = 0

    def new(self) -> list[Line]:
        """The lines that were added since the last look; a line that is half there is left for the next."""
        try:
            if self.file.stat().st_size <= self._read:
                return []
            with self.file.open("rb") as stream:
                stream.seek(self._read)
                whole, _, _ = stream.read().rpartition(b"\n")
        except OSError:
            return []
        if not whole:
            return []
        self._read += len(whole) + 1
        return [line for text in whole.splitlines() if (line := _line(text)) is not None]


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(text: bytes) -> Line | None:
    try:
        return Line.model_validate_json(text)
    except ValueError:  # a disk that was full, or another version of eegmill
        return None
