"""What the correlations of windows say of a recording and of a channel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.bad.correlations import (
    WindowCorrelations,
    broken_fraction,
    broken_fraction_uncertainty,
    usual_correlation,
)


def windows(correlation: np.ndarray) -> WindowCorrelations:
    return WindowCorrelations(edges=tuple((i, i + 1) for i in range(len(correlation))), correlation=correlation)


def drawn(centre: float, spread: float, shape: tuple[int, int] = (40, 20)) -> np.ndarray:
    return np.tanh(np.random.default_rng(2).normal(np.arctanh(centre), spread, shape))


def test_the_usual_correlation_follows_the_recording() -> None:
    assert usual_correlation(windows(drawn(0.9, 0.2)), 2.0) == pytest.approx(np.tanh(np.arctanh(0.9) - 0.4), abs=0.02)


def test_a_tenth_of_bad_channels_hardly_moves_it() -> None:
    correlation = drawn(0.9, 0.2)
    sound = usual_correlation(windows(correlation), 2.0)
    correlation[:, :2] = 0.0
    assert usual_correlation(windows(correlation), 2.0) == pytest.approx(sound, abs=0.05)


def test_short_windows_between_breaks_do_not_count() -> None:
    correlation = drawn(0.9, 0.2)
    sound = usual_correlation(windows(correlation), 2.0)
    edges = (*((5 * i, 5 * i + 5) for i in range(40)), *((200 + i, 201 + i) for i in range(20)))
    broken = WindowCorrelations(edges=tuple(edges), correlation=np.concatenate([correlation, np.zeros((20, 20))]))
    assert usual_correlation(broken, 2.0) == sound


def test_it_is_never_negative() -> None:
    assert usual_correlation(windows(drawn(0.1, 0.5)), 3.0) == 0.0


def test_silent_windows_say_nothing() -> None:
    assert usual_correlation(windows(np.full((3, 2), np.nan)), 2.0) == 0.0


def test_correlations_of_one_are_no_infinity() -> None:
    assert usual_correlation(windows(np.ones((3, 2))), 2.0) == pytest.approx(1.0)


@given(share=st.floats(0, 1))
def test_a_share_of_few_windows_is_less_certain(share: float) -> None:
    few, many = (
        broken_fraction_uncertainty(windows(np.where(np.arange(n) < share * n, 0.0, 0.99)[:, None]), 0.8)[0]
        for n in (10, 1000)
    )
    assert few >= many - 0.02


def test_correlations_near_the_limit_make_a_share_uncertain() -> None:
    firm, near = (windows(np.full((20, 1), value)) for value in (0.95, 0.805))
    assert broken_fraction(firm, 0.8) == broken_fraction(near, 0.8) == 0.0
    assert broken_fraction_uncertainty(firm, 0.8)[0] == 0.0
    assert broken_fraction_uncertainty(near, 0.8)[0] == 0.5
