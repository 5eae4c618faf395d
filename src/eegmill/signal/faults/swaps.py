"""Channels that carry each other's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..left_out import left_out, pairs_left_out, spline_inverse
from .scale import MIN_CHANNELS, MIN_TYPICAL_CORRELATION

if TYPE_CHECKING:
    from ..types import Floats
    from .changes import Changes

MIN_GAIN = 0.3
"""Fisher's z. Sound pairs of eight recordings: below 0, and 0.21 for neighbours in a cap of 128."""
MIN_CORRELATION = 0.5
MIN_AGREEMENT = 0.75
"""Share of the stretches of time that must say so."""
CEILING = 0.999


@dataclass(frozen=True)
class Swap:
    """Two channels, and by how much each fits better at the other's electrode (the smaller of both)."""

    channels: tuple[int, int]
    gain: float
    """Of the correlation with the prediction, in Fisher's z; the median over stretches of time."""
    correlations: tuple[float, float]
    """With the predictions at the exchanged electrodes."""
    blocks_agreeing: float


def gains(changes: Changes, places: Floats) -> tuple[Floats, Floats, Floats]:
    """By how much each pair fits better exchanged, both correlations then, and both as they are.

    Shapes (n_blocks, n_pairs), and twice (n_blocks, n_pairs, 2).
    """
    inverse = spline_inverse(places)
    fits = np.array([pairs_left_out(c, inverse) for c in changes.covariances])
    z = np.arctanh(np.clip(fits, -CEILING, CEILING))
    gain = np.minimum(z[..., 1, 0] - z[..., 0, 0], z[..., 0, 1] - z[..., 1, 1])
    exchanged = np.stack([fits[..., 1, 0], fits[..., 0, 1]], axis=-1)
    return gain, exchanged, np.einsum("...ii->...i", fits)


def swaps(changes: Changes, places: Floats) -> tuple[Swap, ...]:
    """Pairs that fit better exchanged, the clearest first; a channel is in one pair at the most."""
    if len(places) < MIN_CHANNELS + 2:
        return ()
    inverse = spline_inverse(places)
    typical = np.median([left_out(c, inverse)[1] for c in changes.covariances], axis=0)
    if np.median(typical) < MIN_TYPICAL_CORRELATION:
        return ()
    gain, fits, owns = gains(changes, places)
    median, fit, own = np.median(gain, axis=0), np.median(fits, axis=0), np.median(owns, axis=0)
    first, second = np.triu_indices(len(places), 1)
    found: list[Swap] = []
    taken: set[int] = set()
    for pair in np.argsort(-median, kind="stable"):
        if median[pair] <= MIN_GAIN:
            break
        both = int(first[pair]), int(second[pair])
        agreeing = float(np.mean(gain[:, pair] > MIN_GAIN))
        if fit[pair].min() < MIN_CORRELATION or agreeing < MIN_AGREEMENT or taken & set(both):
            continue
        if np.sum(-own[pair]) > np.sum(fit[pair]):
            continue  # both fit better inverted where they are
        taken |= set(both)
        found.append(Swap(both, float(median[pair]), (float(fit[pair, 0]), float(fit[pair, 1])), agreeing))
    return tuple(found)
