"""Signs, gains and exchanged names where several channels are wrong at once."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.steps.inspect import Inspect
from eegmill.testing.recordings import electrode_positions, raw_eeg, scalp_eeg
from validation.faults import FAULTS

EEG = scalp_eeg(32, duration_s=20.0, seed=3)
PLACES = electrode_positions(32)


def said_of(data):
    findings = Inspect().apply(Recording(raw_eeg(data)), seed=1)[1].findings
    return {(finding.fault, frozenset(finding.channels)) for finding in findings}


def named(*indices):
    return frozenset(f"E{index + 1}" for index in indices)


def nearest(index):
    return [int(i) for i in np.argsort(np.linalg.norm(PLACES - PLACES[index], axis=1), kind="stable")]


def test_a_group_of_inverted_neighbours_is_found_and_no_other_channel_blamed():
    group = nearest(10)[:3]
    data = EEG.copy()
    data[group] *= -1
    assert said_of(data) == {("polarity", named(index)) for index in group}


def test_two_swaps_at_once_are_found_and_no_neighbour_blamed():
    data = EEG.copy()
    data[[2, 20, 9, 30]] = data[[20, 2, 30, 9]]
    assert said_of(data) == {("swap", named(2, 20)), ("swap", named(9, 30))}


@pytest.mark.parametrize("index", [0, 10, 20])
def test_neighbours_that_fit_each_others_electrode_are_told_apart_by_their_difference(index):
    pair = nearest(index)[:2]
    data = EEG.copy()
    data[pair] = data[pair[::-1]]
    (finding,) = Inspect().apply(Recording(raw_eeg(data)), seed=1)[1].findings
    assert finding.fault == "swap"
    assert set(finding.channels) == named(*pair)
    assert "the difference between them is the opposite" in finding.told


@pytest.mark.parametrize("factor", [0.02, 1000.0])
def test_beside_a_gain_that_is_far_off_no_swap_is_seen(factor):
    data = EEG.copy()
    data[7] *= factor
    assert said_of(data) == {("gain", named(7))}


def test_a_copy_that_is_larger_is_told_once():
    raw, truth = FAULTS["copy"].inject(raw_eeg(EEG.copy()), seed=2, dose=2.0)
    findings = Inspect().apply(Recording(raw), seed=1)[1].findings
    assert [finding.fault for finding in findings] == ["copy"]
    assert set(findings[0].channels) < set(truth.channels)
