"""EEGDash's own features, read from its wheel without the rest of the package (which needs torch)."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MODULES = ("signal", "spectral", "complexity", "dimensionality", "connectivity", "csp")


def about(n_channels: int, sfreq_hz: float) -> dict[str, Any]:
    """What EEGDash's functions ask of a recording."""
    info = {"sfreq": sfreq_hz, "ch_names": [f"C{index}" for index in range(n_channels)]}
    return {"info": info}


def missing() -> str:
    """Why the bank cannot be loaded; empty where it can."""
    folder = os.environ.get("EEGDASH_WHEEL")
    if not folder or not (Path(folder) / "eegdash" / "features" / "feature_bank").is_dir():
        return "needs the unpacked eegdash wheel: set EEGDASH_WHEEL to the folder that holds 'eegdash/'"
    return "" if importlib.util.find_spec("numba") else "needs numba, which EEGDash's features are compiled with"


@contextmanager
def eegdash_bank() -> Iterator[Any]:
    """Its modules by name, with stand-ins for the packages around them."""
    packages = ("eegdash", "eegdash.features", "eegdash.features.feature_bank")
    for name in packages:
        package = types.ModuleType(name)
        package.__path__ = [str(Path(os.environ["EEGDASH_WHEEL"], *name.split(".")))]
        sys.modules[name] = package
    try:
        yield SimpleNamespace(**{name: importlib.import_module(f"{packages[-1]}.{name}") for name in MODULES})
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "eegdash"]:
            del sys.modules[name]
