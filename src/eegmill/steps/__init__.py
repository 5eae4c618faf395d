"""The cleaning steps. Adding one: a module, a test, and a line in ``STEPS``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from .contract import Decisions, Step


class Steps(Mapping[str, type[Step]]):
    """Step classes by the name that recipes use; the module of a step is imported when the step is asked for.

    So a recipe pays for its own steps alone, and a change of one step concerns no job that does not run it.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> type[Step]:
        module, _, cls = self._places[name].partition(":")
        step: type[Step] = getattr(importlib.import_module(f"{__package__}.{module}"), cls)
        return step

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


STEPS = Steps(
    {
        "import": "prepare:Import",
        "resample": "resample:Resample",
        "highpass": "highpass:Highpass",
        "lowpass": "lowpass:Lowpass",
        "clean_drifts": "clean_drifts:CleanDrifts",
        "decide_on": "decide_on:DecideOn",
        "restore": "restore:Restore",
        "line_noise": "line_noise:LineNoise",
        "flatline": "flatline:Flatline",
        "inspect": "inspect:Inspect",
        "bad_channels": "bad_channels:BadChannels",
        "reference": "reference:Reference",
        "asr": "asr:Asr",
        "windows": "windows:Windows",
        "ica": "ica:Ica",
        "iclabel": "iclabel:Iclabel",
        "remove_components": "remove_components:RemoveComponents",
        "interpolate": "interpolate:Interpolate",
        "annotate": "annotate:Annotate",
        "robust_scale": "robust_scale:RobustScale",
        "epochs": "epochs:Epochs",
        "autoreject": "autoreject:Autoreject",
    }
)

__all__ = ["STEPS", "Decisions", "Step"]
