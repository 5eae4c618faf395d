"""Datasets: found in a catalogue, held as objects; a class for each dataset of the shipped catalogue.

``eegmill.datasets.DS002718(task="FaceRecognition")`` is ``eegmill.Dataset("ds002718", task="FaceRecognition")``. Other
names of a dataset are names of its class too. ``dir(eegmill.datasets)`` lists them, ``help`` has a dataset's facts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dataset import Dataset as Dataset


def __getattr__(name: str) -> Any:
    """A class is made when it is first asked for (PEP 562): importing the package costs nothing."""
    # "from eegmill.datasets import splits" asks here before it looks for the module.
    if name.startswith("_") or Path(__file__).with_name(f"{name}.py").is_file():
        msg = f"module '{__name__}' has no attribute '{name}'"
        raise AttributeError(msg)
    if name == "Dataset":
        from .dataset import Dataset

        return Dataset
    from .classes import dataset_class

    globals()[name] = made = dataset_class(name)
    return made


def __dir__() -> list[str]:
    """Everything there is, for tab completion."""
    from .classes import class_names

    return sorted({"Dataset", *class_names()})
