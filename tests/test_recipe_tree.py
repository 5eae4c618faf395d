"""Recipes run as a tree end as each would alone."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections import Counter
from collections.abc import Sequence
from typing import Any

import mne
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eegmill import recipe_tree
from eegmill.chain import Chain, record_of, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError
from eegmill.recipe import Recipe
from eegmill.recipe_tree import Ended, run_tree
from eegmill.recording import Recording
from eegmill.records import Override

NAMES = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]
Entries = list[dict[str, dict[str, Any]]]


def recording() -> Recording:
    """Twenty seconds with a mixture of drifting sources, a flat channel, events and a bad stretch."""
    rng = np.random.default_rng(0)
    mixing = 0.3 * rng.standard_normal((10, 10)) + np.eye(10)
    x = 1e-5 * mixing @ np.cumsum(rng.standard_normal((10, 2000)), axis=1) / 10
    x += 1e-6 * rng.standard_normal(x.shape)
    x[3, 400:1500] = 0.0
    raw = mne.io.RawArray(x, mne.create_info(NAMES, 100.0, "eeg"), verbose="error")
    raw.set_montage("standard_1020", verbose="error")
    marks = mne.Annotations([1.0, 3.0, 6.0, 9.0, 12.0, 16.0, 7.0], [0] * 6 + [0.4], ["go"] * 6 + ["BAD_x"])
    return Recording(raw.set_annotations(marks))


def recipes_of(all_entries: Sequence[Entries]) -> list[Recipe]:
    return [load_recipe(entries) for entries in all_entries]


def alone(recipe: Recipe, overrides: Sequence[Override] = ()) -> Chain:
    return run_steps(Chain(recording()), recipe.steps, seed=7, overrides=overrides)


def as_tree(recipes: Sequence[Recipe], overrides: Sequence[Override] = ()) -> dict[int, Chain]:
    start = Chain(recording())
    ends = run_tree(start, [recipe.steps for recipe in recipes], seed=7, overrides=overrides)
    return {index: end.chain for end in ends for index in end.recipes}


def same(one: Chain, other: Chain, recipe: Recipe, overrides: Sequence[Override] = ()) -> None:
    """Samples, marks, epochs, components, decisions and record are equal to the last bit."""
    first, second = one.recording, other.recording
    np.testing.assert_array_equal(first.raw.get_data(), second.raw.get_data())
    assert first.raw.info["bads"] == second.raw.info["bads"]
    assert first.raw.annotations == second.raw.annotations
    assert (one.rejected, one.steps) == (other.rejected, other.steps)
    assert (first.epochs is None, first.ica is None) == (second.epochs is None, second.ica is None)
    if first.epochs is not None and second.epochs is not None:
        np.testing.assert_array_equal(first.epochs.get_data(), second.epochs.get_data())
    if first.ica is not None and second.ica is not None:
        np.testing.assert_array_equal(first.ica.unmixing_matrix_, second.ica.unmixing_matrix_)
    records = [record_of(chain, "x", recipe=recipe, seed=7, overrides=overrides) for chain in (one, other)]
    assert records[0] == records[1]


def step(name: str, **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parameters).map(lambda chosen: {name: chosen})


LEFT_OUT: st.SearchStrategy[dict[str, Any] | None] = st.none()
BLOCKS = [
    step("import"),
    LEFT_OUT | step("resample", sfreq_hz=st.just(50.0)),
    LEFT_OUT | step("flatline", duration_s=st.sampled_from([1.0, 30.0])),
    step("highpass", cutoff_hz=st.sampled_from([0.5, 1.0])),
    LEFT_OUT | step("annotate", muscle=st.none()),
    LEFT_OUT | step("windows", action=st.sampled_from(["annotate", "cut"]), window_s=st.just(0.5)),
    LEFT_OUT | step("ica", max_iterations=st.just(3)),
    LEFT_OUT | step("interpolate"),
    LEFT_OUT | step("reference", to=st.sampled_from(["average", ["Fp1"]])),
    LEFT_OUT | step("epochs", events=st.sampled_from([["go"], ["never"]]), tmax=st.sampled_from([0.4, 50.0])),
]
GRIDS = st.tuples(*(st.lists(block, min_size=1, max_size=2) for block in BLOCKS))


def combinations(grid: Sequence[Sequence[Any]], random: Any, n: int = 6) -> list[Entries]:
    """Some recipes of a grid: an option of every block, left-out ones left out."""
    chosen = [[random.choice(options) for options in grid] for _ in range(n)]
    return [[entry for entry in entries if entry is not None] for entries in chosen]


@pytest.mark.filterwarnings("ignore")
@given(grid=GRIDS, random=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_recipes_of_any_grid_end_as_each_would_alone(grid: Any, random: Any) -> None:
    recipes = recipes_of(combinations(grid, random))
    ended = as_tree(recipes)
    assert sorted(ended) == list(range(len(recipes)))
    for index, recipe in enumerate(recipes):
        same(ended[index], alone(recipe), recipe)


def test_a_step_that_recipes_share_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []

    def counted(chain: Chain, steps: Any, **given: Any) -> Chain:
        run.extend(step.name for step in steps)
        return run_steps(chain, steps, **given)

    monkeypatch.setattr(recipe_tree, "run_steps", counted)
    head: Entries = [{"import": {}}, {"highpass": {}}]
    tails: list[Entries] = [[{"reference": {}}], [{"lowpass": {"cutoff_hz": 20}}], [{"lowpass": {"cutoff_hz": 30}}], []]
    as_tree(recipes_of([[*head, *tail] for tail in tails]))
    assert Counter(run) == {"import": 1, "highpass": 1, "reference": 1, "lowpass": 2}


def test_the_recording_is_copied_only_where_the_tree_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    copies: list[int] = []
    original = recipe_tree.copied

    def counted(chain: Chain) -> Chain:
        copies.append(1)
        return original(chain)

    monkeypatch.setattr(recipe_tree, "copied", counted)
    as_tree(recipes_of([[{"highpass": {"cutoff_hz": hz}}, {"reference": {}}] for hz in (0.5, 1.0, 2.0)]))
    assert len(copies) == 2


def n_recipes(end: Ended) -> int:
    return len(end.recipes)


def test_no_more_recordings_are_in_memory_than_the_tree_is_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    start = [Chain(recording())]
    seen = {id(start[0].recording.raw): weakref.ref(start[0].recording.raw)}
    counts: list[int] = []

    def counted(chain: Chain, steps: Any, **given: Any) -> Chain:
        gc.collect()
        for index in [index for index, one in seen.items() if one() is None]:
            del seen[index]
        seen[id(chain.recording.raw)] = weakref.ref(chain.recording.raw)
        counts.append(len(seen))
        return run_steps(chain, steps, **given)

    monkeypatch.setattr(recipe_tree, "run_steps", counted)
    filters = [[{"highpass": {"cutoff_hz": hz}} for hz in (0.5, 0.7, 1.0)] for _ in range(2)]
    filters += [[{"lowpass": {"cutoff_hz": hz}} for hz in (20, 25, 30)]]
    recipes = recipes_of([list(entries) for entries in itertools.product(*filters)])
    steps = [recipe.steps for recipe in recipes]
    assert sum(map(n_recipes, run_tree(start.pop(), steps, seed=7))) == 27
    assert max(counts) == 4  # one that grows, and one at each of the three forks above it
    assert counts[-1] == 1  # the last branch of each fork took the original


def test_a_recipe_that_others_go_on_from_is_not_changed_by_them() -> None:
    short: Entries = [{"highpass": {}}]
    recipes = recipes_of([[*short, {"reference": {}}], short, [*short, {"lowpass": {"cutoff_hz": 20}}]])
    ended = as_tree(recipes)
    for index, recipe in enumerate(recipes):
        same(ended[index], alone(recipe), recipe)


def test_a_rejection_ends_its_own_branch_alone() -> None:
    never: Entries = [{"epochs": {"events": ["never"]}}]
    head: Entries = [{"highpass": {}}]
    recipes = recipes_of([[*head, *never], [*head, {"reference": {}}], [*head, *never, {"autoreject": {}}]])
    start = Chain(recording())
    ends = list(run_tree(start, [recipe.steps for recipe in recipes], seed=7))
    assert [end.recipes for end in ends] == [(0, 2), (1,)]
    assert "epochs: None of the events never" in str(ends[0].chain.rejected)
    assert ends[1].chain.rejected is None


def test_an_error_ends_its_own_branch_alone_and_is_handed_on() -> None:
    partly: Entries = [{"highpass": {}}, {"epochs": {"events": ["go", "never"]}}]
    recipes = recipes_of([partly, [{"highpass": {}}, {"reference": {}}]])
    ends = list(run_tree(Chain(recording()), [recipe.steps for recipe in recipes], seed=7))
    assert isinstance(ends[0].error, ConfigurationError)
    assert [step.name for step in ends[0].chain.steps] == ["highpass"]
    assert (ends[1].recipes, ends[1].error) == ((1,), None)


def test_equal_recipes_end_together() -> None:
    recipes = recipes_of([[{"highpass": {}}], [{"highpass": {}}]])
    ends = list(run_tree(Chain(recording()), [recipe.steps for recipe in recipes], seed=7))
    assert [end.recipes for end in ends] == [(0, 1)]


def test_the_second_of_a_step_has_another_seed_than_the_first() -> None:
    twice: Entries = [{"ica": {"max_iterations": 2}}, {"ica": {"max_iterations": 2}}]
    (recipe,) = recipes = recipes_of([twice])
    chain = as_tree(recipes)[0]
    assert chain.steps[0].seed != chain.steps[1].seed
    same(chain, alone(recipe), recipe)


def test_decisions_of_a_person_are_laid_over_every_branch() -> None:
    overrides = [Override(kind="channel", name="C3", decision="bad", reason="loose")]
    overrides.append(Override(kind="segment", onset_s=2.0, duration_s=1.0, decision="bad"))
    tails: list[Entries] = [[{"reference": {}}], [{"interpolate": {}}], [{"windows": {"action": "cut"}}]]
    recipes = recipes_of([[{"import": {}}, {"highpass": {}}, *tail] for tail in tails])
    ended = as_tree(recipes, overrides)
    for index, recipe in enumerate(recipes):
        same(ended[index], alone(recipe, overrides), recipe, overrides)


def test_a_recipe_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="index 1 has no steps"):
        list(run_tree(Chain(recording()), [recipes_of([[{"highpass": {}}]])[0].steps, ()], seed=7))
