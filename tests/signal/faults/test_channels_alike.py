from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.faults.average import MAX_MEAN, mean_left, members
from eegmill.signal.faults.copies import copies
from eegmill.signal.faults.quantisation import coarse_steps, step_of

CHANGES = np.random.default_rng(0).standard_normal((6, 2000))


@given(st.floats(0.1, 10) | st.floats(-10, -0.1))
def test_a_copy_is_told_with_its_factor(factor):
    changes = CHANGES.copy()
    changes[4] = factor * changes[1]
    (copy,) = copies(changes)
    assert copy.channels == (1, 4)
    assert copy.factor == pytest.approx(factor)


@pytest.mark.parametrize(("noise", "found"), [(1e-4, 1), (1e-2, 0)])
def test_electrodes_that_share_nearly_everything_are_no_copies(noise, found):
    changes = CHANGES.copy()
    changes[4] = changes[1] + noise * changes[2]
    assert len(copies(changes)) == found


def test_two_channels_against_their_mean_are_no_copies():
    assert copies(CHANGES[:2] - CHANGES[:2].mean(axis=0)) == ()


def test_the_mean_of_an_average_reference_is_nothing():
    assert mean_left(CHANGES - CHANGES.mean(axis=0)) < 1e-12
    assert mean_left(CHANGES) == pytest.approx(1 / np.sqrt(6), rel=0.1)


def averaged(outside=(), *, n_channels=24, quantum=0.0):
    """Against the average of the channels but for some, with one in it that is far too large."""
    data = np.random.default_rng(4).standard_normal((n_channels, 5)) @ np.random.default_rng(5).standard_normal(
        (5, 3000)
    )
    data += 0.3 * np.random.default_rng(6).standard_normal(data.shape)
    data[7] *= 20
    inside = ~np.isin(np.arange(n_channels), outside)
    data -= data[inside].mean(axis=0)
    return quantum * np.round(data / quantum) if quantum else data, inside


@pytest.mark.parametrize("outside", [(), (3,), (0, 9, 11, 17)])
@pytest.mark.parametrize("quantum", [0.0, 0.02])
def test_the_channels_of_an_average_are_found_with_bad_ones_in_it_and_others_outside(outside, quantum):
    values, inside = averaged(outside, quantum=quantum)
    assert members(values).tolist() == inside.tolist()
    assert mean_left(values[inside]) < MAX_MEAN


def test_the_channels_of_an_average_are_found_beside_copies():
    values, inside = averaged((2,))
    values = np.vstack([values, values[:3]])
    assert members(values).tolist() == [*inside, False, False, False]


def test_an_average_of_channels_that_are_not_all_there_is_none():
    values, _ = averaged()
    rest = np.delete(values, 12, axis=0)
    assert mean_left(rest[members(rest)]) > MAX_MEAN


@given(st.floats(1e-9, 1e9))
def test_the_step_of_rounded_values_is_found_in_any_unit(step):
    rounded = step * np.round(5 * CHANGES[0])
    assert step_of(rounded) == pytest.approx(step, rel=1e-6)


def test_values_on_no_lattice_are_not_coarse():
    coarseness, coarse = coarse_steps(CHANGES)
    np.testing.assert_array_equal(coarseness, 0.0)
    assert not coarse.any()


def rounded(steps):
    return steps[:, None] * np.round(CHANGES / steps[:, None])


def test_steps_that_one_channel_alone_has_are_coarse():
    steps = np.full(len(CHANGES), 0.01)
    steps[2] = 0.2
    assert coarse_steps(rounded(steps))[1].nonzero()[0].tolist() == [2]


def test_steps_that_all_channels_have_are_the_files():
    assert not coarse_steps(rounded(np.full(len(CHANGES), 0.4)))[1].any()


def test_a_wrong_gain_makes_no_steps_coarse():
    changes = rounded(np.full(len(CHANGES), 0.4))
    changes[2] *= 10
    assert not coarse_steps(changes)[1].any()
