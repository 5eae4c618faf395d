"""Every error that eegmill raises on purpose.

EegmillError
├── ConfigurationError      a key, a type, a range, a recipe, an override
│   └── LeakingSplit        parts of a dataset that share what they must not
├── CatalogError            the metadata API or its store
│   ├── FilterError         a filter outside the filter language
│   ├── UnknownDataset      a dataset ID that no catalogue knows
│   └── Unreachable         the metadata API does not answer
├── SourceError             raw files: listing, downloading, pinning
│   ├── ChangedSource       the source is not what the lock pinned
│   └── Unavailable         the source did not answer, again and again
├── RecordingError          a raw recording that cannot be read
├── DerivativeError         a derivative folder that is not what it should be
└── Rejected                not a fault: the recording is scientifically unusable

Each message names the thing, the value and the way out, in one or two sentences.
"""

from __future__ import annotations

from typing import ClassVar


class EegmillError(Exception):
    """Base of all errors whose message is meant for the user."""

    may_pass: ClassVar[bool] = False
    """Whether the same may go well another time, with nothing changed."""
    exit_code: ClassVar[int] = 1
    """Of a command that it ends: 1 failed, 2 wrong use."""


class ConfigurationError(EegmillError):
    """The configuration, a recipe or an override is wrong."""

    exit_code = 2


class LeakingSplit(ConfigurationError):
    """Parts of a dataset share subjects, or whatever else a model must not have seen before."""


class CatalogError(EegmillError):
    """The metadata API or its store did not do what was asked."""


class FilterError(CatalogError):
    """A filter uses something outside the filter language."""


class UnknownDataset(CatalogError):
    """No catalogue knows this dataset ID."""

    exit_code = 2


class Unreachable(CatalogError):
    """The metadata API does not answer: later it may."""

    may_pass = True


class SourceError(EegmillError):
    """A raw file could not be listed, fetched or verified."""


class ChangedSource(SourceError):
    """The source no longer is what the lock pinned."""


class Unavailable(SourceError):
    """A source did not answer, again and again: later it may."""

    may_pass = True


class RecordingError(EegmillError):
    """A raw recording cannot be read as EEG."""


class DerivativeError(EegmillError):
    """A derivative folder is foreign, incomplete or altered."""


class Rejected(EegmillError):
    """The recording was read, and cannot give usable data: the reason says why."""
