"""What a job on one recording has to know: handed over as one value, so that no job asks for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..lock import LockedRecording
from ..recipe import Recipe
from ..records import Override
from .layout import Layout


@dataclass(frozen=True)
class Task:
    """One recording, and what is asked for it."""

    dataset: str
    entry: LockedRecording
    recipe: Recipe
    seed: int
    overrides: tuple[Override, ...]
    layout: Layout
    digests: Mapping[str, str]
    """Of each stage of the recording, by its name."""

    @property
    def recording(self) -> str:
        """The name of the recording."""
        return self.entry.recording
