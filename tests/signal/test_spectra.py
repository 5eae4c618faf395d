from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from eegmill.signal import spectra as module
from eegmill.signal.spectra import mean_power, window_powers


def test_the_mean_power_is_welchs_estimate_but_for_its_scale():
    x = np.random.default_rng(0).standard_normal(5000)
    window = np.hanning(200)
    _, density = welch(x, 100.0, window, nperseg=200, noverlap=100)
    ours = mean_power(x, np.arange(0, 4801, 100), 200) / (100.0 * (window**2).sum())
    np.testing.assert_allclose(2 * ours[1:-1], density[1:-1])


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_number_of_windows_at_once_changes_no_bit(monkeypatch, batch):
    x, starts = np.random.default_rng(0).standard_normal(3000), np.arange(0, 2800, 50)
    expected = mean_power(x, starts, 200)
    monkeypatch.setattr(module, "BATCH_WINDOWS", batch)
    np.testing.assert_array_equal(mean_power(x, starts, 200), expected)


def test_the_powers_of_windows_keep_the_energy():
    windows = np.random.default_rng(0).standard_normal((5, 64))
    (power,) = window_powers(windows, 64)
    energy = (power[:, 0] + 2 * power[:, 1:-1].sum(axis=1) + power[:, -1]) / 64
    np.testing.assert_allclose(energy, (windows**2).sum(axis=1))
