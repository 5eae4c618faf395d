"""Metrics against scikit-learn's and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.benchmark.metrics import Predictions, balanced_accuracy, chance, mae, metrics_for, r2, roc_auc

ITEMS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.integers(-3, 3)), min_size=2, max_size=40)


def predictions(items):
    true, predicted, decisions = zip(*items, strict=True)
    return Predictions(np.array(true), np.array(predicted), np.array(decisions, dtype=float))


@given(ITEMS.filter(lambda items: len({item[0] for item in items}) == 2))
def test_classification_metrics_are_those_of_scikit_learn(items):
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    found = predictions(items)
    assert balanced_accuracy(found) == pytest.approx(balanced_accuracy_score(found.true, found.predicted))
    assert roc_auc(found) == pytest.approx(roc_auc_score(found.true == "b", found.decisions))


def test_a_roc_curve_of_one_class_is_not_defined():
    assert np.isnan(roc_auc(predictions([("a", "a", 1), ("a", "b", 2)])))


def test_the_training_mean_explains_nothing_and_the_truth_all():
    true, mean = np.array([1.0, 2.0, 6.0]), np.full(3, 2.5)
    assert r2(Predictions(true, mean, mean)) == 0.0
    assert r2(Predictions(true, true, mean)) == 1.0


def test_the_error_is_that_of_scikit_learn_and_its_chance_that_of_the_training_mean():
    from sklearn.metrics import mean_absolute_error

    found = Predictions(np.array([1.0, 2.0, 6.0]), np.array([1.5, 2.0, 5.0]), np.full(3, 3.0))
    (metric,) = [one for one in metrics_for("regression", 0) if one.name == "mae"]
    assert mae(found) == mean_absolute_error(found.true, found.predicted)
    assert chance(metric, found) == 2.0


def test_three_classes_have_no_roc_curve_and_a_chance_of_a_third():
    (metric,) = metrics_for("classification", 3)
    found = Predictions(np.array(list("abc")), np.array(list("abb")), np.full(3, np.nan))
    assert (metric.name, chance(metric, found)) == ("balanced_accuracy", pytest.approx(1 / 3))
