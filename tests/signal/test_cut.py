from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from eegmill.signal.cut import cut_samples, lost_events
from eegmill.signal.timeline import continuous_spans
from signals_asr import recording

MARKS = st.lists(st.tuples(st.floats(0, 19.9), st.floats(0, 5), st.sampled_from(["go", "BAD_x", "stop"])), max_size=5)
KEEP = arrays(bool, 20, elements=st.booleans()).filter(np.any)


def cut(keep, annotations=(), first_samp=0):
    data = np.arange(2.0 * keep.size).reshape(2, -1)
    return data, cut_samples(recording(data, sfreq=1.0, annotations=annotations, first_samp=first_samp).raw, keep)


def without(start, stop):
    keep = np.ones(20, dtype=bool)
    keep[start:stop] = False
    return keep


def noted(raw):
    return [(a["onset"], a["duration"], str(a["description"])) for a in raw.annotations]


@settings(deadline=None)
@given(KEEP)
def test_the_kept_samples_stay_in_order(keep):
    data, raw = cut(keep)
    np.testing.assert_array_equal(raw.get_data(), data[:, keep])


@settings(deadline=None)
@given(KEEP)
def test_the_spans_are_the_kept_runs(keep):
    runs = [len(run) for run in "".join("x" if k else " " for k in keep).split()]
    assert [stop - start for start, stop in continuous_spans(cut(keep)[1])] == runs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((3, 2, "early"), (3, 2, "early")),
        ((16, 2, "late"), (11, 2, "late")),
        ((8, 4, "into"), (8, 2, "into")),
        ((12, 6, "out of"), (10, 3, "out of")),
        ((8, 10, "across"), (8, 5, "across")),
        ((16, 0, "event"), (11, 0, "event")),
        ((16.5, 0, "between samples"), (11.5, 0, "between samples")),
        ((15 - 1e-9, 0, "behind the cut"), (10, 0, "behind the cut")),
    ],
)
@pytest.mark.parametrize("first_samp", [0, 7])
def test_annotations_move_with_their_samples(before, after, first_samp):
    assert noted(cut(without(10, 15), [before], first_samp)[1]) == sorted([after, (10, 0, "boundary")])


@settings(deadline=None)
@given(KEEP, MARKS)
def test_each_event_is_either_kept_or_counted_as_lost(keep, marks):
    raw = recording(np.zeros((1, 20)), sfreq=1.0, annotations=marks).raw
    lost = lost_events(raw, keep)
    left = list(cut_samples(raw, keep).annotations.description)
    for name in ("go", "stop"):
        assert left.count(name) + lost.get(name, 0) == sum(mark[2] == name for mark in marks)
    assert "BAD_x" not in lost


@pytest.mark.parametrize("lost", [(11, 2, "inside"), (12, 0, "event")])
def test_annotations_without_samples_are_dropped(lost):
    assert noted(cut(without(10, 15), [lost])[1]) == [(10, 0, "boundary")]


@pytest.mark.parametrize("ends", [(0, 5), (15, 20)])
def test_a_cut_at_an_end_leaves_no_boundary(ends):
    assert noted(cut(without(*ends))[1]) == []


def test_the_memory_is_the_old_one():
    raw = recording(np.zeros((2, 20)), sfreq=1.0).raw
    assert np.shares_memory(cut_samples(raw, without(5, 10))._data, raw._data)
