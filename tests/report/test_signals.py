"""Signals of the pages, piece by piece."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.report.signals import Shown, before_of, in_single_precision


def test_another_rate_is_shown_by_the_nearest_samples() -> None:
    slow = Shown.all_of(np.arange(10.0)[None], 10.0)
    fast = Shown.all_of(np.zeros((1, 20)), 20.0)
    np.testing.assert_array_equal(slow.beside(fast, 1, 7, 2)[0], [0, 2, 2])
    np.testing.assert_array_equal(slow.beside(fast, 18, 20)[0], [9, 9])


def test_the_raw_signal_is_kept_less_what_was_cut() -> None:
    raw = mne.io.RawArray(np.arange(20.0).reshape(2, 10), mne.create_info(["A", "B"], 10.0, "eeg"), verbose="error")
    before = before_of(raw, np.arange(10) < 4)
    np.testing.assert_array_equal(before.of(["B"]).piece(0, 10), [[10, 11, 12, 13]])


@pytest.mark.parametrize(("n_rows", "n_times"), [(1, 1), (3, 7), (2, 0), (5, 1000)])
@pytest.mark.parametrize("share", [None, 0.0, 0.6, 1.0])
@pytest.mark.parametrize("owned", [True, False])
def test_single_precision_takes_the_memory_of_the_doubles(
    n_rows: int, n_times: int, share: float | None, owned: bool
) -> None:
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((n_rows, n_times + 1))
    samples = samples[:, 1:].copy() if owned else samples[:, 1:]
    left = None if share is None else rng.random(n_times) < share
    expected = (samples if left is None else samples[:, left]).astype(np.float32)
    found = in_single_precision(samples, left)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_the_samples_of_a_recording_are_let_go() -> None:
    raw = mne.io.RawArray(np.ones((2, 10)), mne.create_info(["A", "B"], 10.0, "eeg"), verbose="error")
    before_of(raw, np.ones(10, dtype=bool))
    assert raw._data.size == 0
