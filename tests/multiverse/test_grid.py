"""Grids: what is read, what is refused and in which words, which universes there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.recipes import load_recipe
from eegmill.errors import ConfigurationError
from eegmill.files.shipped import workflow_root
from eegmill.multiverse.grid import load_grid, read_grid
from eegmill.multiverse.universes import multiverse_of

RECIPE = [{"import": {}}, {"highpass": {"cutoff_hz": 0.5}}, {"lowpass": {"cutoff_hz": 40}}, {"reference": {}}]
CHOICES: dict[str, Any] = {"lowpass": {"options": {"left out": None}}}


def grid(**changes: Any) -> dict[str, Any]:
    return {"datasets": ["eegmill-sample"], "recipe": RECIPE, "choices": CHOICES, **changes}


def steps_of(values: dict[str, Any]) -> list[list[str]]:
    return [[step.name for step in one.recipe.steps] for one in multiverse_of("x", load_grid(values)).universes]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"choises": {}}, "'choises' is not known; did you mean 'choices'"),
        ({"choices": {"lowpass": {"option": {"x": None}}}}, "has no key 'option'; did you mean 'options'"),
        ({"choices": {"lowpass": {"options": {"x": "lowpas"}}}}, "'lowpass: x': step 'lowpas' is not known"),
        ({"choices": {"lowpass": {"options": {"x": {"lowpass": {"cut": 3}}}}}}, "did you mean 'cutoff_hz'"),
        ({"choices": {"lowpas": {"options": {"x": None}}}}, "'lowpas' is about the step 'lowpas', and the recipe has"),
        ({"choices": {"lowpass": {"options": {False: None}}}}, "quote it"),
        ({"choices": {"lowpass": {"base": "x", "options": {"x": None}}}}, "call one of them otherwise"),
        ({"choices": {}}, "choices"),
        ({"datasets": []}, "name recordings under 'datasets' or 'files'"),
        ({"measures": {"erp": {"channels": ["Cz"], "window_s": [0, 1]}}}, "need 'trials'"),
        ({"measures": {"trials": {"events": ["a"]}, "decoding": {}}}, "name two in 'trials.events'"),
        ({"measures": {"trials": {"events": ["a", "a"]}}}, "compared with itself"),
        ({"measures": {"trials": {"events": ["a"], "epoch_s": [0, 1]}}}, "must be an interval inside (0.0, 1.0)"),
        ({"measures": {"trials": {"events": ["a"]}, "erp": {"channels": ["Cz"], "window_s": [0.5, 1]}}}, "must lie in"),
        ({"conclusion": {"measure": "erp"}}, "about 'erp', and measured are: power_theta, power_alpha"),
        ({"conclusion": {"measure": "power_alpha"}}, "say 'between' which recordings"),
        ({"recipe": "minimall"}, "did you mean 'minimal'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_the_way_out(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        multiverse_of("x", load_grid(grid(**changes)))
    assert words in str(caught.value)


def test_more_combinations_than_anybody_can_look_at_are_refused() -> None:
    options = {str(hz): {"lowpass": {"cutoff_hz": hz}} for hz in range(10, 40)}
    choices = {name: {"steps": "lowpass", "options": options} for name in "abcde"}
    with pytest.raises(ConfigurationError, match="combinations are more than"):
        load_grid(grid(choices=choices))


def test_a_grid_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "grid.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"grid\.yaml' cannot be read"):
        read_grid(tmp_path / "grid.yaml")


def test_paths_count_from_the_folder_of_the_grid(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(b"")
    text = "files: [a.edf]\nrecipe: minimal\nchoices: {lowpass: {options: {none: null}}}\n"
    (tmp_path / "grid.yaml").write_text(text, encoding="utf-8")
    assert read_grid(tmp_path / "grid.yaml").files == (str(tmp_path / "a.edf"),)


def test_universes_are_all_combinations_and_the_first_is_the_recipe_itself() -> None:
    choices = {
        "lowpass": {"options": {"none": None}},
        "reference": {"options": {"none": None, "first": [{"reference": {"to": ["Cz"]}}]}},
    }
    found = multiverse_of("x", load_grid(grid(choices=choices)))
    assert [one.ways for one in found.universes] == [
        (lowpass, reference) for lowpass in ("as it is", "none") for reference in ("as it is", "none", "first")
    ]
    assert found.universes[0].recipe.steps == load_recipe(RECIPE).steps


def test_a_choice_can_be_about_several_steps_and_put_several_in_their_place() -> None:
    choices = {"filters": {"steps": ["highpass", "lowpass"], "options": {"one": ["clean_drifts"], "none": None}}}
    assert steps_of(grid(choices=choices)) == [
        ["import", "highpass", "lowpass", "reference"],
        ["import", "clean_drifts", "reference"],
        ["import", "reference"],
    ]


def test_the_second_step_of_a_name_has_a_number() -> None:
    recipe = [*RECIPE, {"lowpass": {"cutoff_hz": 30}}]
    choices = {"lowpass#2": {"options": {"none": None}}}
    found = multiverse_of("x", load_grid(grid(recipe=recipe, choices=choices))).universes[1]
    assert found.recipe.steps == load_recipe(RECIPE).steps


def test_two_choices_about_one_step_are_refused() -> None:
    choices = {
        "lowpass": {"options": {"none": None}},
        "both": {"steps": ["highpass", "lowpass"], "options": {"none": None}},
    }
    with pytest.raises(ConfigurationError, match="'lowpass' and 'both' are both about 'lowpass#1'"):
        multiverse_of("x", load_grid(grid(choices=choices)))


def test_steps_that_do_not_stand_together_are_refused() -> None:
    choices = {"x": {"steps": ["highpass", "reference"], "options": {"none": None}}}
    with pytest.raises(ConfigurationError, match="do not stand one behind the other"):
        multiverse_of("x", load_grid(grid(choices=choices)))


def test_a_combination_that_makes_no_sense_is_dropped_with_the_reason() -> None:
    choices = {
        "highpass": {"options": {"50 Hz": {"highpass": {"cutoff_hz": 50}}}},
        "lowpass": {"options": {"none": None}},
    }
    found = multiverse_of("x", load_grid(grid(choices=choices)))
    assert [one.number for one in found.universes] == [0, 1, 3]
    (dropped,) = found.dropped
    assert (dropped.number, dropped.ways) == (2, ("50 Hz", "as it is"))
    assert "leave nothing of the signal" in dropped.reason
    with pytest.raises(ConfigurationError, match=r"no universe 2: .*leave nothing"):
        found.universe(2)


def test_a_combination_that_is_another_once_more_is_dropped() -> None:
    choices = {"lowpass": {"options": {"the same": {"lowpass": {"cutoff_hz": 40}}}}}
    (dropped,) = multiverse_of("x", load_grid(grid(choices=choices))).dropped
    assert dropped.reason == "It is the same recipe as universe 0."


def test_a_recipe_that_makes_no_sense_by_itself_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="needs 'ica'"):
        multiverse_of("x", load_grid(grid(recipe=[{"remove_components": {}}])))


@pytest.mark.parametrize("name", ["inputs", "../x", ".hidden", ""])
def test_names_that_no_folder_of_results_should_have_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be called"):
        multiverse_of(name, load_grid(grid()))


def test_components_that_a_person_judged_are_refused(tmp_path: Path) -> None:
    head = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason"
    row = "eegmill-sample\tsub-01_task-attention\tcomponent\t3\tn/a\tn/a\tbad\tblink"
    (tmp_path / "o.tsv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    recipe = [{"import": {}}, {"lowpass": {"cutoff_hz": 40}}, {"ica": {}}, {"iclabel": {}}]
    with pytest.raises(ConfigurationError, match=r"component '3'.* each universe has its own"):
        multiverse_of("x", load_grid(grid(recipe=recipe, overrides=str(tmp_path / "o.tsv"))))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_there_are_as_many_universes_as_the_product_of_the_ways(counts: list[int]) -> None:
    recipe = [{"lowpass": {"cutoff_hz": 60 - index}} for index in range(len(counts))]
    choices = {
        f"lowpass#{index + 1}": {
            "options": {f"{n} lower": {"lowpass": {"cutoff_hz": 40 - index - 5 * n}} for n in range(count)}
        }
        for index, count in enumerate(counts)
    }
    found = multiverse_of("x", load_grid(grid(recipe=recipe, choices=choices)))
    expected = 1
    for count in counts:
        expected *= count + 1
    assert len(found.universes) + len(found.dropped) == expected
    assert len({one.recipe.steps for one in found.universes}) == len(found.universes)


@pytest.mark.parametrize(
    ("name", "universes"), [("multiverse_reference", 8), ("multiverse_eegprep", 128), ("multiverse_factorial", 128)]
)
def test_the_grids_that_ship_have_all_their_universes(name: str, universes: int) -> None:
    found = multiverse_of(name, read_grid(workflow_root() / "config" / f"{name}.yaml"))
    assert (len(found.universes), found.dropped) == (universes, ())
