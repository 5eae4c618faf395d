"""What is known of a run at one moment: which recordings are worked on, how many are done, what time is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .board import Board
from .progress import Line


@dataclass
class Running:
    """A recording that is worked on."""

    dataset: str
    recording: str
    stage: str
    since_s: float
    """On the monotonic clock."""
    step: str = ""
    position: int = 0
    """Of the step in the recipe, from 1."""


@dataclass(frozen=True)
class DatasetJob:
    """A job on a whole dataset."""

    dataset: str
    rule: str
    since_s: float


@dataclass
class Standing:
    """Grows with each line that a job writes."""

    board: Board
    clock: Callable[[], float] = time.monotonic
    running: dict[tuple[str, str], Running] = field(default_factory=dict)
    ended: dict[tuple[str, str], Line] = field(default_factory=dict)
    """The last word on a recording; one that is tried again has none."""
    jobs: dict[int, DatasetJob] = field(default_factory=dict)
    """What is under way on whole datasets, by the number of the job."""
    _began_s: float | None = None
    _last_s: float = 0.0

    def note(self, dataset: str, line: Line) -> None:
        """Take note of what a job wrote."""
        key = dataset, line.recording
        if line.event == "ended":
            self.running.pop(key, None)
            if line.status != "interrupted" and (line.stage != "fetch" or line.status != "ok"):
                self.ended[key] = line
                self._last_s = self.clock()
            return
        self.ended.pop(key, None)
        now = self.clock()
        self._began_s = now if self._began_s is None else self._began_s
        found = self.running.setdefault(key, Running(*key, line.stage, now))
        found.stage, found.step = line.stage, line.step or found.step
        if line.event == "step":
            found.position = _position(self.board.steps, line.step, behind=found.position)

    def drop(self, dataset: str, recordings: Collection[str]) -> None:
        """Forget that recordings are worked on: their job has ended, perhaps before it could say so."""
        for recording in recordings:
            self.running.pop((dataset, recording), None)

    @property
    def n_expected(self) -> int:
        """How many recordings are to be cleaned, those that are done included."""
        return sum(map(len, self.board.expected.values()))

    @property
    def counts(self) -> Counter[str]:
        """How many recordings ended how."""
        return Counter(line.status for line in self.ended.values())

    def left_s(self) -> float | None:
        """What time is left, by the time that what is done took; None as long as nothing is done."""
        times = {
            (dataset, recording): time_s
            for dataset, recordings in self.board.expected.items()
            for recording, time_s in recordings.items()
        }
        done_s = sum(times.get(key, 0.0) for key in self.ended)
        if self._began_s is None or not done_s:
            return None
        left_s = sum(times.values()) - done_s
        taken_s = self._last_s - self._began_s
        return max(taken_s * left_s / done_s - (self.clock() - self._last_s), 0.0)


def _position(steps: tuple[str, ...], step: str, *, behind: int) -> int:
    """Where a step stands in a recipe, from 1, when ``behind`` steps are done; a name may occur twice."""
    return steps.index(step, behind) + 1 if step in steps[behind:] else behind
