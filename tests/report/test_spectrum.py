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


def test_windows_with_missing_samples_do_not_count() -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(2, 5000))
    gap = signal.copy()
    gap[0, 4000:] = np.nan
    gap[1, 2345] = np.inf
    found = power_density(Shown.all_of(gap, 250.0))[1]
    np.testing.assert_allclose(found[0], power_density(Shown.all_of(signal[:, :4000], 250.0))[1][0])
    assert np.isfinite(found[1]).all()


@pytest.mark.parametrize("n_missing", [1, 2])
def test_a_channel_without_samples_is_not_drawn(n_missing: int) -> None:
    signal = np.random.default_rng(0).normal(scale=1e-5, size=(2, 1000))
    signal[:n_missing] = np.nan
    figure = spectrum_figure(spectra_of(None, Shown.all_of(signal, 100.0)), names=("C3", "C4"))
    assert [f"<title>{name}</title>" in figure for name in ("C3", "C4")] == [False, n_missing == 1]
    assert "nan" not in figure


def test_a_flat_signal_has_a_picture() -> None:
    flat = Shown.all_of(np.zeros((2, 1000)), 100.0)
    assert "nan" not in spectrum_figure(spectra_of(flat, flat))
