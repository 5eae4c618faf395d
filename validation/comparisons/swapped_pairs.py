"""Can a swapped pair be told by spherical splines? Prints the measured attempt as Markdown.

Each pair of channels is predicted from all others, at its own two positions and at the exchanged ones; the gain is by how much the
correlation of both channels rises at least.

    python -m validation.comparisons.swapped_pairs
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from eegmill.signal.sphere import directions, interpolation_matrix
from validation.comparisons.bad_channel_methods import without_drifts
from validation.comparisons.faults import FAULTS, clean_recordings, pairs
from validation.markdown import print_table

if TYPE_CHECKING:
    import mne

N_PAIRS = 4
LIMIT = 0.1


def gains(raw: mne.io.BaseRaw) -> dict[tuple[int, int], float]:
    """The gain of each pair, by their covariance alone."""
    positions = directions(np.array([channel["loc"][:3] for channel in raw.info["chs"]]))
    covariance = np.cov(raw.get_data())
    found = {}
    for pair in combinations(range(len(positions)), 2):
        others = [i for i in range(len(positions)) if i not in pair]
        weights = interpolation_matrix(positions[others], positions[list(pair)], regularization=1e-3)
        shared = weights @ covariance[np.ix_(others, pair)]
        predicted = np.sqrt(np.diag(weights @ covariance[np.ix_(others, others)] @ weights.T))
        r = shared / predicted[:, None] / np.sqrt(np.diag(covariance))[list(pair)]
        found[pair] = float(min(r[1, 0] - r[0, 0], r[0, 1] - r[1, 1]))
    return found


def row(name: str, raw: mne.io.BaseRaw) -> tuple[str, ...]:
    """The largest gain without a swap, then the smallest of a swapped pair by distance and how many are above the limit."""
    cells = [f"{max(gains(raw).values()):.3f}"]
    for dose in FAULTS["swapped pair"][1].values():
        true = []
        for seed in range(N_PAIRS):
            pair = pairs(raw, "swapped pair", dose, np.random.default_rng(seed))
            swapped = raw.copy()
            swapped._data[pair] = swapped._data[pair[::-1]]
            true.append(gains(swapped)[min(pair), max(pair)])
        cells.append(f"{min(true):.3f}, {sum(gain > LIMIT for gain in true)} of {N_PAIRS}")
    return name, *cells


def main() -> None:
    """Print the table."""
    head = f"gain | any pair, none swapped: most | nearest third: least, above {LIMIT:g} | middle | farthest"
    print_table(head, [row(name, without_drifts(raw)) for name, raw in clean_recordings().items()])


if __name__ == "__main__":
    main()
