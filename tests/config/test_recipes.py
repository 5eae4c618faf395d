"""Recipes: read from a name, a file or a list; refused where the order makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.config.models import EpochsChoice
from eegmill.config.recipes import load_recipe, recorded_recipe
from eegmill.errors import ConfigurationError
from eegmill.files.shipped import workflow_root

SHIPPED = sorted(path.stem for path in (workflow_root() / "config" / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_can_be_read(name: str) -> None:
    assert load_recipe(name).steps


def test_the_four_promised_recipes_are_shipped() -> None:
    assert {"eegprep", "prep", "autoreject", "minimal"} <= set(SHIPPED)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("egprep", "did you mean 'eegprep'?"),
        ([{"highpas": {}}], "did you mean 'highpass'?"),
        ([{"highpass": {"cutof_hz": 1}}], "'cutof_hz' is not known; did you mean 'cutoff_hz'?"),
        ([{"highpass": {"cutoff_hz": -1}}], "has the value -1"),
        ([], "has no steps"),
        ([{"remove_components": {}}], "needs 'ica' before it"),
        ([{"epochs": {}}, {"highpass": {}}], "'highpass' must not follow 'epochs'"),
        ([{"highpass": {}, "ica": {}}], "each step is one name with its parameters"),
    ],
)
def test_a_wrong_recipe_is_refused_with_the_reason(recipe: str | list[dict[str, object]], words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_recipe(recipe)
    assert words in str(error.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_looks_for_dead_channels_before_the_average(name: str) -> None:
    names = [step.name for step in load_recipe(name).steps]
    found = min(names.index(step) for step in ("flatline", "bad_channels") if step in names)
    robust = "robust" in str(load_recipe(name).steps[names.index("reference")])
    assert robust or found < names.index("interpolate") <= names.index("reference")


def test_a_recipe_file_takes_its_name_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("steps:\n  - highpass: {cutoff_hz: 0.5}\n  - reference\n", encoding="utf-8")
    recipe = load_recipe(path)
    assert recipe.name == "mine"
    assert [step.name for step in recipe.steps] == ["highpass", "reference"]


def test_a_recipe_is_cut_behind_the_ica() -> None:
    recipe = load_recipe([{"highpass": {}}, {"ica": {}}, {"iclabel": {}}, {"remove_components": {}}])
    head, tail = recipe.split()
    assert [step.name for step in head] == ["highpass", "ica"]
    assert [step.name for step in tail] == ["iclabel", "remove_components"]


def test_epochs_of_the_configuration_come_last() -> None:
    recipe = load_recipe([{"highpass": {}}], epochs=EpochsChoice(events=("square",)))
    assert [step.name for step in recipe.steps] == ["highpass", "epochs", "autoreject"]


def test_epochs_without_events_last_from_tmin_to_tmax_and_have_no_baseline() -> None:
    (epochs,) = load_recipe([{"epochs": {}}], epochs=EpochsChoice(autoreject=False)).steps
    assert epochs.model_dump(include={"length_s", "baseline"}) == {"length_s": 1.0, "baseline": None}


def test_epochs_of_the_configuration_replace_those_of_the_recipe() -> None:
    recipe = load_recipe([{"epochs": {}}, {"autoreject": {"method": "global"}}], epochs=EpochsChoice(tmax=0.5))
    assert [step.name for step in recipe.steps] == ["epochs", "autoreject"]
    assert recipe.steps[0].model_dump()["length_s"] == 0.7
    assert recipe.steps[1].model_dump()["method"] == "global"


def test_a_recorded_recipe_of_another_version_has_the_present_names_of_its_parameters() -> None:
    text = "name: mine\nsteps:\n- import:\n    least_duration_s: 12.0\n"
    (step,) = recorded_recipe(text).steps
    assert step.model_dump()["min_duration_s"] == 12.0
