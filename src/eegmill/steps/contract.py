"""What a cleaning step is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

from ..models import Frozen
from ..recording import Recording

Decides = Literal["channels", "segments", "components"]


class Decisions(Frozen):
    """What a step decided, and why. Each step subclasses it with its own fields."""


class Step(Frozen, ABC):
    """One step of a recipe: its parameters are its fields, ``apply`` does the work.

    A step module imports only the standard library, numpy, pydantic and ``eegmill.steps`` at its top; mne, scipy and
    whatever is heavier are imported inside the functions that use them, so that a recipe can be read in
    milliseconds.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    decides: ClassVar[Decides | None] = None
    needs: ClassVar[Mapping[str, str]] = {}
    """Steps that must come earlier in a recipe, each with the reason told to the user."""
    never_after: ClassVar[Mapping[str, str]] = {}
    """Steps that must not come earlier in a recipe, each with the reason told to the user."""

    @abstractmethod
    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, Decisions]:
        """Do the step: the new recording, and what was decided."""
