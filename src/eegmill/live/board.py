"""What the process that runs a workflow lets its view know: which recordings are to be cleaned, by which steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Board:
    """Written by the process that plans, read by its view."""

    expected: dict[str, dict[str, float]] = field(default_factory=dict)
    """How long each recording that is still to be cleaned is likely to take in seconds, by dataset."""
    steps: tuple[str, ...] = ()
    """Of the recipe, in their order."""
    refusal: str = ""
    """Why the run cannot begin."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    """What closes a view."""

    def expect(self, dataset: str, times_s: Mapping[str, float], steps: Sequence[str]) -> None:
        """Announce recordings that are to be cleaned."""
        self.expected.setdefault(dataset, {}).update(times_s)
        self.steps = tuple(steps)

    def close_view(self) -> None:
        """Let the view say its last, and leave the terminal to whoever writes next."""
        while self.at_end:
            self.at_end.pop()()


BOARD = Board()
"""Of this process."""
