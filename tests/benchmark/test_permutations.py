"""Exchanged labels: only what is exchangeable is exchanged, and every way is counted once."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eegmill.benchmark.permutations import exchangeable


def test_three_subjects_with_two_recordings_each_have_eight_ways():
    groups = np.repeat(["s1", "s2", "s3"], 20)
    units = np.repeat(np.arange(6), 10)
    y = np.tile(np.repeat(["rest", "task"], 10), 3)
    ways = exchangeable(y, units, groups)
    every = [tuple(labels) for labels in ways.every()]
    assert ways.count == len(every) == len(set(every)) == 8
    assert tuple(y) in every


def test_windows_of_a_recording_keep_one_label():
    units = np.repeat(np.arange(6), 10)
    y = np.tile(np.repeat(["rest", "task"], 10), 3)
    ways = exchangeable(y, units, np.repeat(np.arange(3), 20))
    for labels in ways.random(20, seed=0):
        assert all(len(set(labels[units == unit])) == 1 for unit in range(6))


def test_each_subject_keeps_its_number_of_labels():
    sets = np.repeat(np.arange(4), 5)
    y = np.array(list("aabbb" * 2 + "abbbb" * 2))
    for labels in exchangeable(y, np.arange(20), sets).random(20, seed=1):
        assert all(Counter(labels[sets == one]) == Counter(y[sets == one]) for one in range(4))


def test_where_subjects_have_one_label_each_whole_subjects_exchange_them():
    groups = np.repeat(np.arange(5), 4)
    y = np.repeat(list("aabbb"), 4)
    ways = exchangeable(y, np.arange(20), groups)
    assert ways.count == math.comb(5, 2)
    for labels in ways.every():
        assert all(len(set(labels[groups == group])) == 1 for group in range(5))


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abc")), min_size=2, max_size=7))
def test_every_way_is_given_once(items):
    sets, y = np.array([item[0] for item in items]), np.array([item[1] for item in items])
    ways = exchangeable(y, np.arange(len(y)), sets)
    every = [tuple(labels) for labels in ways.every()]
    assert len(every) == len(set(every)) == ways.count


def test_numbers_are_exchanged_as_labels_are():
    y = np.array([1.5, 1.5, 3.0, 3.0, 9.0, 9.0])
    ways = exchangeable(y, np.arange(6), np.repeat(np.arange(3), 2))
    assert ways.count == 6
    assert {tuple(labels[::2]) for labels in ways.every()} >= {(1.5, 3.0, 9.0), (9.0, 3.0, 1.5)}


def test_a_great_number_of_ways_is_not_counted_to_the_end():
    assert exchangeable(np.arange(400).astype(float), np.arange(400), np.zeros(400)).count == 1_000_000


def test_two_labels_that_are_as_frequent_everywhere_bound_p_by_two_ways():
    y = np.array(list("abab"))
    assert exchangeable(y, np.arange(4), np.array([0, 0, 1, 1])).least_p == 2 / 4
    assert exchangeable(np.array(list("abb")), np.arange(3), np.zeros(3)).least_p == 1 / 3
