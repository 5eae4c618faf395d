from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eegmill.signal.rank import effective_rank
from signals_bads import signals


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31))
def test_the_rank_of_a_product_is_its_inner_size(n_channels, n_sources, seed):
    rng = np.random.default_rng(seed)
    mixing = np.linalg.qr(rng.standard_normal((12, 12)))[0][:n_channels, :n_sources] + np.eye(n_channels, n_sources)
    assume(np.linalg.cond(mixing) < 100)  # between full and short of rank lies a grey zone
    expected = np.linalg.matrix_rank(mixing)
    assert effective_rank(list(mixing @ rng.standard_normal((n_sources, 500)))) == expected


def test_an_average_reference_costs_one():
    data = signals()
    assert effective_rank(list(data)) == 24
    assert effective_rank(list(data - data.mean(axis=0))) == 23


def test_storing_as_float32_restores_no_rank():
    data = signals()
    assert effective_rank(list((data - data.mean(axis=0)).astype(np.float32).astype(float))) == 23


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_one_wild_channel_hides_no_other(factor):
    data = signals()
    data[0] *= factor
    assert effective_rank(list(data)) == 24


def test_an_offset_of_each_channel_is_no_signal():
    assert effective_rank(list(signals() + 0.1)) == 24


@pytest.mark.parametrize("channels", [[], [np.zeros(10)], [np.full(10, 0.1)]], ids=["none", "zero", "constant"])
def test_nothing_has_no_rank(channels):
    assert effective_rank(channels) == 0
