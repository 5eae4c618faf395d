from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.bids.names import entities_of, parse_name, same_value

LABELS = st.from_regex(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", fullmatch=True)


@given(LABELS, LABELS, LABELS)
def test_a_name_is_taken_apart_into_what_it_was_made_of(subject, task, run):
    name = parse_name(f"sub-{subject}/eeg/sub-{subject}_task-{task}_run-{run}_eeg.edf")
    assert name.entities == {"sub": subject, "task": task, "run": run}
    assert (name.suffix, name.extension, name.datatype) == ("eeg", ".edf", "eeg")


def test_a_part_without_a_value_is_an_entity_that_no_recording_has():
    assert entities_of("sub-01_old_events.tsv")[0] == {"sub": "01", "old": ""}


@pytest.mark.parametrize(
    ("entity", "one", "other", "same"),
    [
        ("run", "1", "01", True),
        ("split", "02", "2", True),
        ("run", "1", "2", False),
        ("run", "1a", "01a", False),
        ("sub", "1", "01", False),
        ("ses", "1", "01", False),
        ("run", None, "1", False),
    ],
)
def test_indices_alone_are_compared_as_numbers(entity, one, other, same):
    assert same_value(entity, one, other) is same
