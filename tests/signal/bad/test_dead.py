from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.bad.dead import moving_spans, spread, still_fraction
from signals_bads import RATE_HZ, signals

WHOLE = [(0, 4000)]


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3e-5, 1e9])
def test_a_constant_has_no_spread(level):
    assert spread([np.full(4000, level)], WHOLE) == [0.0]


def test_a_step_at_a_discontinuity_is_no_spread():
    assert spread([np.repeat([1.0, 2.0], 2000)], [(0, 2000), (2000, 4000)]) == [0.0]


def test_the_spread_is_the_standard_deviation():
    data = signals(3)
    np.testing.assert_allclose(spread(list(data), WHOLE), data.std(axis=1))


def test_a_good_channel_never_stands_still():
    assert not still_fraction(list(signals()), RATE_HZ, WHOLE).any()


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_share_of_a_dropout_is_measured(share):
    data = signals()
    data[3, : int(4000 * share)] = 2e-5
    assert still_fraction(list(data), RATE_HZ, WHOLE)[3] == pytest.approx(share, abs=0.02)


def test_a_channel_at_its_limit_stands_still():
    data = signals()
    data[3] = np.clip(data[3], -1e-5, 1e-5)
    assert list(np.flatnonzero(still_fraction(list(data), RATE_HZ, WHOLE) > 0.05)) == [3]


def test_a_pause_of_all_channels_is_held_against_none():
    data = signals()
    data[:, 1000:2000] = 0
    assert not still_fraction(list(data), RATE_HZ, WHOLE).any()


def test_a_pause_of_all_channels_is_left_out():
    data = signals()
    data[:, 1000:2000] = 0
    assert moving_spans(list(data), RATE_HZ, WHOLE) == [(0, 1000), (2000, 4000)]


def test_a_dropout_of_one_channel_is_not_left_out():
    data = signals()
    data[3, 1000:2000] = 0
    assert moving_spans(list(data), RATE_HZ, WHOLE) == WHOLE
