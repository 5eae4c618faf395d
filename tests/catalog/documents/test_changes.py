"""A PATCH sets named fields to values of their type, and nothing that identifies a document."""

from __future__ import annotations

from typing import Any

import pytest

from eegmill.catalog.documents.changes import Changes, apply_changes, check_changes
from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.faults import DocumentError


@pytest.mark.parametrize("form", [{"nchans": 3}, {"$set": {"nchans": 3}}])
def test_both_forms_of_an_update_mean_the_same(form: dict[str, Any]) -> None:
    assert check_changes(Record, form).fields == {"nchans": 3}


def test_values_are_read_as_at_insertion() -> None:
    changes = check_changes(Record, {"run": 1, "recording_modality": "eeg", "new": [1], "entities.subject": "02"})
    assert changes.fields == {"run": "1", "recording_modality": ["eeg"], "new": [1], "entities.subject": "02"}


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({}, "sets nothing"),
        ({"$set": {}}, "sets nothing"),
        ({"_id": "x"}, "'_id' is what identifies"),
        ({"dataset": "x"}, "'dataset' is what identifies"),
        ({"bids_relpath.x": "x"}, "'bids_relpath' is what identifies"),
        ({"$inc": {"nchans": 1}}, r"not '\$inc'"),
        ({"$set": {"nchans": 1}, "$unset": {"task": 1}}, r"not '\$"),
        ({"ch_names.0": "x"}, "named fields"),
        ({"a..b": 1}, "named fields"),
        ({"nchans": "3"}, "'nchans'.*must be a number"),
        ({"nchans.x": 3}, "no object"),
        ({"storage": {"backend": "s3"}}, "base"),
        ({"storage.base": 3}, "must be text"),
        ({"x": float("inf")}, "inf"),
        ({"x": 1, "x.y": 2}, "both 'x' and 'x.y'"),
    ],
)
def test_what_is_refused_is_explained(update: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        check_changes(Record, update)


def test_a_dataset_keeps_its_id() -> None:
    with pytest.raises(DocumentError, match="dataset_id"):
        check_changes(Dataset, {"dataset_id": "x"})


def test_a_dotted_name_makes_the_objects_on_its_way_and_leaves_the_original_alone() -> None:
    original = {"a": {"b": 1}}
    assert apply_changes(original, Changes(fields={"a.c.d": 2, "e": 3})) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert original == {"a": {"b": 1}}


@pytest.mark.parametrize("value", [1, "x", None, [1]])
def test_a_dotted_name_does_not_go_through_what_is_no_object(value: object) -> None:
    with pytest.raises(DocumentError, match="'a' is no object"):
        apply_changes({"a": value}, Changes(fields={"a.b": 1}))
