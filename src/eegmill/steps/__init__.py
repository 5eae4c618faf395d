"""The cleaning steps. Adding one: a module, a test, and a line in ``STEPS``."""

from __future__ import annotations

from .annotate import Annotate
from .autoreject import Autoreject
from .clean_drifts import CleanDrifts
from .contract import BadChannel, Component, Decisions, Recording, Segment, Step
from .epochs import Epochs
from .flatline import Flatline
from .highpass import Highpass
from .ica import Ica
from .iclabel import Iclabel
from .lowpass import Lowpass
from .remove_components import RemoveComponents

STEPS: dict[str, type[Step]] = {
    step.name: step
    for step in (
        Highpass,
        Lowpass,
        CleanDrifts,
        Flatline,
        Ica,
        Iclabel,
        RemoveComponents,
        Annotate,
        Epochs,
        Autoreject,
    )
}

__all__ = ["STEPS", "BadChannel", "Component", "Decisions", "Recording", "Segment", "Step"]
