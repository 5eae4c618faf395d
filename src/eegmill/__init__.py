"""eegmill: from an EEG dataset ID to clean derivatives that can be proved equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import EegmillError
from .version import __version__

if TYPE_CHECKING:
    from . import benchmark, datasets, features, multiverse, stream
    from .catalog.discovery import search, show
    from .cleaning import Cleaned, clean
    from .datasets.dataset import Dataset
    from .datasets.eegdash import EEGDash
    from .perturbation.result import Stability
    from .perturbation.stability import stability
    from .records import Override

__all__ = [
    "Cleaned",
    "Dataset",
    "EEGDash",
    "EegmillError",
    "Override",
    "Stability",
    "__version__",
    "benchmark",
    "clean",
    "datasets",
    "features",
    "multiverse",
    "search",
    "show",
    "stability",
    "stream",
]


def __dir__() -> list[str]:
    """What there is, for tab completion."""
    return sorted(__all__)


def __getattr__(name: str) -> object:
    """Import numpy no sooner than it is used: the command line sets the number of threads before."""
    if name in ("Cleaned", "clean"):
        from . import cleaning

        return getattr(cleaning, name)
    if name == "stability":
        from .perturbation.stability import stability

        return stability
    if name == "Stability":
        from .perturbation.result import Stability

        return Stability
    if name == "Override":
        from .records import Override

        return Override
    if name in ("search", "show"):
        from .catalog import discovery

        return getattr(discovery, name)
    if name == "Dataset":
        from .datasets.dataset import Dataset

        return Dataset
    if name == "EEGDash":
        from .datasets.eegdash import EEGDash

        return EEGDash
    # "from . import" would ask this function again.
    if name == "datasets":
        import eegmill.datasets as datasets_room

        return datasets_room
    if name == "features":
        import eegmill.features as features_room

        return features_room
    if name == "benchmark":
        import eegmill.benchmark as benchmark_room

        return benchmark_room
    if name == "multiverse":
        import eegmill.multiverse as multiverse_room

        return multiverse_room
    if name == "stream":
        import eegmill.stream as stream_room

        return stream_room
    msg = f"module 'eegmill' has no attribute '{name}'"
    raise AttributeError(msg)
