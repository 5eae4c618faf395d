"""Stretches of a recording that are equal to an earlier one, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import continuous_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne
    from numpy.typing import NDArray

MAX_CHANNELS = 16
"""So many channels tell whether two moments are the same."""
FINE = 0.73e-3
"""Changes are rounded to this share of the usual one: an offset that was added costs the last bits, and no more."""
MIN_S = 0.25
MIN_SAMPLES = 25
MAX_USUAL = 2_000


@dataclass(frozen=True)
class Repeat:
    """Samples from ``start`` up to ``stop`` are those from ``source`` on."""

    source: int
    start: int
    stop: int


def repeats(raw: mne.io.BaseRaw, picks: Sequence[int]) -> tuple[Repeat, ...]:
    """Stretches of a quarter of a second and more that repeat an earlier one in all channels, but for offsets.

    Each change from sample to sample of up to 16 channels becomes one number of 64 bits; equal numbers are equal
    moments, and equal moments in a row at one distance are a repeat.
    """
    fingerprints, moving = _fingerprints(raw, picks)
    at = np.flatnonzero(moving)
    order = at[np.argsort(fingerprints[at], kind="stable")]
    same = fingerprints[order[1:]] == fingerprints[order[:-1]]
    distance = np.zeros(len(fingerprints), dtype=np.int64)
    distance[order[1:][same]] = (order[1:] - order[:-1])[same]
    shortest = max(MIN_S * float(raw.info["sfreq"]), MIN_SAMPLES)
    ends = np.flatnonzero(np.diff(distance)) + 1
    edges = np.concatenate([[0], ends, [len(distance)]])
    return tuple(
        Repeat(int(start - distance[start]), int(start), int(stop) + 1)
        for start, stop in pairwise(edges)
        if distance[start] and stop - start >= shortest
    )


def _fingerprints(raw: mne.io.BaseRaw, picks: Sequence[int]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """A number for each change from sample to sample, and where any channel moves: shape (n_times - 1,)."""
    chosen = list(picks)[:: -(-len(picks) // MAX_CHANNELS)]
    factors = np.random.default_rng(0).integers(1, 2**63, len(chosen), dtype=np.uint64) | np.uint64(1)
    total = np.zeros(raw.n_times - 1, dtype=np.uint64)
    moving = np.zeros(raw.n_times - 1, dtype=bool)
    for pick, factor in zip(chosen, factors, strict=True):
        change = np.diff(raw._data[pick])
        moves = change != 0
        usual = float(np.median(np.abs(change[moves][:: max(change.size // MAX_USUAL, 1)]))) if moves.any() else 0.0
        if usual:
            total += np.rint(change / (FINE * usual)).astype(np.int64).view(np.uint64) * factor
            moving |= moves
    for _, stop in continuous_spans(raw)[:-1]:
        moving[stop - 1] = False
    return total, moving


def covered_by(found: Sequence[Repeat], n_times: int) -> int:
    """How many samples repeat others."""
    mask = np.zeros(n_times, dtype=bool)
    for repeat in found:
        mask[repeat.start : repeat.stop] = True
    return int(mask.sum())
