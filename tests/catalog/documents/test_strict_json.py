"""Strict JSON keeps every value that it takes, and takes none that a store could not give back."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.documents.strict_json import check, dumps, parse
from eegmill.catalog.faults import DocumentError

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse(dumps(value)) == value
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NaN", "NaN is not a number"),
        ("[Infinity]", "Infinity is not a number"),
        ('{"a": -Infinity}', "Infinity"),
        ("1e999", "too large"),
        ("9223372036854775808", "64 bits"),
        ("-9223372036854775809", "64 bits"),
        ("1" * 5000, "64 bits"),
        ('"\\ud800"', "surrogate"),
        ('{"\\udfff": 1}', "surrogate"),
        ('{"a\\u0000": 1}', "NUL"),
        ("{", "not valid JSON"),
        ("{'a': 1}", "not valid JSON"),
        ("[" * 33 + "]" * 33, "deeper than 32"),
        ("[" * 100_000, "deeper than 32|not valid JSON"),
        (b"\xff", "not UTF-8"),
        (b"\xed\xa0\x80", "not UTF-8"),
    ],
)
def test_what_no_store_could_keep_is_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        parse(text)


def test_the_deepest_and_the_longest_allowed_are_taken() -> None:
    assert parse("[" * 32 + "]" * 32)
    assert parse('"' + "x" * 98 + '"', max_bytes=100)
    with pytest.raises(DocumentError, match="101 bytes"):
        parse('"' + "x" * 99 + '"', max_bytes=100)


@pytest.mark.parametrize("value", [{1: 2}, [object()], {"a": {1, 2}}, (1, 2), b"x", float("inf")])
def test_values_that_are_no_json_are_refused(value: object) -> None:
    with pytest.raises(DocumentError):
        check(value)


@pytest.fixture
def traced() -> Iterator[None]:
    """Counts the memory that is taken from now on."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_small_values_without_end_are_refused_before_they_take_memory(traced: None) -> None:
    text = "[" + "{}," * 1_000_000 + "{}]"
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    with pytest.raises(DocumentError, match="more than 1,000,000 commas and brackets"):
        parse(text)
    assert tracemalloc.get_traced_memory()[1] - before < 2 * len(text)  # its bytes, and no value


def test_checking_a_long_list_takes_no_memory(traced: None) -> None:
    numbers: list[object] = [0.5] * 500_000
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    check({"a": numbers})
    assert tracemalloc.get_traced_memory()[1] - before < 100_000
