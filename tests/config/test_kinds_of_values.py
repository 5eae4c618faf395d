"""A value of another kind than a parameter wants is refused in one sentence, whatever the step."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.models import load_configuration
from eegmill.config.recipes import read_step
from eegmill.errors import ConfigurationError
from eegmill.models import Frozen
from eegmill.steps import STEPS

Case = tuple[str, tuple[str, ...]]


def kinds(annotation: Any) -> set[Any]:
    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return {member for member in members if member is not type(None)}


def parameters(model: type[Frozen], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], set[Any]]]:
    for name, field in model.model_fields.items():
        found = kinds(field.annotation)
        yield (*path, name), found
        for kind in found:
            if isinstance(kind, type) and issubclass(kind, Frozen):
                yield from parameters(kind, (*path, name))


ALL = [(step, path, found) for step, model in STEPS.items() for path, found in parameters(model)]
NUMBERS: list[Case] = [(step, path) for step, path, found in ALL if found <= {int, float}]
WHOLE: list[Case] = [(step, path) for step, path, found in ALL if found == {int}]
TRUTHS: list[Case] = [(step, path) for step, path, found in ALL if found == {bool}]
LISTS: list[Case] = [(step, path) for step, path, found in ALL if any(get_origin(kind) is tuple for kind in found)]
KEEPS_ITS_OWN_WORDS = {("ica", ("n_components",))}


def entry(step: str, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return {step: value}


def refusal(step: str, path: tuple[str, ...], value: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_step(entry(step, path, value), "mine")
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"Recipe 'mine', step '{step}': parameter '{'.'.join(path)}")
    return line


def read(step: str, path: tuple[str, ...], value: Any) -> Any:
    found: Any = read_step(entry(step, path, value), "mine")
    for name in path:
        found = getattr(found, name)
    return found


def test_every_kind_of_parameter_is_looked_at() -> None:
    assert len(NUMBERS) > 50
    assert min(len(WHOLE), len(TRUTHS), len(LISTS)) > 4


@pytest.mark.parametrize(("step", "path"), NUMBERS)
def test_what_is_no_number_is_refused(step: str, path: tuple[str, ...]) -> None:
    for value in (True, False, float("nan"), float("inf"), "nan", "inf", "0,5", "a", [5], {"a": 1}):
        told = refusal(step, path, value)
        assert f"has the value {value!r}" in told
        assert "allowed: " in told or (step, path) in KEEPS_ITS_OWN_WORDS
        assert ("YAML" in told) == isinstance(value, bool) or (step, path) in KEEPS_ITS_OWN_WORDS


@pytest.mark.parametrize(("step", "path"), TRUTHS)
def test_what_is_neither_true_nor_false_is_refused(step: str, path: tuple[str, ...]) -> None:
    for value in (0, 1, 1.0, 2, "1", "0", "maybe", "", [True], None):
        assert "allowed: true, false" in refusal(step, path, value)


@pytest.mark.parametrize(("step", "path"), TRUTHS)
def test_all_that_yaml_takes_for_true_is_true(step: str, path: tuple[str, ...]) -> None:
    for word in ("yes", "Yes", "'yes'", "on", "'on'", "true", "'TRUE'", "y"):
        assert read(step, path, yaml.safe_load(word)) is True


@pytest.mark.parametrize(("step", "path"), WHOLE)
def test_a_whole_number_may_be_written_with_a_point_and_no_other_may(step: str, path: tuple[str, ...]) -> None:
    assert read(step, path, 7.0) == read(step, path, "7") == 7
    assert "allowed: whole number" in refusal(step, path, 7.5)


@pytest.mark.parametrize(("step", "path"), LISTS)
def test_one_value_is_no_list(step: str, path: tuple[str, ...]) -> None:
    for value in (True, 7, "go"):
        assert "allowed: " in refusal(step, path, value)


@pytest.mark.parametrize(
    "given",
    [
        entry("windows", ("tolerances",), [None, True]),
        entry("annotate", ("muscle", "band_hz"), [True, 140]),
        entry("autoreject", ("consensus",), [0.1, True]),
    ],
)
def test_a_truth_within_a_list_of_numbers_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="has the value True: allowed: "):
        read_step(given, "mine")


def test_a_name_that_yaml_reads_as_true_is_to_be_quoted() -> None:
    assert "'events.0' has the value True, as YAML reads yes, no, on and off: write it in quotes" in refusal(
        "epochs", ("events",), yaml.safe_load("[yes]")
    )


@given(st.floats(min_value=1e-9, max_value=1e3))
def test_a_number_that_yaml_reads_as_text_is_that_number(number: float) -> None:
    for text in (f"{number:.17g}", f"{number:.17e}", repr(number)):
        assert read("bad_channels", ("loud_sd",), yaml.safe_load(text)) == number


@pytest.mark.parametrize("value", [False, True, 0, 1, [], [1.0], "off", 0.5])
def test_a_step_takes_no_value_in_place_of_its_parameters(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="is no parameter: write 'highpass' alone"):
        read_step({"highpass": value}, "mine")


@pytest.mark.parametrize(
    "values",
    [{"seed": True}, {"epochs": {"tmin": True}}, {"index": {"window_s": True}}, {"recordings_per_job": True}],
)
def test_a_configuration_is_no_less_strict(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="has the value True: allowed: "):
        load_configuration(values)


def test_a_share_of_a_split_is_a_number() -> None:
    with pytest.raises(ConfigurationError, match=r"index.split.train.*a number is wanted"):
        load_configuration({"index": {"split": {"train": True}}})
