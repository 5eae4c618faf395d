"""What a recipe is; `config.recipes` reads one."""

from __future__ import annotations

from dataclasses import dataclass

from .steps.contract import Step


@dataclass(frozen=True)
class Recipe:
    """A named, checked list of steps."""

    name: str
    steps: tuple[Step, ...]

    def split(self) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        """The steps up to the last expensive one, and those behind it; without an expensive one all are in front."""
        cut = max((i for i, step in enumerate(self.steps, start=1) if step.expensive), default=len(self.steps))
        return self.steps[:cut], self.steps[cut:]
