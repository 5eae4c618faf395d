"""Features of EEG: what they are (`contract`, `bank`), and how they are computed (`tree`, `extraction`)."""

from __future__ import annotations

from .bank.spatial import CommonSpatialPattern
from .contract import Feature, Preprocessor, Windows
from .tree import families, names

__all__ = ["CommonSpatialPattern", "Feature", "Preprocessor", "Windows", "families", "names"]
