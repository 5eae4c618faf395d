"""Statistics against closed forms, scipy, and MOABB's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eegmill.benchmark.statistics import (
    bootstrap_interval,
    combine,
    paired_p,
    permutation_p,
    standardised_mean_difference,
)

DIFFERENCES = {
    5: [0.06, 0.01, -0.02, 0.05, 0.04],
    9: [0.03, -0.01, 0.02, 0.00, 0.05, 0.07, -0.03, 0.01, 0.02],
    25: [((7 * k) % 11 - 4) / 100 for k in range(25)],
}
MOABB = {
    5: (0.09375, 0.8559849767220402),
    9: (0.07421875, 0.5862930239246003),
    25: (0.09998118151585172, 0.24688535993934735),
}
"""p and SMD that MOABB 1.7.2 gives for scores 0.5 + differences against 0.5 (`compute_dataset_statistics`)."""
MOABB_TOGETHER = (0.014180285940411805, 0.4794171431771048)
"""What it makes of the three together (`find_significant_differences`), their names in the order
of the alphabet: in another order, it weights them by each other's number of subjects."""


def differences_of(n: int) -> np.ndarray:
    return (0.5 + np.array(DIFFERENCES[n])) - 0.5


@pytest.mark.parametrize("n", DIFFERENCES)
def test_a_dataset_has_the_figures_of_moabb(n):
    p, smd = MOABB[n]
    assert paired_p(differences_of(n), seed=0) == pytest.approx(p)
    assert standardised_mean_difference(differences_of(n)) == pytest.approx(smd)


def test_datasets_together_have_the_figures_of_moabb():
    p, smd = zip(*MOABB.values(), strict=True)
    together = combine(p, smd, list(MOABB))
    assert (together.p_value, together.smd) == (pytest.approx(MOABB_TOGETHER[0]), pytest.approx(MOABB_TOGETHER[1]))


@pytest.mark.parity
@pytest.mark.parametrize("n", DIFFERENCES)
def test_moabb_itself_says_the_same(n):
    meta_analysis = pytest.importorskip("moabb.analysis.meta_analysis")
    import pandas as pd

    scores = {"a": 0.5 + np.array(DIFFERENCES[n]), "b": np.full(n, 0.5)}
    rows = [
        {"dataset": "d", "subject": str(k), "session": "0", "pipeline": name, "score": values[k]}
        for name, values in scores.items()
        for k in range(n)
    ]
    table = meta_analysis.compute_dataset_statistics(pd.DataFrame(rows))
    (row,) = table[(table.pipe1 == "a") & (table.pipe2 == "b")].to_dict("records")
    assert paired_p(scores["a"] - scores["b"], seed=0) == pytest.approx(row["p"])
    assert standardised_mean_difference(scores["a"] - scores["b"]) == pytest.approx(row["smd"])


def test_signs_of_five_differences_give_the_p_that_counting_gives():
    differences = np.array([1.0, 2.0, 3.0, 4.0, -0.5])
    assert paired_p(differences, seed=0) == 2 / 32  # all signs, and the last one turned


def test_many_differences_are_compared_by_ranks():
    differences = np.random.default_rng(0).normal(0.3, 1.0, 30)
    assert paired_p(differences, seed=0) == pytest.approx(stats.wilcoxon(differences, alternative="greater").pvalue)


def test_one_way_and_the_other_add_up_for_ranks():
    differences = np.random.default_rng(1).normal(0.1, 1.0, 25)
    assert paired_p(differences, seed=0) + paired_p(-differences, seed=0) == pytest.approx(1.0)


def test_no_difference_at_all_is_a_half_or_the_largest_p():
    assert paired_p(np.zeros(25), seed=0) == 0.5
    assert paired_p(np.zeros(4), seed=0) == 15 / 16


def test_p_values_of_random_signs_are_uniform_under_the_null():
    generator = np.random.default_rng(2)
    found = [paired_p(generator.normal(size=8), seed=0) for _ in range(400)]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_the_effect_is_the_mean_over_the_standard_deviation():
    assert standardised_mean_difference(np.array([1.0, 2.0, 3.0])) == 2.0
    assert standardised_mean_difference(np.full(4, 0.1)) == np.inf
    assert standardised_mean_difference(np.zeros(4)) == 0.0


def test_stouffer_is_that_of_scipy():
    p, n = [0.03, 0.2, 0.6], [10, 20, 5]
    found = combine(p, [0.5, 0.2, -0.1], n)
    wanted = stats.combine_pvalues(p, method="stouffer", weights=np.sqrt(n)).pvalue
    assert found.p_value == pytest.approx(wanted)
    assert found.smd == pytest.approx(np.average([0.5, 0.2, -0.1], weights=np.sqrt(n)))
    assert (found.n_datasets, found.n_subjects) == (3, 35)


def test_one_dataset_is_its_own_evidence():
    assert combine([0.04], [0.3], [9]).p_value == 0.04


def test_combined_p_values_of_nulls_are_uniform():
    generator = np.random.default_rng(3)
    found = [combine(generator.uniform(size=4), np.zeros(4), [5, 10, 20, 40]).p_value for _ in range(500)]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_permutation_p_counts_the_observed_one():
    assert permutation_p(1.0, np.array([1.0, 0.2, 0.3, 0.1]), exact=True) == 0.25
    assert permutation_p(1.0, np.array([0.2, 0.3, 0.1]), exact=False) == 0.25


def test_an_interval_of_many_is_as_wide_as_theory_says():
    values = np.random.default_rng(4).normal(size=400)
    low, high = bootstrap_interval(lambda i: float(values[i].mean()), 400, n_bootstrap=4000, seed=0)
    half = 1.96 * values.std(ddof=1) / 20
    assert (low, high) == (pytest.approx(values.mean() - half, abs=0.01), pytest.approx(values.mean() + half, abs=0.01))


def test_one_unit_has_no_interval():
    assert bootstrap_interval(lambda i: 0.0, 1, n_bootstrap=100, seed=0) is None
