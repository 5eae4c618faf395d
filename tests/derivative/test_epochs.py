from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.derivative.epochs import COLUMNS, DESCRIPTIONS, epoch_rows
from tiny_bids import make_raw


@pytest.fixture
def raw():
    return make_raw(0, 4.0)


def test_each_kept_epoch_is_a_row_from_which_it_can_be_cut_again(raw):
    events = np.array([[50, 0, 1], [150, 0, 2], [390, 0, 1]])
    epochs = mne.Epochs(raw, events, {"go": 1, "stop": 2}, 0, 0.5, baseline=None, preload=True, verbose="error")
    rows = epoch_rows(epochs, raw)
    assert [(row["onset"], row["trial_type"], row["epoch"]) for row in rows] == [(0.5, "go", 0), (1.5, "stop", 1)]
    first = rows[0]
    start = first["sample"] + round(first["tmin"] * 100)
    again = raw.get_data(start=start, stop=start + round(first["duration"] * 100))
    np.testing.assert_array_equal(again, epochs.get_data()[0])


def test_every_column_is_described():
    assert set(COLUMNS) == DESCRIPTIONS.keys()
