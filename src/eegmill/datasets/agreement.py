"""What recordings must agree in to become one array: channels, sampling rate, length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import ConfigurationError

MAX_NAMED = 5
"""Channels that a message lists."""


def agreed_channels(by_recording: Mapping[str, tuple[str, ...]], wanted: Sequence[str] | str | None) -> tuple[str, ...]:
    """The channels that all recordings give, in the order of the first or as they are named.

    Parameters
    ----------
    by_recording
        The good EEG channels of each recording.
    wanted
        Names, ``common`` for those that all have, None for the same in all.

    Raises
    ------
    ConfigurationError
        If there is none, a recording lacks one that is named, or, where none are named, recordings differ.

    Examples
    --------
    >>> agreed_channels({"a": ("Fz", "Cz", "Pz"), "b": ("Cz", "Pz", "Oz")}, "common")
    ('Cz', 'Pz')
    """
    first = next(iter(by_recording.values()))
    if wanted == "common":
        common = tuple(name for name in first if all(name in others for others in by_recording.values()))
        if not common:
            msg = "The recordings have no good EEG channel in common."
            raise ConfigurationError(msg)
        return common
    names = first if wanted is None else tuple(wanted)
    for recording, others in by_recording.items():
        _refuse_missing(recording, others, names)
        if wanted is None:
            _refuse_more(recording, others, names)
    return names


def agreed(by_recording: Mapping[str, float], what: str, unit: str) -> float:
    """The value that all recordings have.

    Raises
    ------
    ConfigurationError
        If they differ; names two that do.
    """
    (first, value), *others = by_recording.items()
    for other, another in others:
        if another != value:
            msg = (
                f"Recordings have different {what}: '{first}' {value:g} {unit}, '{other}' {another:g} {unit}. Clean "
                "them by a recipe that resamples, or choose recordings that agree by .filter(…)."
            )
            raise ConfigurationError(msg)
    return value


def _refuse_missing(recording: str, there: Sequence[str], names: Sequence[str]) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        msg = (
            f"'{recording}' has no good EEG channel {', '.join(missing[:MAX_NAMED])}; it has: {', '.join(there)}. "
            "channels='common' takes what all recordings have."
        )
        raise ConfigurationError(msg)


def _refuse_more(recording: str, there: Sequence[str], names: Sequence[str]) -> None:
    more = [name for name in there if name not in names]
    if more:
        msg = (
            f"'{recording}' has EEG channels that others have not ({', '.join(more[:MAX_NAMED])}): channels='common' "
            "takes what all have."
        )
        raise ConfigurationError(msg)
