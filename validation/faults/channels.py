"""Faults of single channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.faults.truth import Injected, Truth, begin, names, placed

if TYPE_CHECKING:
    import mne


def inject_polarity(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Invert a share ``dose`` of the channels, one at least."""
    raw, picks, rng = begin(raw, seed)
    chosen = _some(picks, dose, rng)
    raw._data[chosen] *= -1
    return raw, Truth("polarity", dose, names(raw, chosen))


def inject_gain(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Multiply one channel by ``dose``."""
    raw, picks, rng = begin(raw, seed)
    chosen = _some(picks, 0.0, rng)
    raw._data[chosen] *= dose
    return raw, Truth("gain", dose, names(raw, chosen))


def inject_swap(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Exchange two channels: the second is ``dose`` of the way (0: the nearest, 1: the farthest) in order of distance."""
    raw, picks, rng = begin(raw, seed)
    kept, places = placed(raw, picks)
    one = int(rng.integers(len(kept)))
    by_distance = np.argsort(np.linalg.norm(places - places[one], axis=1), kind="stable")[1:]
    other = int(by_distance[round(dose * (len(by_distance) - 1))])
    pair = [kept[one], kept[other]]
    raw._data[pair] = raw._data[pair[::-1]]
    return raw, Truth("swap", dose, names(raw, pair))


def inject_copy(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Make one channel another one times ``dose``, with an offset of 10 µV."""
    raw, picks, rng = begin(raw, seed)
    source, copy = (int(pick) for pick in rng.choice(picks, 2, replace=False))
    raw._data[copy] = dose * raw._data[source] + 1e-5
    return raw, Truth("copy", dose, names(raw, [source, copy]))


def inject_quantisation(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Round one channel to steps of ``dose`` times its median absolute change from sample to sample."""
    raw, picks, rng = begin(raw, seed)
    chosen = _some(picks, 0.0, rng)
    for pick in chosen:
        step = dose * float(np.median(np.abs(np.diff(raw._data[pick]))))
        raw._data[pick] = step * np.round(raw._data[pick] / step)
    return raw, Truth("quantisation", dose, names(raw, chosen))


def _some(picks: list[int], share: float, rng: np.random.Generator) -> list[int]:
    count = max(1, round(share * len(picks)))
    return [int(pick) for pick in rng.choice(picks, count, replace=False)]
