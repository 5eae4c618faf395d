from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.signal.reference import rest
from eegmill.steps.reference import Reference
from signals_bads import raw_of, signals


@pytest.fixture(scope="module")
def raw():
    return raw_of(signals(32, duration_s=4))


@pytest.fixture(scope="module")
def forward(raw):
    return rest.forward_solution(raw, list(range(32)))


def to_infinity(raw):
    return Reference(to="REST").apply(Recording(raw.copy()), seed=0)


def test_potentials_against_infinity_come_back(raw, forward):
    field = forward["sol"]["data"]
    truth = field @ np.random.default_rng(0).standard_normal((field.shape[1], 100))
    averaged = truth - truth.mean(axis=0)
    rest_error = np.linalg.norm(rest.average_at_infinity(field) @ averaged - truth.mean(axis=0))
    assert rest_error < 0.6 * np.linalg.norm(truth.mean(axis=0))


def test_mne_computes_the_same_from_the_same_forward_solution(raw, forward):
    theirs = mne.set_eeg_reference(raw.copy(), "REST", forward=forward, verbose="error")[0].get_data()
    np.testing.assert_allclose(to_infinity(raw)[0].raw.get_data(), theirs, atol=1e-9 * np.abs(theirs).max())


def test_the_recorded_reference_plays_no_part(raw):
    moved = raw.copy()
    moved._data -= moved._data[5]
    scale = np.abs(raw.get_data()).max()
    np.testing.assert_allclose(to_infinity(moved)[0].raw._data, to_infinity(raw)[0].raw._data, atol=1e-9 * scale)


def test_the_rank_is_that_of_the_average_reference(raw):
    recording, decisions = to_infinity(raw)
    assert recording.rank == 31
    assert decisions.reference == "infinity (REST from 32 good EEG channels)"


def test_positions_are_needed():
    with pytest.raises(Rejected, match="there are 0"):
        to_infinity(raw_of(signals(12, duration_s=1), located=False))
