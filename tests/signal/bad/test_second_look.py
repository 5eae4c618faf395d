from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.bad import detectors
from eegmill.signal.bad.correlations import WindowCorrelations
from eegmill.signal.bad.second_look import Look, looks, second_look, weights_of_trusted
from signals_bads import places, signals

N, WINDOW = 16, 1000
NAMES = [f"E{i}" for i in range(N)]


def look(*, doubted, n_windows=4, correlation=0.8):
    found = np.full((n_windows, N), 0.95)
    found[:, list(doubted)] = 0.3
    edges = tuple((k * WINDOW, (k + 1) * WINDOW) for k in range(n_windows))
    return Look(WindowCorrelations(edges, found), correlation)


def again(first, data):
    spans = [(0, data.shape[1])]
    return second_look(first, list(data), spans, positions=places(N), window=WINDOW, limit=0.5, correlation=0.45)


def test_a_channel_that_the_others_predict_is_not_bad_though_subsets_missed_it():
    first, data = look(doubted=[3]), signals(N, duration_s=4.0)
    found = detectors.unpredictable(NAMES, first, again(first, data), limit=0.5)
    assert detectors.unpredictable(NAMES, first, None, limit=0.5).bad == ("E3",)
    assert found.bad == ()


def test_a_channel_that_nothing_predicts_stays_bad():
    first, data = look(doubted=[3]), signals(N, duration_s=4.0)
    data[3] = data[3].std() * np.random.default_rng(1).standard_normal(data.shape[1])
    assert detectors.unpredictable(NAMES, first, again(first, data), limit=0.5).bad == ("E3",)


def test_where_subsets_can_tell_nothing_the_prediction_from_all_others_finds_a_dead_channel():
    data = signals(N, duration_s=4.0)
    data[3] = data[3].std() * np.random.default_rng(1).standard_normal(data.shape[1])
    blind = look(doubted=[], correlation=0.0)
    found, second = looks(
        blind, list(data), [(0, data.shape[1])], positions=places(N), window=WINDOW, limit=0.5, correlation=0.45
    )
    assert found.correlation == 0.45 / 2
    assert detectors.unpredictable(NAMES, found, second, limit=0.5).bad == ("E3",)


def test_where_subsets_tell_enough_theirs_is_the_first_look():
    first, data = look(doubted=[3]), signals(N, duration_s=4.0)
    found, second = looks(
        first, list(data), [(0, data.shape[1])], positions=places(N), window=WINDOW, limit=0.5, correlation=0.45
    )
    assert found is first
    assert second is not None


def test_a_channel_in_doubt_predicts_no_other():
    weights = weights_of_trusted(places(N), np.arange(N) != 3)
    assert not weights[:, 3].any()
    assert weights[3].any()


def test_no_channel_predicts_itself():
    weights = weights_of_trusted(places(N), np.ones(N, bool))[..., 0]
    assert not np.diag(weights).any()


def test_where_no_channel_is_near_the_limit_nobody_looks_again():
    assert again(look(doubted=[]), signals(N, duration_s=4.0)) is None


def test_too_few_channels_without_doubt_leave_the_first_look_as_it_is():
    assert again(look(doubted=range(3, N)), signals(N, duration_s=4.0)) is None


def test_the_uncertainty_is_that_of_the_look_that_counts():
    first, second = look(doubted=[3]), look(doubted=[])
    mixed = WindowCorrelations(second.windows.edges, second.windows.correlation.copy())
    mixed.correlation[0, 3] = 0.1
    found = detectors.unpredictable(NAMES, first, Look(mixed, 0.45), limit=0.5)
    assert found.scores["E3"] == pytest.approx(0.25)
    assert found.uncertainties["E3"] > 0
