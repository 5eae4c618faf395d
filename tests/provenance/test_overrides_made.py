from __future__ import annotations

import json

from eegmill.provenance.overrides_made import manual_activity

QC = "sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json"


def test_a_decision_by_a_person_is_an_activity_without_a_command(pristine):
    (made,) = manual_activity(pristine.derivative, pristine.lock, "sub-01_task-odd")
    assert made["Command"] is None
    assert made["Description"] == "channel Pz bad: loose"


def test_without_overrides_there_is_none(world):
    content = json.loads((world.derivative / QC).read_text())
    (world.derivative / QC).write_text(json.dumps({**content, "overrides": []}))
    assert manual_activity(world.derivative, world.lock, "sub-01_task-odd") == []


def test_a_recording_without_a_record_has_none(pristine):
    assert manual_activity(pristine.derivative, pristine.lock, "sub-09") == []
