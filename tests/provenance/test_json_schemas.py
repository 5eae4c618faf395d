from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from eegmill.provenance.json_schemas import KINDS, faults, load_schema
from eegmill.records import RecordingRecord
from tools.docs import described_schema


@pytest.mark.parametrize("kind", KINDS)
def test_each_shipped_schema_is_one(kind):
    Draft202012Validator.check_schema(load_schema(kind))


def test_the_schema_of_the_record_is_that_of_the_model():
    told = {key: value for key, value in load_schema("qc").items() if key != "$schema"}
    assert told == described_schema(RecordingRecord)


def test_a_record_that_was_written_fits(pristine):
    path = pristine.derivative / "sub-01" / "eeg" / "sub-01_task-odd_desc-preproc_qc.json"
    assert faults("qc", json.loads(path.read_text())) == []


ACTIVITY = {"Id": "bids::prov#clean-01234567", "Label": "Clean", "Command": "eegmill clean", "Used": ["bids::a"]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Command": ...}, "Command"),
        ({"Used": "bids::a"}, "array"),
        ({"Id": "clean"}, "Id"),
        ({"StartedAtTime": "yesterday"}, "StartedAtTime"),
        ({"Colour": "red"}, "Colour"),
    ],
)
def test_a_fault_in_an_activity_is_told(change, told):
    activity = {key: value for key, value in {**ACTIVITY, **change}.items() if value is not ...}
    assert told in faults("prov_act", {"Activities": [activity]})[0]
    assert faults("prov_act", {"Activities": [ACTIVITY]}) == []
