from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.bad.correlations import broken_fraction
from eegmill.signal.bad.uncorrelated import best_neighbours, neighbourliness, without_lines
from signals_bads import RATE_HZ, signals

WHOLE = [(0, 4000)]


def hum(frequency_hz):
    return 1e-3 * np.sin(2 * np.pi * frequency_hz * np.arange(4000) / RATE_HZ)


@pytest.mark.parametrize("frequency_hz", [50.0, 60.0])
def test_the_line_is_taken_out(frequency_hz):
    assert np.abs(without_lines(hum(frequency_hz), RATE_HZ, WHOLE)[500:-500]).max() < 1e-5


def test_at_100_hz_nothing_is_taken_out():
    channel = signals(1)[0]
    assert without_lines(channel, 100.0, WHOLE) is channel


def test_correlations_are_those_of_numpy():
    data = signals(10)
    correlation = np.abs(np.corrcoef(data))
    np.fill_diagonal(correlation, 0)
    np.testing.assert_allclose(best_neighbours(data, 0.0), correlation.max(axis=1))


def test_the_highest_correlations_may_be_left_out():
    data = signals(10)
    data[1] = data[0]
    assert best_neighbours(data, 0.0)[0] == pytest.approx(1)
    assert best_neighbours(data, 0.1)[0] < 0.99


def test_a_silent_window_says_nothing():
    assert np.isnan(best_neighbours(np.zeros((4, 10)), 0.1)).all()


def test_hum_alone_is_no_resemblance():
    data = signals()
    data[5] = np.random.default_rng(2).normal(scale=1e-5, size=4000)
    windows = neighbourliness(list(data + hum(50.0)), RATE_HZ, WHOLE, 400)
    assert list(np.flatnonzero(broken_fraction(windows, 0.45) > 0.5)) == [5]
