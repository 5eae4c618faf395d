from __future__ import annotations

import json

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.bids_prov import environment_object
from eegmill.provenance.environment import describe
from eegmill.provenance.recorded_activities import recorded_activities


def test_activities_are_read_back_as_they_were(pristine):
    assert list(recorded_activities(pristine.derivative, pristine.lock, describe())) == pristine.activities


def test_a_job_that_ran_in_another_environment_brings_it_along(pristine):
    other = describe().model_copy(update={"python": "3.9.0"})
    ran_in, *_ = (item.environment for item in recorded_activities(pristine.derivative, pristine.lock, other))
    assert ran_in is not None
    assert environment_object(ran_in) == environment_object(describe())


def test_a_damaged_record_is_refused_by_name(world):
    path = world.derivative / "prov" / "prov-sub01+taskodd" / "prov-sub01+taskodd_act.json"
    content = json.loads(path.read_text())
    del content["Activities"][0]["Resources"]
    path.write_text(json.dumps(content))
    with pytest.raises(DerivativeError, match="cannot be read back"):
        recorded_activities(world.derivative, world.lock, describe())
