"""The electrode that a recording was made against, where its channel was stored: as zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..bad.gain import covariance
from ..channels import located, positions_m
from ..sphere import directions, interpolation_matrix

if TYPE_CHECKING:
    import mne

MAX_ZERO_V = 1e-7
"""Formats of whole numbers store a zero as up to half a step."""
MIN_NEIGHBOURS = 8
MAX_SHARE = 0.5
"""Standard deviation that the others predict at the electrode, against that of the median channel.

Potentials vary little over a few centimetres: beside the reference all are small. Beside a dead electrode they are not.
"""


def zero_channels(raw: mne.io.BaseRaw, names: Sequence[str]) -> tuple[str, ...]:
    """Channels that are 0 throughout."""
    rows = {name: raw._data[raw.ch_names.index(name)] for name in names}
    return tuple(name for name, row in rows.items() if np.ptp(row) == 0 and abs(row[0]) <= MAX_ZERO_V)


def is_reference(raw: mne.io.BaseRaw, name: str, others: Sequence[str]) -> bool:
    """Whether the other channels are small around a channel of zeros, as they are around the reference.

    False where positions do not allow to say so: a dead channel may hold zeros as well.
    """
    pick = raw.ch_names.index(name)
    sources = located(raw, [raw.ch_names.index(other) for other in others])
    if len(sources) < MIN_NEIGHBOURS or not located(raw, [pick]):
        return False
    places = directions(np.array(positions_m(raw, [*sources, pick])))
    weights = interpolation_matrix(places[:-1], places[-1:], regularization=1e-3, stiffness=2)[0]
    matrix = covariance(raw, sources)
    expected = float(weights @ matrix @ weights)
    return expected < MAX_SHARE**2 * float(np.median(np.diag(matrix)))
