"""Records against BIDS-Prov (BEP028) as it stands: what its text asks for, and its own schema where there is a copy.

The tables below are those of the proposal (bids-standard/bids-specification, branch ``bep028`` at 02172700a of
2026-04-02, ``src/schema/objects/metadata.yaml``, CC-BY-4.0), in our own words. The proposal is not merged: to compare
with a newer state of it, and with its example datasets, name a checkout of that branch by EEGMILL_BEP028, and one of
bids-standard/bids-examples, branch ``BEP028_omnibus``, by EEGMILL_BEP028_EXAMPLES.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from eegmill.files.tables import read_tsv
from eegmill.provenance.json_schemas import faults

KEYS = {"act": ("Activities",), "soft": ("Software",), "env": ("Environments",), "ent": ("Files", "Datasets")}
"""What a file of each kind holds; one with entities may also hold ``prov:Entity``, which eegmill has no need of."""
REQUIRED = {
    "Activities": {"Id", "Label", "Command"},
    "Software": {"Id", "Label", "Version"},
    "Environments": {"Id", "Label"},
    "Files": {"Id", "Label"},
}
OPTIONAL = {
    "Activities": {"Description", "AssociatedWith", "Used", "Type", "StartedAtTime", "EndedAtTime"},
    "Software": {"AlternativeIdentifier", "ActedOnBehalfOf"},
    "Environments": {"AlternativeIdentifier", "EnvironmentVariables", "OperatingSystem", "Dependencies"},
    "Files": {"Digest", "AtLocation", "GeneratedBy", "Type"},
}
ADDED = {"Activities": {"Parameters", "Resources"}}
"""Keys of eegmill's own: the proposal forbids none."""
LINKS = {"AssociatedWith", "Used", "AlternativeIdentifier", "ActedOnBehalfOf", "GeneratedBy"}
"""Lists of identifiers, never empty."""


def records(folder: Path) -> list[tuple[str, str, dict]]:
    """Name, kind and content of every file of records."""
    paths = sorted(folder.rglob("prov-*_*.json"))
    return [(path.name, path.stem.rpartition("_")[2], json.loads(path.read_text())) for path in paths]


def test_each_file_holds_what_its_kind_does(pristine):
    for name, kind, content in records(pristine.derivative):
        assert content, name
        assert content.keys() <= set(KEYS[kind]), name


def test_each_object_has_the_keys_that_are_required_and_no_unknown_ones(pristine):
    for name, _, content in records(pristine.derivative):
        for key, objects in content.items():
            for item in objects:
                assert REQUIRED[key] <= item.keys(), name
                assert item.keys() <= REQUIRED[key] | OPTIONAL[key] | ADDED.get(key, set()), name


def test_links_are_lists_of_identifiers_and_never_empty(pristine):
    for name, _, content in records(pristine.derivative):
        for item in (item for objects in content.values() for item in objects):
            for key in LINKS & item.keys():
                assert isinstance(item[key], list), (name, key)
                assert item[key], (name, key)
                assert all(":" in link for link in item[key]), (name, key)


def test_each_group_has_exactly_one_row(pristine):
    rows = [row["provenance_id"] for row in read_tsv(pristine.derivative / "prov" / "provenance.tsv")]
    groups = {name.rpartition("_")[0] for name, _, _ in records(pristine.derivative)}
    assert sorted(rows) == sorted(groups)


@pytest.fixture(scope="module")
def proposed() -> dict:
    """The fields of the proposal's schema, from a checkout."""
    folder = os.environ.get("EEGMILL_BEP028")
    if not folder:
        pytest.skip("needs a checkout of bids-specification, branch bep028: set EEGMILL_BEP028")
    return yaml.safe_load((Path(folder) / "src" / "schema" / "objects" / "metadata.yaml").read_text())


def resolved(value, fields):
    """A definition of the schema with the definitions that it refers to, as JSON Schema without unknown formats."""
    if isinstance(value, list):
        return [resolved(item, fields) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        target = fields
        for part in value["$ref"].removeprefix("objects.metadata.").split("."):
            target = target[part]
        return resolved(target, fields)
    return {key: resolved(item, fields) for key, item in value.items() if key != "format"}


def test_every_file_fits_the_schema_of_the_proposal(pristine, proposed):
    for name, _, content in records(pristine.derivative):
        for key, objects in content.items():
            found = Draft202012Validator(resolved(proposed[key], proposed)).iter_errors(objects)
            assert [error.message for error in found] == [], name


def test_the_tables_here_are_those_of_the_proposal(proposed):
    for key, required in REQUIRED.items():
        objects = proposed[key]["items"]
        assert set(objects["required"]) == required
        assert set(objects["properties"]) == required | OPTIONAL[key]


def test_the_examples_of_the_proposal_fit_the_shipped_schemas():
    folder = os.environ.get("EEGMILL_BEP028_EXAMPLES")
    if not folder:
        pytest.skip("needs a checkout of bids-examples, branch BEP028_omnibus: set EEGMILL_BEP028_EXAMPLES")
    found = [(name, faults(f"prov_{kind}", content)) for name, kind, content in records(Path(folder))]
    assert found
    assert [(name, wrong) for name, wrong in found if wrong] == []
