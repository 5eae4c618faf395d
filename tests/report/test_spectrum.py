"""The spectrum of the pages."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from eegmill.report.signals import Shown
from eegmill.report.spectrum import power_density, spectra_of, spectrum_figure


def test_the_density_is_that_of_scipy() -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(3, 5000))
    frequencies, density = power_density(Shown.all_of(signal, 250.0))
    expected_hz, expected = welch(signal * 1e6, 250.0, window=np.hanning(500), noverlap=250, detrend="constant")
    keep = (expected_hz > 0) & (expected_hz <= 100)
    np.testing.assert_allclose(frequencies, expected_hz[keep])
    np.testing.assert_allclose(density, 10 * np.log10(expected[:, keep]), atol=1e-9)


@pytest.mark.parametrize("n_samples", [9, 100, 1000])
def test_short_signals_have_a_picture(n_samples: int) -> None:
    signal = Shown.all_of(np.random.default_rng(0).normal(scale=1e-5, size=(2, n_samples)), 100.0)
    assert spectrum_figure(spectra_of(signal, signal)).startswith("<svg")


def test_a_flat_signal_has_a_picture() -> None:
    flat = Shown.all_of(np.zeros((2, 1000)), 100.0)
    assert "nan" not in spectrum_figure(spectra_of(flat, flat))
