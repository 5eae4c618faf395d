from __future__ import annotations

import json

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.older_names import with_older_names, write_older_names


def test_every_file_is_written_and_no_new_name_is_left(pristine, tmp_path):
    written = write_older_names(pristine.derivative, tmp_path / "older")
    there = {path.name for path in (pristine.derivative / "prov").rglob("prov*") if path.is_file()}
    assert {path.name for path in written} == there
    text = "".join(path.read_text() for path in written)
    assert not any(name in text for name in ('"Files"', '"EnvironmentVariables"', '"SHA-256":', "bids::prov#"))


def test_the_names_are_those_of_the_former_examples(pristine, tmp_path):
    write_older_names(pristine.derivative, tmp_path)
    folder = tmp_path / "prov" / "prov-eegmill"
    (environment,) = json.loads((folder / "prov-eegmill_env.json").read_text())["Environments"]
    assert "EnvVars" in environment
    assert environment["Id"].startswith("bids::prov/#env-")
    entities = json.loads((folder / "prov-eegmill_ent.json").read_text())["Entities"]
    assert all("sha256" in entity["Digest"] for entity in entities)


def test_one_agent_stands_alone_and_several_in_a_list():
    assert with_older_names({"AssociatedWith": ["a"]}) == {"AssociatedWith": "a"}
    assert with_older_names({"AssociatedWith": ["a", "b"]}) == {"AssociatedWith": ["a", "b"]}


def test_the_derivative_itself_is_left_as_it_is(pristine):
    with pytest.raises(DerivativeError, match="lies in the derivative"):
        write_older_names(pristine.derivative, pristine.derivative / "older")
