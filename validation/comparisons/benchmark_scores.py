"""Scores of benchmarks: against MOABB, and what p-values and intervals are worth where the truth is known.

    python -m validation.comparisons.benchmark_scores

``MOABB_PYTHON`` names a Python with MOABB 1.7.2; without it, that comparison is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import stats

from eegmill.benchmark import score
from eegmill.benchmark.statistics import bootstrap_interval, combine, paired_p, standardised_mean_difference
from eegmill.signal.types import Floats, Ints
from validation.markdown import print_table
from validation.processes import ROOT

N_NULLS, N_INTERVALS = 100, 400
PEOPLE = (3, 5, 10, 20, 40)


def against_moabb() -> Iterator[tuple[str, str]]:
    """The largest differences from what MOABB finds on its made-up dataset."""
    with TemporaryDirectory() as name:
        command = [os.environ["MOABB_PYTHON"], "-m", "validation.peers.moabb_scores", name]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        found = json.loads((Path(name) / "found.json").read_text())
        items = dict(np.load(Path(name) / "items.npz"))
    for model, wanted in found["scores"].items():
        ours = score(items["x"], items["y"], items["groups"], model=model, seed=1).measured[0].of_groups
        largest = max(abs(ours[subject] - value) for subject, value in wanted.items())
        yield f"ROC AUC of {len(wanted)} subjects, {model}", f"{largest:.1e}"
    figures = found["statistics"]
    differences = {name: (0.5 + np.array(values)) - 0.5 for name, values in figures["differences"].items()}
    p = {name: paired_p(values, seed=0) for name, values in differences.items()}
    smd = {name: standardised_mean_difference(values) for name, values in differences.items()}
    yield "p of paired scores", f"{max(abs(p[name] - figures['p'][name]) for name in p):.1e}"
    yield "effect (SMD)", f"{max(abs(smd[name] - figures['smd'][name]) for name in smd):.1e}"
    together = combine([*p.values()], [*smd.values()], [len(one) for one in differences.values()])
    yield "p of three datasets together", f"{abs(together.p_value - figures['together'][0]):.1e}"
    yield "effect of three datasets together", f"{abs(together.smd - figures['together'][1]):.1e}"


def p_of_nothing(seed: int, *, between: bool) -> float:
    """The p-value of features that mean nothing."""
    generator = np.random.default_rng(seed)
    if between:  # 12 people of two kinds, 5 windows each, each person with a level of their own
        groups = np.repeat(np.arange(12), 5)
        y, x = np.array(["a", "b"])[groups % 2], generator.standard_normal((12, 3))[groups]
    else:  # 4 people, 10 moments each
        groups = np.repeat(np.arange(4), 10)
        y, x = np.tile(["a", "b"], 20), generator.standard_normal((40, 3))
    found = score(
        x + 0.3 * generator.standard_normal(x.shape),
        y,
        groups,
        model="ridge",
        seed=seed,
        n_bootstrap=0,
        n_permutations=19,
    ).measured[0]
    assert found.p_value is not None
    return found.p_value


def nulls() -> Iterator[tuple[str, ...]]:
    """How often p-values of nothing are small."""
    for between, design in ((False, "within people"), (True, "between people")):
        found = np.array([p_of_nothing(seed, between=between) for seed in range(N_NULLS)])
        even = stats.chisquare(np.histogram(found, bins=np.linspace(0.025, 1.025, 6))[0]).pvalue
        yield (
            design,
            f"{(found <= 0.05).mean():.3f}",
            f"{(found <= 0.2).mean():.3f}",
            f"{found.mean():.3f}",
            f"{even:.2f}",
        )


def _mean_of(values: Floats, indices: Ints) -> float:
    return float(values[indices].mean())


def coverage(n: int) -> float:
    """How often an interval of 95 % over n people holds the mean of all people."""
    generator = np.random.default_rng(n)
    hits = 0
    for seed in range(N_INTERVALS):
        values = generator.normal(0.7, 0.1, n)
        statistic = partial(_mean_of, values)
        low, high = bootstrap_interval(statistic, n, n_bootstrap=400, seed=seed) or (0.0, 0.0)
        hits += low <= 0.7 <= high
    return hits / N_INTERVALS


if __name__ == "__main__":
    if os.environ.get("MOABB_PYTHON"):
        print("\nThe largest difference from MOABB 1.7.2, on its own made-up dataset and on made-up scores:")
        print_table("what | difference", against_moabb())
    print(
        f"\nFeatures that mean nothing, {N_NULLS} sets each, 19 relabellings, ridge: how often p is small, its mean (0.525 if uniform),"
    )
    print("and the p-value of a test that it is uniform.")
    print_table("design | p ≤ 0.05 | p ≤ 0.2 | mean p | uniform", nulls())
    print(f"\nHow often an interval of 95 % over people holds the truth ({N_INTERVALS} draws of normal scores):")
    print_table(" | ".join(["people", *map(str, PEOPLE)]), [("held", *(f"{coverage(n):.3f}" for n in PEOPLE))])
