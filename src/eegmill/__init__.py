"""eegmill: from an EEG dataset ID to clean derivatives that can be proved equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import EegmillError
from .version import __version__

if TYPE_CHECKING:
    from . import benchmark, features
    from .cleaning import Cleaned, clean
    from .datasets.discovery import search

__all__ = ["Cleaned", "EegmillError", "__version__", "benchmark", "clean", "features", "search"]


def __getattr__(name: str) -> object:
    """Import numpy no sooner than it is used: the command line sets the number of threads before."""
    if name in ("Cleaned", "clean"):
        from . import cleaning

        return getattr(cleaning, name)
    if name == "search":
        from .datasets.discovery import search

        return search
    if name == "features":
        import eegmill.features as room  # "from . import" would ask this function again

        return room
    if name == "benchmark":
        import eegmill.benchmark as models

        return models
    msg = f"module 'eegmill' has no attribute '{name}'"
    raise AttributeError(msg)
