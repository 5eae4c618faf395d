"""eegmill: from an EEG dataset ID to clean derivatives that can be proved equal."""

from __future__ import annotations

from .cleaning import Cleaned, clean
from .errors import EegmillError
from .version import __version__

__all__ = ["Cleaned", "EegmillError", "__version__", "clean"]
