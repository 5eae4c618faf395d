"""eegmill: from an EEG dataset ID to clean derivatives that can be proved equal."""

from .version import __version__

__all__ = ["__version__"]
