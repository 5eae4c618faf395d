"""Patterns: what RE2 takes, and no more work than a read may do."""

from __future__ import annotations

import pytest

from eegmill.catalog.documents.models import Dataset
from eegmill.catalog.faults import QueryTimeout
from eegmill.catalog.filters.language import make_filter
from eegmill.catalog.filters.patterns import TooMuchWork, compile_pattern, matches
from eegmill.errors import FilterError
from stored import stored_in_memory


@pytest.mark.parametrize(
    ("pattern", "options", "text"),
    [
        ("rest", "", "eyesrest"),
        ("^REST$", "i", "rest"),
        ("^b", "m", "a\nb"),
        ("a.b", "s", "a\nb"),
        ("A.B$", "ims", "a\nb"),
    ],
)
def test_a_pattern_is_found_anywhere_with_its_options(pattern: str, options: str, text: str) -> None:
    assert matches(compile_pattern(pattern, options).text, text)
    assert not matches(compile_pattern(pattern, options).text, "c")


@pytest.mark.parametrize(
    "pattern", ["(", "a(?=b)", "(?<!a)b", r"(a)\1", "a{1001}", "(a{1000}){1000}", "x" * 513, "a\0", 3, None]
)
def test_what_re2_cannot_take_is_refused(pattern: object) -> None:
    with pytest.raises(FilterError, match="regex"):
        compile_pattern(pattern)


@pytest.mark.parametrize("options", ["x", "q", "I", 1, None, ["i"]])
def test_other_options_are_refused(options: object) -> None:
    with pytest.raises(FilterError, match="options"):
        compile_pattern("a", options)


def test_a_pattern_that_ruins_backtracking_is_harmless() -> None:
    assert not matches(compile_pattern("(a+)+$").text, "a" * 10_000 + "b")


def test_a_huge_pattern_gives_up_on_a_huge_text() -> None:
    with pytest.raises(TooMuchWork):
        matches(compile_pattern("(.{1,1000})c").text, "a" * 600_000)


def test_a_store_tells_of_it_as_of_any_slow_filter() -> None:
    long = {"dataset_id": "a", "source": "s", "recording_modality": "eeg", "readme": "a" * 600_000}
    store = stored_in_memory("eegdash", datasets=[Dataset.from_value(long)])
    with pytest.raises(QueryTimeout):
        store.count("eegdash", "datasets", make_filter({"readme": {"$regex": "(.{1,1000})c"}}))
    assert store.count("eegdash", "datasets", make_filter({"readme": {"$regex": "a+$"}})) == 1
