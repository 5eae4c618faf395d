"""Narrowing, sorting and counting of the catalogue page."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from eegmill.catalog.documents.rows import DatasetRow, row_of
from eegmill.catalog.ingest.shipped import shipped_summary
from eegmill.catalog.ingest.summary_csv import datasets_from_csv
from eegmill.catalog.server.catalogue_view import Choice, entries_of, view

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
    return [shown.dataset_id for shown in view(entries_of(ROWS), choice).rows]


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
    rows = entries_of(row_of(document.fields()) for document in datasets_from_csv(shipped_summary()))
    chosen = Choice(modality="eeg", licence="CC0")
    for facet in view(rows, chosen).facets:
        for option in facet.options:
            narrowed: dict[str, Any] = {facet.name: option.value}
            assert view(rows, replace(chosen, **narrowed)).found == option.count, (facet.name, option.value)


def test_a_page_has_fifty_rows_and_the_last_one_the_rest() -> None:
    many = tuple(row(f"ds{number:03d}") for number in range(120))
    pages = [view(entries_of(many), Choice(), page) for page in (1, 3, 9)]
    assert [len(each.rows) for each in pages] == [50, 20, 20]
    assert [(each.page, each.pages, each.found) for each in pages] == [(1, 3, 120), (3, 3, 120), (3, 3, 120)]
    assert pages[1].rows[0].dataset_id == "ds100"


def test_a_facet_lists_its_most_frequent_values_and_tells_how_many_are_left_out() -> None:
    many = tuple(row(f"ds{number:03d}", tasks=("rest", f"task{number}")) for number in range(100))
    (tasks,) = (facet for facet in view(entries_of(many), Choice(task="task99")).facets if facet.name == "task")
    assert tasks.left_out == 41
    assert {"rest", "task99"} <= {option.value for option in tasks.options}


def test_charts_count_what_matches_and_what_tells_nothing() -> None:
    charts = {chart.title: chart for chart in view(entries_of(ROWS), Choice(modality="meg")).charts}
    assert [(bar.label, bar.count) for bar in charts["Modality"].bars] == [("meg", 2), ("eeg", 1)]
    assert charts["Most channels"].unknown == 1
    assert charts["Most channels"].bars[-1].count == 1
    assert view(entries_of(ROWS), Choice(q="nothing")).charts == ()


def test_the_chosen_value_stays_in_its_facet_even_when_nothing_has_it() -> None:
    facets = {facet.name: facet for facet in view(entries_of(ROWS), Choice(licence="GPL-3.0")).facets}
    assert [option.value for option in facets["licence"].options if option.chosen] == ["GPL-3.0"]


def test_only_a_real_choice_counts_as_narrowed() -> None:
    assert not Choice(sort="size", order="desc").narrowed()
    assert all(replace(Choice(), **{field.name: "x"}).narrowed() for field in fields(Choice)[:9])
