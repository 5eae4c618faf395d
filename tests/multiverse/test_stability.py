"""Verdicts, flips and the shortest recipe that keeps a conclusion."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eegmill.multiverse.grid import Conclusion
from eegmill.multiverse.stability import (
    Point,
    cheapest,
    conclusion_flips,
    curve,
    flips_against_first,
    pairs_apart_in,
    signs_of,
    trial_flips,
)

ERP = Conclusion(measure="erp")


def measures(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    """Universe, recording, estimate, error; 20 degrees of freedom."""
    values = [
        ("ds", recording, universe, measure, value, "µV")
        for universe, recording, estimate, error in rows
        for measure, value in (("erp", estimate), ("erp_error", error), ("erp_freedom", 20.0))
    ]
    return pd.DataFrame(values, columns=["dataset", "recording", "universe", "measure", "value", "unit"])


def verdicts(points: tuple[Point, ...]) -> list[str]:
    return [point.verdict for point in points]


def test_a_universe_keeps_the_conclusion_by_direction_and_p_value() -> None:
    table = measures((0, "a", 5.0, 1.0), (1, "a", 1.0, 1.0), (2, "a", -5.0, 1.0))
    assert verdicts(curve(table, [0, 1, 2], ERP)) == ["holds", "does not hold", "does not hold"]
    below = Conclusion(measure="erp", direction="below")
    assert verdicts(curve(table, [0, 1, 2], below)) == ["does not hold", "does not hold", "holds"]


def test_the_p_value_is_that_of_a_t_test() -> None:
    (point,) = curve(measures((0, "a", 2.5, 1.0)), [0], ERP)
    assert point.p == pytest.approx(2 * stats.t.sf(2.5, 20))


def test_the_p_value_of_two_conditions_is_welchs() -> None:
    from eegmill.multiverse.measures import _difference

    rng = np.random.default_rng(0)
    one, other = rng.normal(1, 1, 12), rng.normal(0, 3, 30)
    amplitudes, conditions = np.concatenate([one, other]), np.repeat([0, 1], [12, 30])
    values = {value.measure: value.value for value in _difference(amplitudes, conditions, ["a", "b"])}
    rows = [("ds", "r", 0, name, value, "") for name, value in values.items()]
    table = pd.DataFrame(rows, columns=["dataset", "recording", "universe", "measure", "value", "unit"])
    (point,) = curve(table, [0], ERP)
    assert point.p == pytest.approx(stats.ttest_ind(one, other, equal_var=False).pvalue)


def test_recordings_have_the_same_weight_and_their_errors_are_pooled() -> None:
    (point,) = curve(measures((0, "a", 1.0, 0.3), (0, "b", 3.0, 0.4)), [0], ERP)
    assert (point.estimate, point.n_recordings) == (2.0, 2)
    assert point.error == pytest.approx(0.25)


def test_a_universe_that_lacks_a_recording_is_not_known() -> None:
    table = measures((0, "a", 5.0, 1.0), (0, "b", 5.0, 1.0), (1, "a", 9.0, 1.0))
    assert verdicts(curve(table, [0, 1, 2], ERP)) == ["holds", "not known", "not known"]


def test_nothing_is_concluded_where_the_recipe_itself_gives_no_direction() -> None:
    assert verdicts(curve(measures((1, "a", 5.0, 1.0)), [0, 1], ERP)) == ["not known", "not known"]


def grid(k: int) -> np.ndarray:
    return np.array(list(itertools.product([0, 1], repeat=k)))


def test_pairs_differ_in_one_choice_alone() -> None:
    levels = grid(3)
    for choice in range(3):
        pairs = list(pairs_apart_in(levels, choice))
        assert len(pairs) == 4
        assert all((levels[a] != levels[b]).nonzero()[0].tolist() == [choice] for a, b in pairs)


def test_the_choice_that_decides_is_found() -> None:
    levels = grid(3)
    points = [Point(i, 1.0, 1.0, 0.5, 1, "holds" if row[1] else "does not hold") for i, row in enumerate(levels)]
    rates = {flip.choice: flip.rate for flip in conclusion_flips(points, levels, ["a", "b", "c"])}
    assert rates == {"a": 0.0, "b": 1.0, "c": 0.0}


def test_trials_that_turn_over_are_counted_by_choice_universe_and_trial() -> None:
    levels = grid(2)
    signs = np.ones((4, 5))
    signs[levels[:, 0] == 1, 0] = -1  # one trial of five turns over with the first choice
    signs[3, 4] = np.nan
    by_choice = {flip.choice: flip.rate for flip in trial_flips(signs, levels, ["a", "b"])}
    assert by_choice == pytest.approx({"a": (1 / 5 + 1 / 4) / 2, "b": 0.0})
    per_universe, per_trial = flips_against_first(signs)
    np.testing.assert_allclose(per_universe, [0, 0, 1 / 5, 1 / 4])
    np.testing.assert_allclose(per_trial, [2 / 3, 0, 0, 0, 0])


def test_signs_stand_in_the_order_of_the_universes() -> None:
    rows = [("ds", "r", 3, 0, 2.0), ("ds", "r", 1, 0, -2.0), ("ds", "r", 1, 7, 1.0)]
    table = pd.DataFrame(rows, columns=["dataset", "recording", "universe", "trial", "decision"])
    signs, which = signs_of(table, [1, 2, 3], "decision")
    np.testing.assert_array_equal(signs, [[-1, 1], [np.nan, np.nan], [1, np.nan]])
    assert which == [("ds", "r", 0), ("ds", "r", 7)]


def test_the_cheapest_keeps_the_conclusion_with_the_fewest_steps() -> None:
    points = [Point(i, 1, 1, 0, 1, verdict) for i, verdict in enumerate(["holds", "does not hold", "holds", "holds"])]  # type: ignore[arg-type]
    assert cheapest(points, {0: 5, 1: 1, 2: 3, 3: 3}).universe == 2  # type: ignore[union-attr]
    assert cheapest([points[1]], {1: 1}) is None


def powers(*rows: tuple[int, str, float]) -> pd.DataFrame:
    values = [("ds", recording, universe, "power_alpha", value, "dB") for universe, recording, value in rows]
    return pd.DataFrame(values, columns=["dataset", "recording", "universe", "measure", "value", "unit"])


ALPHA = Conclusion(measure="power_alpha", between=("*_task-rest", "*_task-count"))


def test_recordings_with_partners_are_compared_in_pairs() -> None:
    rest, count = [10.0, 12.0, 7.0], [8.0, 9.5, 5.5]
    rows = [
        (0, f"sub-{i}_task-{task}", values[i]) for task, values in (("rest", rest), ("count", count)) for i in range(3)
    ]
    (point,) = curve(powers(*rows), [0], ALPHA)
    assert point.estimate == pytest.approx(2.0)
    assert point.p == pytest.approx(stats.ttest_rel(rest, count).pvalue)
    assert (point.n_recordings, point.verdict) == (6, "holds")


def test_recordings_without_partners_are_compared_as_groups() -> None:
    rest, count = [10.0, 12.0, 7.0, 9.0], [8.0, 9.5]
    rows = [(0, f"sub-{i}_task-rest", value) for i, value in enumerate(rest)]
    rows += [(0, f"sub-{i + 5}_task-count", value) for i, value in enumerate(count)]
    (point,) = curve(powers(*rows), [0], ALPHA)
    assert point.p == pytest.approx(stats.ttest_ind(rest, count, equal_var=False).pvalue)


def test_one_recording_of_a_kind_is_no_comparison() -> None:
    (point,) = curve(powers((0, "sub-1_task-rest", 1.0), (0, "sub-1_task-count", 2.0)), [0], ALPHA)
    assert point.verdict == "not known"
