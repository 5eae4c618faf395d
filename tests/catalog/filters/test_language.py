"""The filter language: what it takes, and that everything else is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.filters.language import EVERYTHING, MAX_BYTES, make_filter, parse_filter
from eegmill.catalog.filters.patterns import Pattern
from eegmill.catalog.filters.tree import (
    And,
    AnyElement,
    AnyValue,
    Compare,
    Exists,
    Filter,
    In,
    Matches,
    Not,
    Or,
    Order,
    Size,
)
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.errors import FilterError
from random_filters import filters


def tree(document: dict[str, Any]) -> object:
    return make_filter(document).tree


def test_an_empty_filter_is_everything() -> None:
    assert parse_filter("{}") == EVERYTHING


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"task": "rest"}, Compare(("task",), In(("rest",)))),
        ({"task": None}, Compare(("task",), In((None,)))),
        ({"a.b": {"$eq": 1}}, Compare(("a", "b"), In((1,)))),
        ({"a": {"$ne": 1}}, Not(Compare(("a",), In((1,))))),
        ({"a": {"$in": [1, "x"]}}, Compare(("a",), In((1, "x")))),
        ({"a": {"$nin": []}}, Not(Compare(("a",), In(())))),
        ({"a": {"$gte": 2.5}}, Compare(("a",), Order("$gte", 2.5))),
        ({"a": {"$regex": "^x", "$options": "mi"}}, Compare(("a",), Matches(Pattern("^x", "im")))),
        ({"a": {"$exists": True}}, Compare(("a",), Exists())),
        ({"a": {"$exists": 0}}, Not(Compare(("a",), Exists()))),
        ({"a": {"$size": 2}}, Compare(("a",), Size(2))),
        ({"a": {"$all": [1]}}, Compare(("a",), In((1,)))),
        ({"a": {"$all": []}}, Or(())),
        ({"a": {"$not": {"$size": 1}}}, Not(Compare(("a",), Size(1)))),
        ({"a": {"$elemMatch": {"b": 1}}}, Compare(("a",), AnyElement(Compare(("b",), In((1,)))))),
        ({"a": {"$elemMatch": {"$gt": 1}}}, Compare(("a",), AnyValue(Compare((), Order("$gt", 1))))),
        ({"a": {"$elemMatch": {"$or": [{"b": 1}]}}}, Compare(("a",), AnyElement(Or((Compare(("b",), In((1,))),))))),
        ({"$or": [{"a": 1}, {}]}, Or((Compare(("a",), In((1,))), And(())))),
        ({"$nor": [{"a": 1}]}, Not(Or((Compare(("a",), In((1,))),)))),
    ],
)
def test_a_filter_becomes_a_tree(document: dict[str, Any], expected: object) -> None:
    assert tree(document) == expected


def test_several_conditions_all_must_hold() -> None:
    both = And((Compare(("a",), Order("$gt", 1)), Compare(("a",), Order("$lt", 3))))
    assert tree({"a": {"$gt": 1, "$lt": 3}}) == both
    assert tree({"a": {"$gt": 1, "$lt": 3}, "b": None}) == And((both, Compare(("b",), In((None,)))))


@pytest.mark.parametrize(
    "operator",
    ["$where", "$expr", "$text", "$jsonSchema", "$comment", "$function", "$natural", "$lookup", "$", "$And"],
)
def test_an_operator_outside_the_language_is_named(operator: str) -> None:
    for document in ({operator: 1}, {"a": {operator: 1}}, {"$or": [{"a": {"$not": {operator: 1}}}]}):
        with pytest.raises(FilterError, match=rf"'\{operator}'"):
            make_filter(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": {"b": 1}}, "takes one value, not an object"),
        ({"a": ["eeg"]}, r"\$in, \$all and \$elemMatch"),
        ({"a": {"$gt": [1]}}, "'\\$gt' takes one value, not a list"),
        ({"a": {"$in": "x"}}, "'\\$in' takes a list, not text"),
        ({"a": {"$in": [[1]]}}, "not a list"),
        ({"a": {"$size": "a"}}, "whole number"),
        ({"a": {"$size": -1}}, "whole number"),
        ({"a": {"$size": True}}, "whole number"),
        ({"a": {"$exists": "yes"}}, "true or false"),
        ({"a": {"$options": "i"}}, "needs '\\$regex'"),
        ({"a": {"$not": 1}}, "object of operators"),
        ({"a": {"$not": {}}}, "object of operators"),
        ({"a": {"$not": {"b": 1}}}, "object of operators"),
        ({"a": {"$elemMatch": [1]}}, "takes an object, not a list"),
        ({"a": {"$elemMatch": {"$gt": 1, "b": 2}}}, "operator 'b'"),
        ({"$and": []}, "at least one"),
        ({"$or": {"a": 1}}, "takes a list"),
        ({"$nor": [1]}, "takes a list"),
        ({"a.0": 1}, "position in a list"),
        ({"": 1}, "cannot name a field"),
        ({"a..b": 1}, "cannot name a field"),
        ({'a"b': 1}, "cannot name a field"),
        ({"a\\b": 1}, "cannot name a field"),
        ({"a.$b": 1}, "cannot name a field"),
        ({"a.b.c.d.e.f": 1}, "more than 5 parts"),
        ({"a" * 129: 1}, "cannot name a field"),
        ({"a": "x" * 1025}, "more than 1024 characters"),
        ({"a": "x\0"}, "NUL"),
        ({"a": 2**63}, "64 bits"),
        ({"a": float("nan")}, "nan"),
        ({"a": "\ud800"}, "surrogate"),
        ({"a": {"$in": list(range(1001))}}, "more than the 1000 allowed"),
        ({"$or": [{"a": 1}] * 101}, "more than the 100 allowed"),
        ({"$and": [{"$or": [{"a.b.c": 1}] * 40}, {"$or": [{"a.b.c": 1}] * 40}]}, "more than 300 tests"),
        ({"a": {"$elemMatch": {"a": {"$elemMatch": {"a": {"$elemMatch": {"a": 1}}}}}}}, "2 deep"),
    ],
)
def test_what_is_refused_is_explained(document: dict[str, Any], words: str) -> None:
    with pytest.raises(FilterError, match=words):
        make_filter(document)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '"a"', '{"a": NaN}', '{"a": 1e999}', "{'a': 1}"])
def test_text_that_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text)


def test_depth_is_bounded() -> None:
    def deep(levels: int) -> dict[str, Any]:
        return {"a": 1} if levels == 1 else {"$and": [deep(levels - 1)]}

    assert isinstance(make_filter(deep(8)), Filter)
    for levels in (9, 30, 500):
        with pytest.raises(FilterError, match="nested deeper"):
            make_filter(deep(levels))


def test_text_that_nests_without_end_is_refused() -> None:
    with pytest.raises(FilterError, match="nested deeper"):
        parse_filter('{"a":' * 10_000 + "1" + "}" * 10_000)


def test_length_is_bounded() -> None:
    with pytest.raises(FilterError, match="bytes"):
        parse_filter(json.dumps({"a": "x" * MAX_BYTES}))


@given(st.integers(0, 10**6))
def test_filters_of_the_language_are_read_alike_from_text_and_value(seed: int) -> None:
    (document,) = filters(seed, 1)
    assert parse_filter(json.dumps(document)) == make_filter(document)


NAMES = st.sampled_from(
    (
        *("$eq", "$ne", "$in", "$nin", "$gt", "$lte", "$regex", "$options", "$exists", "$size", "$all", "$elemMatch"),
        *("$and", "$or", "$nor", "$not", "a", "a.b", "task", "dataset", "_id", "recording_modality", "nchans"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | NAMES, inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def store() -> SqliteStore:
    return SqliteStore(None)


@given(document=st.dictionaries(NAMES, JSON, max_size=3))
def test_any_json_is_either_a_filter_that_runs_or_a_filter_error(document: dict[str, Any], store: SqliteStore) -> None:
    try:
        query = make_filter(document)
    except FilterError:
        return
    assert store.find("eegdash", "records", query, limit=1) == []
    assert store.count("eegdash", "datasets", query) == 0
