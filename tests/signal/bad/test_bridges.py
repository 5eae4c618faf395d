from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.bad.bridges import electrical_distances, find_bridges, groups, to_drop
from signals_bads import RATE_HZ, signals

WHOLE = [(0, 4000)]


def bridged(*pairs, noise_v=1e-7):
    data = signals()
    rng = np.random.default_rng(4)
    for one, other in pairs:
        data[other] = data[one] + noise_v * rng.standard_normal(data.shape[1])
    return list(data)


@pytest.mark.parametrize("noise_v", [0.0, 1e-8, 1e-7, 5e-7])
@pytest.mark.parametrize("pairs", [[(5, 6)], [(5, 6), (10, 20)]], ids=["one", "two"])
def test_bridged_electrodes_are_found(pairs, noise_v):
    assert list(find_bridges(bridged(*pairs, noise_v=noise_v), RATE_HZ, WHOLE).pairs) == pairs


def test_separate_electrodes_are_not_joined():
    assert find_bridges(bridged(), RATE_HZ, WHOLE).pairs == ()


def test_a_bridge_in_a_quarter_of_the_time_is_none():
    data = np.array(bridged())
    data[6, :1000] = data[5, :1000]
    assert find_bridges(list(data), RATE_HZ, WHOLE).pairs == ()


def test_the_distance_is_the_variance_of_the_difference_over_that_of_the_median_pair():
    data = signals(5)
    distances = electrical_distances(list(data), [(0, 400)])[0]
    expected = [np.var(data[a, :400] - data[b, :400]) for a, b in zip(*np.triu_indices(5, 1), strict=True)]
    np.testing.assert_allclose(distances, 100 * np.array(expected) / np.median(expected))


def test_copies_are_joined_even_if_all_channels_are_copies():
    assert len(find_bridges([signals(1)[0]] * 6, RATE_HZ, WHOLE).pairs) == 15


def test_too_little_data_is_told():
    assert "not tested" in find_bridges(list(signals(duration_s=4)), RATE_HZ, [(0, 800)]).note


def test_chains_of_bridges_make_one_group():
    assert groups([(1, 2), (5, 6), (2, 3)]) == [[1, 2, 3], [5, 6]]


def test_the_middle_of_a_bridged_patch_is_kept():
    assert to_drop([(1, 2), (2, 3), (5, 6)]) == {1: 2, 3: 2, 6: 5}
