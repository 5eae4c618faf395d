"""Narrowing, sorting and counting of the catalogue page."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from eegmill.catalog.documents.rows import DatasetRow, row_of
from eegmill.catalog.ingest.shipped import shipped_summary
from eegmill.catalog.ingest.summary_csv import datasets_from_csv
from eegmill.catalog.server.catalogue_view import Choice, view

GB = 1024**3


def row(dataset_id: str, **members: Any) -> DatasetRow:
    """A row with these members."""
    return replace(row_of({"dataset_id": dataset_id}), **members)


ROWS = (
    row("b", modalities=("eeg",), channels=(32, 64), size_bytes=GB, licence="CC0", title="Zebra"),
    row("c", modalities=("eeg", "meg"), channels=(306,), size_bytes=200 * GB, licence="CC-BY-4.0", title="apple"),
    row("a", modalities=("meg",), sfreqs_hz=(249.5,), cohort=("Healthy",), tasks=("rest",), title="Mango"),
)


def ids(choice: Choice) -> list[str]:
    """IDs that a choice leaves, in order."""
    return [shown.dataset_id for shown in view(ROWS, choice).rows]


def test_without_a_choice_all_datasets_stand_in_the_order_of_their_ids() -> None:
    assert ids(Choice()) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (Choice(q="APPLE"), ["c"]),
        (Choice(modality="meg"), ["a", "c"]),
        (Choice(task="rest"), ["a"]),
        (Choice(cohort="Healthy", modality="meg"), ["a"]),
        (Choice(licence="CC0"), ["b"]),
        (Choice(channels="33-64"), ["b"]),
        (Choice(channels="129-"), ["c"]),
        (Choice(size="1-10"), ["b"]),
        (Choice(size="-1"), []),
        (Choice(q="no such word"), []),
    ],
)
def test_a_choice_leaves_what_has_it(choice: Choice, left: list[str]) -> None:
    assert ids(choice) == left


@pytest.mark.parametrize(
    ("sort", "order", "found"),
    [
        ("title", "asc", ["c", "a", "b"]),
        ("dataset", "desc", ["c", "b", "a"]),
        ("size", "asc", ["b", "c", "a"]),
        ("size", "desc", ["c", "b", "a"]),
        ("channels", "desc", ["c", "b", "a"]),
    ],
)
def test_rows_are_sorted_with_the_unknown_last(sort: Any, order: Any, found: list[str]) -> None:
    assert ids(Choice(sort=sort, order=order)) == found


def test_a_facet_counts_what_each_of_its_values_would_leave() -> None:
    rows = tuple(row_of(document.fields()) for document in datasets_from_csv(shipped_summary()))
    chosen = Choice(modality="eeg", licence="CC0")
    for facet in view(rows, chosen).facets:
        for option in facet.options:
            narrowed: dict[str, Any] = {facet.name: option.value}
            assert len(view(rows, replace(chosen, **narrowed)).rows) == option.count, (facet.name, option.value)


def test_the_chosen_value_stays_in_its_facet_even_when_nothing_has_it() -> None:
    facets = {facet.name: facet for facet in view(ROWS, Choice(licence="GPL-3.0")).facets}
    assert [option.value for option in facets["licence"].options if option.chosen] == ["GPL-3.0"]


def test_only_a_real_choice_counts_as_narrowed() -> None:
    assert not Choice(sort="size", order="desc").narrowed()
    assert all(replace(Choice(), **{field.name: "x"}).narrowed() for field in fields(Choice)[:9])
