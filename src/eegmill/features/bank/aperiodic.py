"""What of the spectrum is no rhythm: the 1/f-like part under the peaks, fitted by specparam. One value a channel."""

from __future__ import annotations

import numpy as np

from ...signal.types import Floats
from .spectral import Spectrum

MIN_FREQS = 8
"""Frequencies that a spectrum must have for a fit to say anything."""


def aperiodic_fit(
    spectrum: Spectrum, *, max_n_peaks: int = 6, peak_width_hz: tuple[float, float] = (1.0, 12.0)
) -> dict[str, Floats]:
    """Exponent, offset and goodness of the aperiodic part; NaN for a flat signal and where no fit is found.

    A steeper spectrum has a larger exponent: 0 for white, 1 for pink, 2 for brown noise. The offset is that of the
    decadic logarithm of the power density (V²/Hz) at 1 Hz. Without the narrow range of rhythms that a line through the
    whole spectrum (``spectral_slope``) mixes in.

    Formula: log₁₀ P(f) = offset − exponent · log₁₀ f + Gaussian peaks, least squares; r_squared of the whole fit

    Source: Donoghue et al. 2020, Nature Neuroscience 23, 1655 (specparam)
    """
    shape = spectrum.power.shape[:-1]
    rows = spectrum.power.reshape(-1, spectrum.power.shape[-1])
    above = spectrum.freqs_hz > 0  # the logarithm of 0 Hz is none
    usable = np.isfinite(rows).all(axis=1) & (rows[:, above] > 0).all(axis=1)
    found = np.full((rows.shape[0], 3), np.nan)
    if usable.any() and above.sum() >= MIN_FREQS:
        found[usable] = _fitted(spectrum.freqs_hz[above], rows[usable][:, above], max_n_peaks, peak_width_hz)
    exponent, offset, r_squared = (found[:, part].reshape(shape) for part in range(3))
    return {"exponent": exponent, "offset": offset, "r_squared": r_squared}


def _fitted(freqs_hz: Floats, power: Floats, max_n_peaks: int, peak_width_hz: tuple[float, float]) -> Floats:
    """Exponent, offset and r² of each spectrum (n_spectra, n_freqs): (n_spectra, 3)."""
    from specparam import SpectralGroupModel

    resolution_hz = float(freqs_hz[1] - freqs_hz[0])
    widths = (max(peak_width_hz[0], 2 * resolution_hz), max(peak_width_hz[1], 4 * resolution_hz))
    model = SpectralGroupModel(peak_width_limits=widths, max_n_peaks=max_n_peaks, aperiodic_mode="fixed", verbose=False)
    # Each spectrum is brought to size 1: its fit then depends on no unit and on no other spectrum.
    scale = np.exp(-np.log(power).mean(axis=1))
    model.fit(freqs_hz, power * scale[:, None])
    offset, exponent = np.reshape(model.results.get_params("aperiodic"), (-1, 2)).T
    r_squared = np.ravel(model.results.get_metrics("gof_rsquared"))
    return np.stack([exponent, offset - np.log10(scale), r_squared], axis=1)
