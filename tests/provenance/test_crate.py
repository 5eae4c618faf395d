from __future__ import annotations

import json

import pytest

from eegmill.credit import Author, Credit
from eegmill.provenance.crate import NAME, write_crate
from eegmill.provenance.environment import describe
from eegmill.provenance.manifest import read_manifest


@pytest.fixture(scope="module")
def graph(pristine):
    return {item["@id"]: item for item in json.loads((pristine.derivative / NAME).read_text())["@graph"]}


def references(value):
    if isinstance(value, dict) and value.keys() == {"@id"}:
        yield value["@id"]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references(item)


def test_the_crate_claims_the_five_profiles(graph):
    claimed = {item["@id"] for item in graph["./"]["conformsTo"]} | {item["@id"] for item in graph[NAME]["conformsTo"]}
    for profile in ("ro/crate/1.1", "process/0.5", "workflow/0.5", "provenance/0.5", "workflow-ro-crate/1.0"):
        assert any(identifier.endswith(profile) for identifier in claimed)


def test_every_local_reference_resolves(pristine, graph):
    outside = ("http://", "https://")
    for item in graph.values():
        for target in references(item):
            assert target in graph or target.startswith(outside), (item["@id"], target)


def test_each_result_has_the_digest_of_the_manifest(pristine, graph):
    manifest = read_manifest(pristine.derivative)
    data = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"
    assert graph[data]["sha256"] == manifest[data]


def test_each_job_names_its_tool_inputs_and_results(pristine, graph):
    job = graph[f"#{pristine.activities[0].id.rpartition('#')[2]}"]
    assert job["@type"] == "CreateAction"
    assert job["instrument"] == {"@id": "code/Snakefile#clean"}
    assert {"@id": "#seed-7"} in job["object"]
    assert any(result["@id"].endswith("_eeg.eeg") for result in job["result"])


def test_every_part_is_an_entity_and_every_local_part_a_file(pristine, graph):
    for part in graph["./"]["hasPart"]:
        assert part["@id"] in graph
        if ":" not in part["@id"]:
            assert (pristine.derivative / part["@id"]).is_file()


def test_without_activities_there_is_no_crate(world):
    assert write_crate(world.derivative, [], describe(), world.lock) is None
    assert not (world.derivative / NAME).exists()


def test_public_addresses_of_the_source_are_used(world):
    text = world.lock.model_dump_json().replace(
        world.lock.recordings[0].files[0].url.rpartition("/")[0], "s3://bucket/tiny"
    )
    lock = type(world.lock).model_validate_json(text)
    write_crate(world.derivative, world.activities, describe(), lock)
    assert '"s3://bucket/tiny/' in (world.derivative / NAME).read_text()


def test_no_identifier_stands_for_two_things(pristine):
    entities = json.loads((pristine.derivative / NAME).read_text())["@graph"]
    assert len({item["@id"] for item in entities}) == len(entities)


def test_agent_author_and_publisher_are_named(world):
    credit = Credit(authors=(Author(name="Doe, Ann", affiliation="Here"),), publisher="The Laboratory")
    write_crate(world.derivative, world.activities, describe(), world.lock, credit=credit)
    found = {item["@id"]: item for item in json.loads((world.derivative / NAME).read_text())["@graph"]}
    assert found[found["./"]["author"]["@id"]]["name"] == "Doe, Ann"
    assert found[found["./"]["publisher"]["@id"]]["name"] == "The Laboratory"
    actions = [item for item in found.values() if item["@type"] in ("CreateAction", "OrganizeAction", "ControlAction")]
    assert {action["agent"]["@id"] for action in actions} == {found["./"]["author"]["@id"]}


def test_an_author_is_not_made_up(graph):
    agent = graph[graph["./"]["author"]["@id"]]
    assert agent["name"] == "not named"


def test_every_act_tells_its_results(graph):
    acts = [item for item in graph.values() if item["@type"] in ("CreateAction", "OrganizeAction")]
    assert acts
    assert all(item["result"] for item in acts)
