"""What is known of an injected fault, and what injectors share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eegmill.signal.channels import good_eeg, located

if TYPE_CHECKING:
    import mne


@dataclass(frozen=True)
class Truth:
    """Where a fault is: what a detector should say, and no more."""

    fault: str
    """The name in ``validation.faults.FAULTS``."""
    dose: float
    channels: tuple[str, ...] = ()
    """Faulty channels; none where the fault is one of the whole recording, or of its time."""
    seconds: tuple[tuple[float, float], ...] = ()
    """Start and end of each faulty stretch on the time axis of the spoiled recording; a cut starts where it ends."""


Injected = tuple["mne.io.BaseRaw", Truth]


def begin(raw: mne.io.BaseRaw, seed: int) -> tuple[mne.io.BaseRaw, list[int], np.random.Generator]:
    """A copy of the recording in memory, its good EEG channels, and a generator of its own."""
    return raw.copy().load_data(verbose="error"), good_eeg(raw), np.random.default_rng(seed)


def placed(raw: mne.io.BaseRaw, picks: list[int]) -> tuple[list[int], np.ndarray]:
    """Those of ``picks`` that have a position, and the positions in metres, shape (n_located, 3)."""
    kept = located(raw, picks)
    return kept, np.array([raw.info["chs"][pick]["loc"][:3] for pick in kept])


def names(raw: mne.io.BaseRaw, picks: list[int]) -> tuple[str, ...]:
    """Names of channels, in the recording's order."""
    return tuple(raw.ch_names[pick] for pick in sorted(picks))
