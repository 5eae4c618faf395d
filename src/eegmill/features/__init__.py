"""Features of EEG: what they are (`contract`, `bank`), and how they are computed (`tree`, `extraction`)."""

from __future__ import annotations

from .bank.spatial import CommonSpatialPattern
from .contract import Feature, Preprocessor, Windows
from .extraction import Column, DatasetFeatures, FeatureTable, extract, transformer
from .tree import families, names, to_values

__all__ = [
    "Column",
    "CommonSpatialPattern",
    "DatasetFeatures",
    "Feature",
    "FeatureTable",
    "Preprocessor",
    "Windows",
    "extract",
    "families",
    "names",
    "to_values",
    "transformer",
]
