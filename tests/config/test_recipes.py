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


def test_the_promised_recipes_are_shipped() -> None:
    assert {"eegmill", "eegprep", "prep", "autoreject", "minimal", "decoding", "neuralbench"} <= set(SHIPPED)


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
        ([{"highpass": {"cutoff_hz": 30}}, {"lowpass": {"cutoff_hz": 10}}], "leave nothing of the signal"),
        ([{"lowpass": {"cutoff_hz": 10}}, {"highpass": {"cutoff_hz": 30}}], "leave nothing of the signal"),
        ([{"highpass": {"cutoff_hz": 40}}, {"lowpass": {"cutoff_hz": 40}}], "leave nothing of the signal"),
        (
            [{"clean_drifts": {"transition_hz": [20, 30]}}, {"lowpass": {"cutoff_hz": 25}}],
            "leave nothing of the signal",
        ),
        ([{"highpass": {"cutoff_hz": 60}}, {"resample": {"sfreq_hz": 100}}], "leave nothing of the signal"),
        ([{"lowpass": {"cutoff_hz": 30}}, {"line_noise": {"frequency_hz": 50}}], "'line_noise' works at 50 Hz"),
        ([{"resample": {"sfreq_hz": 100}}, {"line_noise": {"frequency_hz": 50}}], "'line_noise' works at 50 Hz"),
        ([{"resample": {"sfreq_hz": 100}}, {"lowpass": {"cutoff_hz": 60}}], "'lowpass' works at 60 Hz"),
        ([{"lowpass": {"cutoff_hz": 4}}, {"ica": {"fit_highpass_hz": 8}}], "'ica' works at 8 Hz"),
        ([{"ica": {}}, {"reference": {}}, {"remove_components": {}}], "'reference' must not lie between 'ica' and"),
        ([{"ica": {}}, {"reference": {}}, {"iclabel": {}}], "'reference' must not lie between 'ica' and"),
        ([{"ica": {}}, {"asr": {}}, {"iclabel": {}}], "'asr' must not lie between"),
        ([{"ica": {}}, {"remove_components": {}}, {"remove_components": {}}], "must not lie between"),
        ([{"ica": {"n_components": 1}}], "number of components (2 or more)"),
        ([{"ica": {"n_components": 2.5}}], "number of components (2 or more)"),
        ([{"annotate": {"muscle": {"band_hz": [140, 110]}}}], "rising frequencies"),
        ([{"windows": {"tolerances": [5, -5]}}], "lowest and then the highest"),
        ([{"epochs": {}}, {"windows": {"action": "cut"}}], "'windows' must not follow 'epochs'"),
        ([{"highpass": {"cutoff_hz": float("inf")}}], "cutoff_hz"),
        ([{"highpass": {"cutoff_hz": float("nan")}}], "cutoff_hz"),
        ([{"flatline": {"duration_s": 0}}], "duration_s"),
        ([{"epochs": {"length_s": -2}}], "length_s"),
        ([{"windows": {"max_bad_fraction": 25}}], "max_bad_fraction"),
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
    if "reference" not in names:
        return
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


@pytest.mark.parametrize(
    "recipe",
    [
        [{"lowpass": {"cutoff_hz": 45}}, {"line_noise": {"frequency_hz": 50}}],
        [{"ica": {}}, {"highpass": {}}, {"remove_components": {}}],
        [{"reference": {}}, {"ica": {}}, {"iclabel": {}}, {"remove_components": {}}, {"reference": {}}],
        [{"ica": {}}, {"remove_components": {}}, {"ica": {}}, {"remove_components": {}}],
        [{"ica": {}}, {"line_noise": {}}, {"reference": {"to": "none"}}, {"remove_components": {}}],
    ],
)
def test_an_unusual_order_that_makes_sense_is_taken(recipe: list[dict[str, object]]) -> None:
    assert load_recipe(recipe).steps
