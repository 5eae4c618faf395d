"""``eegmill.EEGDash`` gives what EEGDash's own client gives, on the same server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api_documents import dataset, filled, record
from eegmill import EEGDash
from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.datasets.eegdash import dataset_query, record_query
from eegmill.errors import FilterError
from public_client import missing_client, public_module, served

MORE_DATASETS = (
    dataset("ds000011", n_subjects=30, modality="eeg", task="rest", clinical={"group": "healthy"}),
    dataset("ds000012", n_subjects=8, modality="EEG", clinical_group="healthy", provider="nemar"),
    dataset("on000020", license="CC-BY-4.0"),
)
MORE_RECORDS = (
    *(record(f"{number:02d}", dataset="on000020", run=str(number % 3)) for number in range(1, 30)),
    *(record(str(number), dataset="ds000100") for number in range(1200)),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    store = filled(SqliteStore(None))
    store.upsert_datasets("eegdash", [Dataset.from_value(document) for document in MORE_DATASETS])
    store.upsert_records("eegdash", [Record.from_value(document) for document in MORE_RECORDS])
    with served(store) as address:
        yield address


@pytest.fixture(scope="module")
def theirs(url: str) -> Iterator[Any]:
    """The public client itself."""
    if missing_client():
        pytest.skip(missing_client())
    with public_module("eegdash.api") as module:
        yield module.EEGDash(api_url=url)


@pytest.fixture(scope="module")
def ours(url: str) -> EEGDash:
    return EEGDash(url)


QUESTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("keyword", lambda api: api.find(dataset="ds000001")),
    ("several values", lambda api: api.find(dataset="ds000001", subject=["01", "03"])),
    ("query and keyword", lambda api: api.find({"dataset": "ds000001"}, subject="02")),
    ("regular expression", lambda api: api.find(task=re.compile("^ODD", re.IGNORECASE))),
    ("number", lambda api: api.find(nchans=32)),
    ("operator", lambda api: api.find({"nchans": {"$gte": 64}, "dataset": "on000020"})),
    ("twin", lambda api: api.find(dataset="ds000020", run="1")),
    ("twins among several", lambda api: api.find(dataset=["ds000020"])),
    ("all pages", lambda api: api.find({"dataset": "ds000100"})),
    ("nothing", lambda api: api.find(dataset="ds999999")),
    ("one", lambda api: [api.find_one(dataset="ds000002")]),
    ("none", lambda api: [api.find_one(dataset="ds999999")]),
    ("is there", lambda api: [api.exists(dataset="ds000020"), api.exists(dataset="ds999999")]),
    ("count of all", lambda api: [api.count()]),
    ("count", lambda api: [api.count(dataset="ds000020", run=["1", "2"])]),
    ("dataset", lambda api: [api.get_dataset("ds000001")]),
    ("twin of a dataset", lambda api: [api.get_dataset("ds000020")]),
    ("no dataset", lambda api: [api.get_dataset("nm999999")]),
    ("datasets", lambda api: api.find_datasets({"source": "openneuro"})),
    ("all datasets", lambda api: api.find_datasets()),
    ("twin among datasets", lambda api: api.find_datasets({"dataset_id": "ds000020"})),
    ("limit", lambda api: [len(api.find({"dataset": "ds000100"}, limit=7)), len(api.find_datasets(limit=2))]),
    ("skip", lambda api: api.find({"dataset": "ds000100"}, limit=7, skip=1100)),
    ("skip to the end", lambda api: api.find({"dataset": "ds000100"}, skip=1195)),
)


def sorted_documents(found: list[Any]) -> list[Any]:
    """Ours come sorted, theirs as the server has them."""
    return sorted(found, key=lambda one: (one.get("_id"), one.get("dataset_id")) if isinstance(one, dict) else ())


@pytest.mark.parametrize("ask", [ask for _, ask in QUESTIONS], ids=[name for name, _ in QUESTIONS])
def test_answers_are_those_of_the_public_client(theirs: Any, ours: EEGDash, ask: Callable[[Any], list[Any]]) -> None:
    assert sorted_documents(ask(ours)) == sorted_documents(ask(theirs))


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"modality": "EEG"},
        {"task": "rest"},
        {"clinical_group": "healthy"},
        {"source": "nemar"},
        {"n_subjects_min": 10},
        {"license": "CC0", "limit": 2},
        {"clinical_group": "healthy", "source": "nemar", "modality": "EEG"},
        {"license": ["CC0", "CC-BY-4.0"]},
        {"task": "no such task"},
    ],
)
def test_tables_of_datasets_are_those_of_the_public_client(theirs: Any, ours: EEGDash, filters: dict[str, Any]) -> None:
    import pandas as pd

    one, other = ours.search_datasets(**filters), theirs.search_datasets(**filters)
    assert list(one) == list(other)
    one, other = (
        table.astype(object).where(table.notna(), None).sort_values("dataset_id", ignore_index=True)
        for table in (one, other)
    )
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_it_asks_the_shipped_catalogue_without_network() -> None:
    api = EEGDash()
    assert api.count(dataset="eegmill-sample", task="arithmetic") == 3
    assert api.exists({"dataset": "eegmill-sample"}, subject="01")
    assert len(api.search_datasets(source="nemar", limit=500)) == 193


def test_a_value_that_no_record_has_is_told(ours: EEGDash) -> None:
    with pytest.warns(UserWarning, match="'subject' 77; those found have: 01"):
        ours.find(dataset="ds000001", subject=["01", "77"])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: record_query(None, {}), "query {} finds all"),
        (lambda: record_query(None, {"subjct": "01"}), "did you mean 'subject'"),
        (lambda: record_query(None, {"subject": ""}), "'subject' has no value"),
        (lambda: record_query(None, {"subject": []}), "'subject' has no value"),
        (lambda: record_query({"task": "a"}, {"task": "b"}), "exclude each other: 'a' and 'b'"),
        (lambda: dataset_query({"licence": "CC0"}), "did you mean 'license'"),
        (lambda: EEGDash().find({"age": {"$near": 1}}), "operator '\\$near'"),
    ],
)
def test_a_wrong_question_is_one_message(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(FilterError, match=message):
        ask()


def test_an_operator_and_a_value_of_one_field_may_both_hold() -> None:
    assert record_query({"nchans": {"$gte": 32}}, {"nchans": 64}) == {
        "$and": [{"nchans": {"$gte": 32}}, {"nchans": 64}]
    }
