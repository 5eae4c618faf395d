"""The configuration: defaults, and one clear sentence for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from eegmill.config.models import Configuration, load_configuration
from eegmill.config.text import commented_configuration, configuration_table, steps_text
from eegmill.errors import ConfigurationError
from eegmill.files.shipped import workflow_root


def test_the_default_file_says_what_the_model_says() -> None:
    text = (workflow_root() / "config" / "ds.yaml").read_text(encoding="utf-8")
    assert load_configuration(yaml.safe_load(text)) == Configuration()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"recipi": "prep"}, "'recipi' is not known; did you mean 'recipe'?"),
        ({"api": {"ulr": "x"}}, "'api.ulr' is not known; did you mean 'api.url'?"),
        ({"epochs": {"tmin": 1}}, "'tmax' (0.8 s) must be after 'tmin' (1 s)"),
        ({"epochs": {"tmn": 1}}, "'epochs.tmn' is not known; did you mean 'epochs.tmin'?"),
        ({"select": {"subject": [1]}}, "is the number 1: write it in quotes"),
        ({"seed": "many"}, "'seed' has the value 'many': allowed: whole number ≥ 0, < 2147483648"),
        ({"seed": -1}, "'seed' has the value -1"),
        ({"datasets": []}, "'datasets' has the value []"),
        ({"datasets": ["a b"]}, "'a b' is no dataset ID"),
        ({"datasets": ["ds1", "ds1"]}, "a dataset is named twice"),
        ({"output": ""}, "'output' has the value ''"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(values: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_configuration(values)
    assert words in str(error.value)


def test_two_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as error:
        load_configuration({"seed": -1, "recipi": "prep"})
    assert len(str(error.value).splitlines()) == 2


def test_a_commented_configuration_reads_back_as_itself() -> None:
    configuration = load_configuration({"datasets": ["ds003805"], "seed": 7, "recipe": "prep"})
    assert load_configuration(yaml.safe_load(commented_configuration(configuration))) == configuration


def test_the_page_of_keys_is_fresh() -> None:
    page = (Path(__file__).parents[2] / "config" / "README.md").read_text(encoding="utf-8")
    assert configuration_table() in page
    assert steps_text() in page, "run tools/docs.py"


def test_the_schema_of_the_configuration_is_fresh_and_takes_the_default_file() -> None:
    root = Path(__file__).parents[2]
    schema = json.loads((root / "workflow" / "schemas" / "config.schema.json").read_bytes())
    assert schema.pop("$schema")
    assert schema == Configuration.model_json_schema(), "run tools/docs.py"
    jsonschema.validate(yaml.safe_load((root / "config" / "ds.yaml").read_text(encoding="utf-8")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"recipi": "prep"}, schema)
