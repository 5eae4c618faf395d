"""Scores beside their limits, and how far they may move."""

from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.faults.criterion import Criterion, uncertainty, weakest

STRETCHES = np.random.default_rng(1).normal(0.5, 0.1, 8)


def criterion(score: float, limit: float = 1.0, moves: float = 0.1) -> Criterion:
    return Criterion(words="x", score=score, limit=limit, uncertainty=moves)


@pytest.mark.parametrize(("score", "fault", "near"), [(0.8, False, False), (0.95, False, True), (1.05, True, False)])
def test_a_near_miss_is_within_its_uncertainty_and_not_beyond_the_limit(score: float, fault: bool, near: bool) -> None:
    assert (criterion(score).is_fault, criterion(score).is_near) == (fault, near)


def test_of_what_must_all_be_so_the_least_sure_decides() -> None:
    sure, unsure = criterion(2.0), criterion(1.5, moves=1.0)
    assert weakest(sure, unsure) is unsure


def test_what_is_not_so_decides_however_sure_the_rest_is() -> None:
    assert not weakest(criterion(9.0), criterion(0.99)).is_fault


def test_a_second_moves_the_score_of_a_long_recording_less() -> None:
    assert uncertainty(STRETCHES, 400.0) == pytest.approx(uncertainty(STRETCHES, 100.0) / 2)


def test_where_all_stretches_say_the_same_noise_alone_moves_a_score() -> None:
    assert 0 < uncertainty(np.full(8, 0.5), 100.0) < uncertainty(STRETCHES, 100.0)
