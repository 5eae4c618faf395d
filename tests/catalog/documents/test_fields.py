"""Documents as they come, old and new."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.documents.fields import entity, texts, twin_id, twin_query


@pytest.mark.parametrize(
    "record",
    [
        {"subject": "01"},
        {"entities": {"subject": "01"}},
        {"entities": {"subject": "01"}, "subject": "1"},
        {"entities": {"subject": None}, "subject": "01"},
        {"entities": None, "subject": "01"},
    ],
)
def test_an_entity_is_found_nested_or_flat(record: dict[str, Any]) -> None:
    assert entity(record, "subject") == "01"


@pytest.mark.parametrize("record", [{}, {"run": None}, {"run": ""}, {"entities": {}}])
def test_an_entity_that_is_not_there_is_none(record: dict[str, Any]) -> None:
    assert entity(record, "run") is None


@pytest.mark.parametrize(
    ("value", "found"), [("eeg", ("eeg",)), (["eeg", "meg"], ("eeg", "meg")), ("", ()), (None, ())]
)
def test_a_list_may_be_plain_text(value: object, found: tuple[str, ...]) -> None:
    assert texts(value) == found


@given(st.from_regex(r"\A(ds|on)\d{6}\Z"))
def test_the_twin_of_a_twin_is_the_dataset_itself(dataset_id: str) -> None:
    twin = twin_id(dataset_id)
    assert twin is not None
    assert twin != dataset_id
    assert twin_id(twin) == dataset_id


@pytest.mark.parametrize(
    "query", [{}, {"dataset": "nm000105"}, {"dataset": {"$regex": "^ds"}}, {"dataset": {"$in": [3]}}]
)
def test_queries_without_an_openneuro_id_have_no_twin(query: dict[str, Any]) -> None:
    assert twin_query(query, "dataset") is None
