"""Electrodes joined by gel: pairs of channels that record almost the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..windows import window_edges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Floats


EPOCH_S = 2.0
MIN_EPOCHS = 5
MIN_CHANNELS = 4
HIGHEST_PEAK = 3.0
HIGHEST_CUTOFF = 5.0
BIN = 0.25
MAX_BRIDGED_FRACTION = 0.5
COPY = 1e-12
"""Channels that differ by less than this share of their power are copies, up to rounding."""


@dataclass(frozen=True)
class Bridges:
    """Joined pairs, the distance that separates them from the rest, and each pair's typical distance."""

    pairs: tuple[tuple[int, int], ...]
    distances: tuple[float, ...]
    cutoff: float | None
    note: str = ""
    near: tuple[tuple[int, int], ...] = ()
    """Pairs that are not joined, and closer than `HIGHEST_CUTOFF`."""
    near_distances: tuple[float, ...] = ()


def electrical_distances(channels: Sequence[Floats], edges: Sequence[tuple[int, int]]) -> Floats:
    """Variance over time of the difference of each pair of channels in each epoch.

    Scaled so that the median over the pairs that are not copies of each other is 100, and 0 for copies.

    The electrical distance of Tenke & Kayser 2001 (doi 10.1016/S1388-2457(00)00553-8).

    Returns
    -------
    array, shape (n_epochs, n_pairs)
        Pairs in the order of ``numpy.triu_indices(n_channels, 1)``; epochs in which nothing moves are left out.
    """
    first, second = np.triu_indices(len(channels), 1)
    rows = []
    for start, stop in edges:
        covariance = np.cov(np.stack([channel[start:stop] for channel in channels]), bias=True)
        variance = np.diag(covariance)
        distance = variance[first] + variance[second] - 2 * covariance[first, second]
        distance[distance <= COPY * (variance[first] + variance[second])] = 0.0
        if variance.any():
            usual = np.median(distance[distance > 0]) if distance.any() else 1.0
            rows.append(100 * distance / usual)
    return np.array(rows).reshape(len(rows), len(first))


def gap(distances: Floats) -> float | None:
    """Where the bridged pairs' distances end: the first minimum behind a peak near zero; None without such a peak.

    Alschuler et al. 2014 (doi 10.1016/j.clinph.2013.08.024): the histogram of all distances has a peak below 3 and a
    local minimum not above 5 if, and only if, electrodes are bridged. Bins are 0.25 wide, smoothed over one bin.

    ``distances`` (n_epochs, n_pairs), relative: the median pair has 100.
    """
    from scipy.ndimage import gaussian_filter1d

    edges = np.arange(0, 2 * HIGHEST_CUTOFF + BIN, BIN)
    counts = np.histogram(distances, edges)[0].astype(float)
    smooth = gaussian_filter1d(counts, 1.0, mode="nearest")
    low = smooth[: int(HIGHEST_CUTOFF / BIN) + 1]
    peak = int(np.argmax(smooth[: int(HIGHEST_PEAK / BIN)]))
    rising = np.flatnonzero(np.diff(low[peak:]) > 0)
    # Nothing above the peak at all: the distances jump from bridged to ordinary.
    empty = np.flatnonzero(low[peak:] < 1e-3 * max(smooth[peak], 1.0))
    ends = [int(found[0]) for found in (rising, empty) if len(found)]
    if counts[: int(HIGHEST_PEAK / BIN)].sum() == 0 or not ends:
        return None
    cutoff = float(edges[peak + min(ends)] + BIN / 2)
    return cutoff if smooth[peak] > 2 * smooth[peak + min(ends)] else None


def find_bridges(
    channels: Sequence[Floats],
    rate_hz: float,
    spans: Sequence[tuple[int, int]],
    *,
    share: float = 0.5,
    max_distance: float | None = None,
) -> Bridges:
    """Pairs of channels that are electrically joined.

    A pair is bridged if its distance is below the gap of the histogram in more than ``share`` of the 2 s epochs. If
    that would join more than half of the channels, the distances do not separate, and no pair is reported.

    The histogram sees few pairs among many, or little time, badly: with ``max_distance`` a pair is bridged if its
    distance is below that instead. Pairs bridged in real recordings had medians of 0.6 to 1.3, no other pair one
    below 7.5, and the medians hardly change where the gap comes and goes.

    Parameters
    ----------
    channels : sequence of arrays, each of shape (n_times,)
        High-passed or not: the mean of each epoch plays no part.
    """
    length = round(EPOCH_S * rate_hz)
    edges = [edge for edge in window_edges(spans, length) if edge[1] - edge[0] == length]
    if len(channels) < MIN_CHANNELS or len(edges) < MIN_EPOCHS:
        return Bridges(
            (), (), None, f"bridges not tested: needs {MIN_CHANNELS} channels and {MIN_EPOCHS} epochs of 2 s"
        )
    distances = electrical_distances(channels, edges)
    if not len(distances):
        return Bridges((), (), None)
    cutoff = gap(distances) if max_distance is None else max_distance
    note = ""
    joined = joined_pairs(distances, cutoff or 0.0, share)
    if len({c for p in joined for c in pair_of(p, len(channels))}) > MAX_BRIDGED_FRACTION * len(channels):
        note = "bridges not told apart: more than half of the channels are electrically close"
        joined = joined_pairs(distances, 0.0, share)
    typical = np.median(distances, axis=0)
    near = [int(p) for p in np.flatnonzero(typical < HIGHEST_CUTOFF) if p not in joined]
    pairs, near_pairs = (tuple(pair_of(p, len(channels)) for p in which) for which in (joined, near))
    return Bridges(
        pairs, tuple(map(float, typical[joined])), cutoff, note, near_pairs, tuple(map(float, typical[near]))
    )


def joined_pairs(distances: Floats, cutoff: float, share: float) -> list[int]:
    """Pairs that are copies, or closer than the cutoff, in more than ``share`` of the epochs.

    ``distances`` (n_epochs, n_pairs), relative: the median pair has 100.
    """
    close = (distances < cutoff) | (distances == 0)
    return [int(p) for p in np.flatnonzero(close.mean(axis=0) > share)]


def pair_of(index: int, n_channels: int) -> tuple[int, int]:
    """The two channels of a pair."""
    first, second = np.triu_indices(n_channels, 1)
    return int(first[index]), int(second[index])


def groups(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Channels joined directly or through others, each group sorted."""
    found: list[set[int]] = []
    for pair in pairs:
        touching = [group for group in found if group & set(pair)]
        found = [group for group in found if group not in touching]
        found.append(set(pair).union(*touching))
    return sorted(sorted(group) for group in found)


def to_drop(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """All but one channel of each group, each with the one that is kept.

    The joined electrodes measure one potential, that of the patch of gel between them. Keeping one keeps that signal;
    keeping more would count it repeatedly in averages and leave the data short of rank. The one with most direct
    bridges is kept (the middle of the patch), the first of those in channel order.
    """
    dropped: dict[int, int] = {}
    for group in groups(pairs):
        degree = {c: sum(c in pair for pair in pairs) for c in group}
        kept = max(group, key=lambda c: (degree[c], -c))
        dropped |= {c: kept for c in group if c != kept}
    return dropped
