"""Splits: whole subjects, or blocks of time with a gap; a leak is refused with names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.benchmark.splits import (
    Fold,
    Leak,
    Split,
    block_folds,
    folds_from,
    refuse_leaks,
    refuse_near,
    subject_folds,
)
from eegmill.errors import ConfigurationError

GROUPS = st.lists(st.integers(0, 12), min_size=2, max_size=80).filter(lambda found: len(set(found)) > 1)


@given(GROUPS, st.integers(0, 1000), st.one_of(st.none(), st.integers(2, 6)))
def test_no_subject_is_on_both_sides(groups, seed, n_folds):
    names = np.array(groups).astype(str)
    folds = subject_folds(names, None, Split(n_folds=n_folds), seed=seed)
    refuse_leaks(folds, names)
    assert all(not set(names[fold.train]) & set(names[fold.test]) for fold in folds)


@given(GROUPS, st.integers(0, 1000), st.one_of(st.none(), st.integers(2, 6)))
def test_every_item_is_tested_once_and_trained_on_otherwise(groups, seed, n_folds):
    names = np.array(groups).astype(str)
    folds = subject_folds(names, None, Split(n_folds=n_folds), seed=seed)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(groups)))
    assert all(len(fold.train) + len(fold.test) == len(groups) for fold in folds)


@given(GROUPS, st.integers(0, 1000))
def test_the_same_seed_gives_the_same_folds(groups, seed):
    names = np.array(groups).astype(str)
    first, second = (subject_folds(names, None, Split(n_folds=2), seed=seed) for _ in range(2))
    assert all(np.array_equal(a.test, b.test) for a, b in zip(first, second, strict=True))


@given(st.lists(st.booleans(), min_size=4, max_size=30), st.integers(0, 100))
def test_where_subjects_have_one_class_each_fold_has_subjects_of_both(labels, seed):
    if not 2 <= sum(labels) <= len(labels) - 2:
        return
    groups = np.repeat([f"sub-{k:02d}" for k in range(len(labels))], 3)
    y = np.repeat(np.where(labels, "patient", "control"), 3)
    for fold in subject_folds(groups, y, Split(), seed=seed):
        assert set(y[fold.test]) == set(y[fold.train]) == {"patient", "control"}


@given(
    st.lists(st.floats(0.1, 5.0), min_size=12, max_size=60),
    st.integers(2, 5),
    st.floats(0.0, 3.0),
    st.floats(0.1, 2.0),
)
def test_nothing_within_the_gap_of_a_tested_block_is_trained_on(steps, n_blocks, gap_s, duration_s):
    onsets = np.cumsum(steps)
    groups = np.full(len(onsets), "rec")
    try:
        folds = block_folds(groups, onsets, duration_s, Split(by="blocks", n_folds=n_blocks, gap_s=gap_s))
    except ConfigurationError:  # the gap leaves nothing
        return
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(onsets)))
    for fold in folds:
        first, last = onsets[fold.test].min(), onsets[fold.test].max() + duration_s
        far = (onsets[fold.train] + duration_s + gap_s <= first) | (onsets[fold.train] >= last + gap_s)
        assert far.all()


def test_blocks_are_runs_of_successive_items_whatever_order_they_come_in():
    onsets = np.array([9.0, 1.0, 5.0, 3.0, 7.0, 11.0])
    folds = block_folds(np.full(6, "rec"), onsets, 1.0, Split(by="blocks", n_folds=3, gap_s=0))
    assert [sorted(onsets[fold.test]) for fold in folds] == [[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]]


def test_each_recording_has_blocks_of_its_own_and_trains_on_itself_alone():
    groups = np.repeat(["a", "b"], 10)
    folds = block_folds(groups, np.tile(np.arange(10.0), 2), 1.0, Split(by="blocks", n_folds=2, gap_s=1))
    assert len(folds) == 4
    assert all(len(set(groups[fold.train]) | set(groups[fold.test])) == 1 for fold in folds)


def test_a_split_that_mixes_subjects_is_refused_with_their_names():
    groups = np.array(["sub-01", "sub-01", "sub-02", "sub-03"])
    with pytest.raises(Leak, match=r"Fold 2 .* sub-01"):
        refuse_leaks(folds_from([([0, 1], [2, 3]), ([0, 2], [1, 3])]), groups)


def test_the_shuffled_split_of_scikit_learn_is_refused():
    from sklearn.model_selection import KFold

    groups = np.repeat(["sub-01", "sub-02", "sub-03"], 10)
    shuffled = KFold(5, shuffle=True, random_state=0).split(groups)
    with pytest.raises(Leak, match="sub-01, sub-02, sub-03"):
        refuse_leaks(folds_from(list(shuffled)), groups)


def test_many_names_are_not_all_listed():
    groups = np.array([f"sub-{k:02d}" for k in range(9)])
    every = np.arange(9)
    with pytest.raises(Leak, match="sub-04 and 4 more"):
        refuse_leaks([Fold(every, every)], groups)


def test_neighbours_on_both_sides_are_refused_with_the_seconds_between():
    groups, onsets = np.full(4, "rec"), np.array([0.0, 1.5, 4.0, 9.0])
    with pytest.raises(Leak, match=r"tests 'rec' 0\.5 s from"):
        refuse_near([Fold(np.array([0, 3]), np.array([1, 2]))], groups, onsets, 1.0, 2.0)


def test_one_subject_alone_is_refused_with_the_way_out():
    with pytest.raises(ConfigurationError, match="by: blocks"):
        subject_folds(np.array(["sub-01"] * 5), None, Split(), seed=0)


def test_a_class_with_one_subject_is_refused():
    groups = np.array(["a", "b", "c"])
    with pytest.raises(ConfigurationError, match="1 of 'patient'"):
        subject_folds(groups, np.array(["control", "control", "patient"]), Split(), seed=0)


def test_a_gap_that_leaves_nothing_is_refused():
    with pytest.raises(ConfigurationError, match="leaves nothing"):
        block_folds(np.full(4, "r"), np.arange(4.0), 1.0, Split(by="blocks", n_folds=2, gap_s=30))
