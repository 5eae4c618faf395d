from __future__ import annotations

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.activity import activity_id, read_activities, read_activity, write_activity


@pytest.fixture
def activity(pristine):
    return pristine.activities[0]


def test_an_activity_comes_back_as_it_was_written(tmp_path, activity):
    write_activity(tmp_path / "a.json", activity)
    assert read_activity(tmp_path / "a.json") == activity


def test_the_identifier_does_not_depend_on_when_it_ran(activity):
    later = activity.model_copy(update={"started_at": activity.ended_at, "cpu_s": 99.0})
    assert later.id == activity.id


@pytest.mark.parametrize("change", [{"seed": 8}, {"parameters_digest": "0"}, {"recording": "sub-09"}, {"used": ()}])
def test_the_identifier_depends_on_what_it_was_given(activity, change):
    assert activity.model_copy(update=change).id != activity.id


def test_the_identifier_can_be_told_before_the_work(activity):
    told = activity_id(
        "clean", activity.recording, used=activity.used, parameters_digest=activity.parameters_digest, seed=7
    )
    assert told == activity.id
    assert told.startswith("bids::prov#clean-")


def test_a_folder_of_activities_is_read_in_order(tmp_path, pristine):
    for number, activity in enumerate(reversed(pristine.activities)):
        write_activity(tmp_path / f"{number}.json", activity)
    assert read_activities(tmp_path) == tuple(pristine.activities)


@pytest.mark.parametrize("content", ["{}", "nonsense", '{"schema_version": "9.0"}'])
def test_what_is_no_activity_is_named(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(DerivativeError, match=r"'a\.json' is not an activity record"):
        read_activity(tmp_path / "a.json")
