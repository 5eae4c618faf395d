"""How much more power one channel has than another. One value a pair of channels."""

from __future__ import annotations

import numpy as np

from ...signal.types import Floats
from .connectivity import pairs_of
from .spectral import BANDS, Bands, Spectrum, by_band


def asymmetry_bands_power(spectrum: Spectrum, *, bands: Bands = BANDS) -> dict[str, Floats]:
    """Difference of the logarithms of band power, second channel minus first; NaN where a signal is flat.

    For the pair of a left and a right channel (``F3<>F4``) and alpha, it is the frontal alpha asymmetry: above 0 where
    the right one has more alpha.

    Formula: ln Pⱼ − ln Pᵢ, with P = Σ P(f), low ≤ f < high

    Source: Allen et al. 2004, Biological Psychology 67, 183
    """
    first, second = pairs_of(spectrum.power.shape[1])
    found = {}
    for name, power in by_band(spectrum.freqs_hz, spectrum.power, spectrum.covers, bands, "sum").items():
        with np.errstate(divide="ignore"):
            logarithm = np.log(np.where(power > 0, power, np.nan))
        found[name] = logarithm[:, second] - logarithm[:, first]
    return found
