"""The cleaning steps. Adding one: a module, a test, and a line in ``STEPS``."""

from __future__ import annotations

from ..recording import BadChannel, Component, Recording, Segment
from .annotate import Annotate
from .asr import Asr
from .autoreject import Autoreject
from .bad_channels import BadChannels
from .clean_drifts import CleanDrifts
from .contract import Decisions, Step
from .epochs import Epochs
from .flatline import Flatline
from .highpass import Highpass
from .ica import Ica
from .iclabel import Iclabel
from .interpolate import Interpolate
from .line_noise import LineNoise
from .lowpass import Lowpass
from .prepare import Import
from .reference import Reference
from .remove_components import RemoveComponents
from .resample import Resample
from .windows import Windows

STEPS: dict[str, type[Step]] = {
    step.name: step
    for step in (
        Import,
        Resample,
        Highpass,
        Lowpass,
        CleanDrifts,
        LineNoise,
        Flatline,
        BadChannels,
        Reference,
        Asr,
        Windows,
        Ica,
        Iclabel,
        RemoveComponents,
        Interpolate,
        Annotate,
        Epochs,
        Autoreject,
    )
}

__all__ = ["STEPS", "BadChannel", "Component", "Decisions", "Recording", "Segment", "Step"]
