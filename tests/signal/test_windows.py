from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.windows import covering_windows, joined_spans, outside, overlapping_starts, window_edges


@pytest.mark.parametrize(
    ("spans", "edges"),
    [
        ([(0, 10)], [(0, 4), (4, 8)]),
        ([(0, 8)], [(0, 4), (4, 8)]),
        ([(0, 3)], [(0, 3)]),
        ([(0, 5), (5, 10)], [(0, 4), (5, 9)]),
    ],
)
def test_windows_stay_inside_the_spans(spans, edges):
    assert list(window_edges(spans, 4)) == edges


def test_windows_cover_the_spans():
    assert covering_windows([(0, 10), (10, 13)], 4) == [(0, 4), (4, 10), (10, 13)]


def test_windows_advance_by_a_third_of_their_length():
    assert overlapping_starts([(0, 300)], n_window=100, overlap=0.66).tolist() == [0, 34, 68, 102, 136, 170]


@pytest.mark.parametrize("n_samples", [0, 1, 99, 100])
def test_a_span_not_longer_than_a_window_has_none(n_samples):
    assert not overlapping_starts([(0, n_samples)], n_window=100, overlap=0.66).size


def test_no_window_crosses_from_one_span_to_the_next():
    starts = overlapping_starts([(0, 250), (250, 600)], n_window=100, overlap=0.66)
    assert not np.any((starts < 250) & (starts + 100 > 250))


@pytest.mark.parametrize(
    ("gaps", "left"),
    [([], [(0, 5), (5, 9)]), ([(0, 9)], []), ([(2, 3), (4, 6)], [(0, 2), (3, 4), (6, 9)]), ([(5, 9)], [(0, 5)])],
)
def test_gaps_are_cut_out_of_the_spans(gaps, left):
    assert outside([(0, 5), (5, 9)], gaps) == left


def test_thinned_spans_lie_one_after_another():
    assert joined_spans([(0, 5), (5, 9)], 2) == [(0, 3), (3, 5)]


def test_joined_spans_follow_each_other():
    assert joined_spans([(3, 5), (10, 14)]) == [(0, 2), (2, 6)]
