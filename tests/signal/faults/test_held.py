from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.faults.held import held, padded
from eegmill.testing.recordings import raw_eeg, scalp_eeg


def recording(n_channels=6):
    return raw_eeg(scalp_eeg(n_channels, duration_s=5.0))


def test_a_stretch_runs_from_the_first_sample_that_repeats_to_the_end():
    raw = recording()
    raw._data[:, 100:120] = raw._data[:, 99:100]
    assert held(raw, range(6)).tolist() == [[100, 120]]


def test_one_channel_that_moves_is_enough():
    raw = recording()
    raw._data[1:, 100:120] = raw._data[1:, 99:100]
    assert not held(raw, range(6)).size


@pytest.mark.parametrize(("n_channels", "found"), [(3, 0), (4, 1)])
def test_few_channels_may_stand_still_by_chance(n_channels, found):
    raw = recording(n_channels)
    raw._data[:, 100:105] = raw._data[:, 99:100]
    assert len(held(raw, range(n_channels))) == found


@pytest.mark.parametrize(
    ("stretches", "inside"),
    [
        ([(40, 50)], (0, 1000)),
        ([(900, 1000)], (0, 900)),
        ([(1, 60), (900, 950), (951, 1000)], (60, 900)),
        ([(1, 500), (501, 1000)], (0, 1000)),
    ],
)
def test_what_a_file_was_filled_up_with_lies_at_its_ends_and_is_no_more_than_half(stretches, inside):
    assert padded(stretches, 1000, 5) == inside


def test_a_discontinuity_is_no_movement_and_no_stillness():
    raw = recording()
    raw._data[:, 100:120] = raw._data[:, 99:100]
    raw.annotations.append(110 / 200.0, 0.0, "boundary")
    assert held(raw, range(6)).tolist() == [[100, 110], [111, 120]]
    assert np.isfinite(raw._data).all()
