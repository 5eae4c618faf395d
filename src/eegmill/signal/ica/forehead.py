"""How much of a component lies at the electrodes around the eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..sphere import directions

if TYPE_CHECKING:
    from ..types import Floats

MIN_FORWARD = 0.5
"""Part of an electrode's direction that points straight ahead: of F7 and F8 0.61, of FT7 0.31."""
MAX_UP = 0.1
"""Part that points up, from the centre of the sphere: of Fp1 and F7 -0.2 to -0.1, of AF3 0.17, of F3 0.36."""


def forehead_power(mixing: Floats, positions_m: Floats) -> Floats:
    """Mean power of a topography, in average reference, around the eyes, over that and the mean power elsewhere.

    Eyes are dipoles in front of the head: blinks and saccades fall off steeply behind Fp1, Fp2, F7 and F8. Means, since
    a sum falls with every electrode of the forehead that is bad: that of a simulated blink from 0.53 to 0.44 of all
    power without Fp1, while this goes from 0.88 to 0.87.

    Parameters
    ----------
    mixing : array, shape (n_channels, n_components)
        Of any scale and reference.
    positions_m : array, shape (n_channels, 3)
        Electrodes in metres: x right, y front, z up. NaN where unknown: they count as elsewhere.

    Returns
    -------
    array, shape (n_components,)
        0 to 1, 0.5 where both are alike; 0 where no electrode lies there.
    """
    known = np.isfinite(positions_m).all(axis=1)
    there = np.zeros(len(positions_m), dtype=bool)
    if known.any():
        _, forward, up = directions(positions_m[known]).T
        there[known] = (forward > MIN_FORWARD) & (up < MAX_UP)
    powers = (mixing - mixing.mean(axis=0)) ** 2
    around, elsewhere = (powers[of].sum(axis=0) / max(of.sum(), 1) for of in (there, ~there))
    total = around + elsewhere
    return np.asarray(np.divide(around, total, out=np.zeros_like(total), where=total > 0))
