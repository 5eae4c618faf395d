"""A recording whose truth is known: the brain, its responses and every artefact apart.

    >>> from validation.cleanbench.simulate import simulate
    >>> simulated = simulate("32", seed=1)
    >>> simulated.raw.annotations.count()
    {'standard': 108, 'target': 108}

What the amplifier would have recorded is ``brain`` plus the sum of ``artefacts``, to the last bit but rounding. The same cap, seed
and length give the same samples; another seed gives another head of sources, other artefacts, other bad channels and other effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.artefacts import TRANSIENT_AND_STEADY, Artefact, Scene, bad_channels
from validation.cleanbench.brain import background, responses, stimuli
from validation.cleanbench.head import cap_info
from validation.synthetic import Samples

if TYPE_CHECKING:
    import mne

SFREQ_HZ, DURATION_S = 250.0, 300.0
CONDITIONS = ("standard", "target")
ADDED = ("noisy", "loose")
"""Bad channels that still hold the rest of the signal."""


@dataclass(frozen=True)
class Simulated:
    """A recording and its truth; signals in V against the cap's reference, shape (n_channels, n_times)."""

    cap: str
    seed: int
    info: mne.Info
    brain: Samples
    """Background and responses: the recording without artefacts."""
    erp: Samples
    """The responses alone: the recording without noise."""
    artefacts: tuple[Artefact, ...]
    bad_channels: dict[str, str]
    """Bad channels and what is wrong with them."""
    onsets: NDArray[np.int64]
    """Samples of the stimuli, shape (n_trials,)."""
    targets: NDArray[np.bool_]
    """Which of them are targets, shape (n_trials,)."""

    @property
    def raw(self) -> mne.io.BaseRaw:
        """The recording as the amplifier gives it, with the stimuli as annotations."""
        return self.as_raw(self.brain + sum(artefact.data for artefact in self.artefacts))

    def as_raw(self, data: Samples) -> mne.io.BaseRaw:
        """Signals as a recording of this cap with these stimuli."""
        import mne

        raw = mne.io.RawArray(data, self.info.copy(), verbose="error")
        names = [CONDITIONS[int(target)] for target in self.targets]
        return raw.set_annotations(mne.Annotations(self.onsets / SFREQ_HZ, 0.0, names))

    def mask(self, kind: str) -> NDArray[np.bool_]:
        """Where artefacts of a kind are, shape (n_times,)."""
        return next(artefact.mask() for artefact in self.artefacts if artefact.kind == kind)


def simulate(cap: str = "32", *, seed: int, duration_s: float = DURATION_S) -> Simulated:
    """A recording with all artefacts and its truth; ``cap`` is one of ``head.CAPS``."""
    n_times = round(duration_s * SFREQ_HZ)
    count = len(TRANSIENT_AND_STEADY) + 4
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence([seed, int(cap)]).spawn(count)]
    onsets, targets = stimuli(duration_s, SFREQ_HZ, streams[0])
    erp = responses(cap, onsets, targets, n_times=n_times, sfreq_hz=SFREQ_HZ, rng=streams[1])
    brain = erp + background(cap, n_times, SFREQ_HZ, streams[2])
    scenes = [Scene(cap, n_times, SFREQ_HZ, stream) for stream in streams[3:]]
    artefacts = [make(scene) for make, scene in zip(TRANSIENT_AND_STEADY, scenes[1:], strict=True)]
    replaced, bad = bad_channels(scenes[0])
    artefacts.append(_of_bad_channels(brain + sum(one.data for one in artefacts), replaced, bad, cap))
    info = cap_info(cap, SFREQ_HZ)
    return Simulated(cap, seed, info, brain, erp, tuple(artefacts), bad, onsets, targets)


def _of_bad_channels(rest: Samples, replaced: Samples, bad: dict[str, str], cap: str) -> Artefact:
    """What has to be added to the rest so that bad channels hold what they hold."""
    info = cap_info(cap, SFREQ_HZ)
    added = np.zeros_like(rest)
    for name, kind in bad.items():
        i = info.ch_names.index(name)
        added[i] = replaced[i] if kind in ADDED else replaced[i] - rest[i]
    return Artefact("bad channels", added)
