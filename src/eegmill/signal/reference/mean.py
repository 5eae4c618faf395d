"""The mean of channels as a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Rejected

if TYPE_CHECKING:
    import mne

    from ..types import Floats


@dataclass(frozen=True)
class NewReference:
    """The signal to subtract from every EEG channel, what it is, and which channels make it."""

    signal: Floats
    """In volts, shape (n_times,)."""
    text: str
    channels: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    iterations: int | None = None


def average(raw: mne.io.BaseRaw, picks: list[int]) -> NewReference:
    """Mean of the picked channels.

    Raises
    ------
    Rejected
        For a single channel, which would become zero.
    """
    if len(picks) < 2:
        msg = f"An average reference needs at least 2 good EEG channels; there is {len(picks)}"
        raise Rejected(msg)
    names = tuple(raw.ch_names[pick] for pick in picks)
    return NewReference(mean_signal(raw, picks), f"average of {len(picks)} good EEG channels", names)


def mean_signal(raw: mne.io.BaseRaw, picks: list[int]) -> Floats:
    """Mean over channels in volts, shape (n_times,), without copying them."""
    total = np.zeros(raw.n_times)
    for pick in picks:
        total += raw._data[pick]
    return total / len(picks)
