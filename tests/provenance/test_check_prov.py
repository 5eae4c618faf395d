from __future__ import annotations

import json

import pytest

from eegmill.provenance.check_prov import activity_ids, check_prov
from eegmill.provenance.manifest import read_manifest

ACT = "prov/prov-sub01+taskodd/prov-sub01+taskodd_act.json"
ENT = "prov/prov-eegmill/prov-eegmill_ent.json"


def problems(world):
    return [str(finding) for finding in check_prov(world.derivative, read_manifest(world.derivative))]


def edit(world, path, change):
    content = json.loads((world.derivative / path).read_text())
    change(content)
    (world.derivative / path).write_text(json.dumps(content))


def test_what_was_written_is_whole(pristine):
    assert problems(pristine) == []


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        (ACT, lambda c: c["Activities"][0].pop("Command"), "'Command' is a required property"),
        (ACT, lambda c: c["Activities"][0].update(AssociatedWith="bids::prov#mne"), "is not of type 'array'"),
        (ACT, lambda c: c["Activities"][0]["Used"].append("bids::prov#env-00000000"), "which is nowhere"),
        (ACT, lambda c: c["Activities"][0]["Used"].append("bids:raw:ghost.eeg"), "which is nowhere"),
        (ENT, lambda c: c["Files"][0]["Digest"].update({"SHA-256": "0" * 64}), "has not the SHA-256"),
    ],
)
def test_a_fault_is_found(world, path, change, told):
    edit(world, path, change)
    assert any(told in problem for problem in problems(world))


def test_two_descriptions_of_one_thing_are_found(world):
    edit(world, ACT, lambda c: c["Activities"].append({**c["Activities"][0], "Label": "Another"}))
    assert any("2 different descriptions" in problem for problem in problems(world))


def test_a_file_that_is_no_json_is_found(world):
    (world.derivative / ACT).write_text("{")
    assert any("not valid JSON" in problem for problem in problems(world))


def test_activities_are_listed(pristine):
    assert {activity.id for activity in pristine.activities} <= activity_ids(pristine.derivative)
