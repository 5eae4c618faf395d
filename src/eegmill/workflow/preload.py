"""What a job on recordings is loaded with once, before it forks a child for each.

A child of a process that runs no threads starts with everything that its parent has imported, and pays for none of it.
So nothing is loaded here that starts a thread as it is imported: onnxruntime, which loads in no time, does.
"""

from __future__ import annotations

import importlib
import sys

from ..models import field_descriptions
from .plan import Plan

LIBRARIES = (
    "jinja2",
    "mne.epochs",
    "mne.io.brainvision.brainvision",
    "mne.io.edf.edf",
    "mne.io.eeglab.eeglab",
    "pybv",
    "scipy.interpolate",
    "scipy.io",
    "scipy.ndimage",
    "scipy.signal",
    "threadpoolctl",
)
"""What nearly every recording needs: to read it, to write it, to draw its page, and for most steps."""


def load_libraries(plan: Plan, job: str) -> None:
    """Import what a job will need; what cannot be imported is left to the children, which say whom it concerns."""
    try:
        _load(plan, job)
    except Exception as error:  # each child meets it again, and ends as a failure of its recording
        sys.stderr.write(f"eegmill: could not be loaded beforehand: {type(error).__name__}: {error}\n")


def _load(plan: Plan, job: str) -> None:
    if job == "fetch":
        from .jobs import fetch  # noqa: F401 - loaded, not called

        return
    from .jobs import clean  # noqa: F401 - loaded, not called

    for step in plan.recipe.steps:
        field_descriptions(type(step))  # each page tells them
        for library in step.libraries():
            importlib.import_module(library)
    for library in LIBRARIES:
        importlib.import_module(library)
