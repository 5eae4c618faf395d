"""Recursive filters with a prescribed magnitude response, by the modified Yule–Walker method."""

from __future__ import annotations

import numpy as np

from ...models import Frozen
from ..types import Floats

GRID = 512
"""Intervals of the frequency grid from 0 to half the sampling rate."""


class RecursiveFilter(Frozen):
    """A rational transfer function: numerator ``b`` over denominator ``a``, both in powers of 1/z."""

    b: tuple[float, ...]
    a: tuple[float, ...]

    def sections(self) -> Floats:
        """Return the same filter as second-order sections, shape (n_sections, 6)."""
        from scipy.signal import tf2sos

        return np.asarray(tf2sos(self.b, self.a), dtype=np.float64)


def yule_walker(order: int, frequencies: Floats, gains: Floats) -> RecursiveFilter:
    """Fit a stable recursive filter to a magnitude response.

    The denominator solves the modified Yule–Walker equations on the autocorrelation of the wanted power spectrum; the
    numerator is the least-squares fit to the minimum-phase impulse response that the cepstrum of the fitted spectrum
    gives.

    Parameters
    ----------
    order : int
        Degree of numerator and denominator.
    frequencies, gains : array, shape (n_points,)
        The response as points joined by straight lines; frequencies rise from 0 to 1, where 1 is half the sampling
        rate.

    References
    ----------
    Friedlander B, Porat B (1984). The modified Yule-Walker method of ARMA spectral estimation. IEEE Transactions on
    Aerospace and Electronic Systems 20(2), 158-173.
    """
    response = sampled_response(frequencies, gains)
    circle = np.concatenate([response, response[-2:0:-1]])
    lags = 4 * order
    taper = 0.54 + 0.46 * np.cos(np.pi * np.arange(lags) / (lags - 1))
    autocorrelation = np.fft.ifft(circle**2).real[:lags] * taper
    a = _inside_unit_circle(_denominator(autocorrelation, order))
    causal = np.concatenate([autocorrelation[:1] / 2, autocorrelation[1:]])
    b = _numerator(_minimum_phase(_numerator(causal, a, order), a, circle.size)[:lags], a, order)
    return RecursiveFilter(b=tuple(map(float, b)), a=tuple(map(float, a)))


def sampled_response(frequencies: Floats, gains: Floats) -> Floats:
    """Sample straight lines between the points on ``GRID + 1`` frequencies; each line ends on the grid's floor.

    ``frequencies`` (0 to 1, the Nyquist frequency) and ``gains`` (n_points,); the result (GRID + 1,).
    """
    response = np.empty(GRID + 1)
    response[0] = gains[0]
    first = 0
    for k in range(len(frequencies) - 1):
        last = int(np.floor(frequencies[k + 1] * (GRID + 1))) - 1
        if last < first:  # at high sampling rates several points fall between two frequencies of the grid
            continue
        share = np.arange(last - first + 1) / max(last - first, 1)
        response[first : last + 1] = share * gains[k + 1] + (1 - share) * gains[k]
        first = last + 1
    return response


def _denominator(autocorrelation: Floats, order: int) -> Floats:
    from scipy.linalg import toeplitz

    equations = toeplitz(autocorrelation[order:-1], autocorrelation[order:0:-1])
    solution = np.linalg.lstsq(equations, -autocorrelation[order + 1 :], rcond=None)[0]
    return np.concatenate([[1.0], solution])


def _numerator(impulse_response: Floats, a: Floats, order: int) -> Floats:
    from scipy.linalg import toeplitz
    from scipy.signal import lfilter

    unit = np.zeros(impulse_response.size)
    unit[0] = 1
    columns = toeplitz(lfilter([1.0], a, unit), np.concatenate([[1.0], np.zeros(order)]))
    return np.asarray(np.linalg.lstsq(columns, impulse_response, rcond=None)[0])


def _inside_unit_circle(a: Floats) -> Floats:
    roots = np.roots(a)
    outside = np.abs(roots) > 1
    roots[outside] = 1 / np.conj(roots[outside])
    return np.asarray(a[0] * np.poly(roots).real)


def _minimum_phase(half_spectrum_b: Floats, a: Floats, n: int) -> Floats:
    """Impulse response of the minimum-phase factor of the spectrum 2·Re(b/a), by its folded cepstrum.

    ``b`` and ``a`` are coefficients; the result (n,).
    """
    spectrum = 2 * (np.fft.fft(half_spectrum_b, n) / np.fft.fft(a, n)).real
    cepstrum = np.fft.ifft(np.log(spectrum.astype(complex)))
    fold = np.zeros(n)
    fold[0] = 0.5
    fold[1 : (n + 1) // 2] = 1
    return np.asarray(np.fft.ifft(np.exp(np.fft.fft(fold * cepstrum))).real)
