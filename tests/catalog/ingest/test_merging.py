"""Loads from several sources: nothing is lost, whatever their order."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.catalog.documents.models import Dataset, Record
from eegmill.catalog.filters.language import EVERYTHING
from eegmill.catalog.ingest.load import load_documents, load_dump, load_summary
from eegmill.catalog.ingest.merging import FIELD, Source, merge
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.testing.documents import dataset, record

DB = "eegdash"


def stored(store: SqliteStore, name: str = "ds000001") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(store.get_dataset(DB, name) or "{}")
    return plain(document)


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """Without what depends on the store; 'all from a dump' may be said or not."""
    fields = {name: value for name, value in document.items() if name != "_id"}
    return {name: value for name, value in fields.items() if not (name == FIELD and str(value).startswith("dump"))}


def test_a_summary_never_replaces_what_a_dump_knows() -> None:
    store = SqliteStore(None)
    full = dataset(demographics={"subjects_count": 4, "ages": [20, 30]}, dataset_doi="10.1/a")
    poor = dataset(demographics={"subjects_count": 5}, dataset_doi="10.1/b", size_bytes=None)
    load_documents(store, DB, [full], source="dump")
    loaded = load_documents(store, DB, [poor], source="summary")
    assert loaded.unchanged == 1
    assert stored(store)["demographics"] == {"subjects_count": 4, "ages": [20, 30]}
    assert stored(store)["dataset_doi"] == "10.1/a"


def test_what_only_the_poorer_source_knows_is_added_and_told() -> None:
    store = SqliteStore(None)
    load_documents(store, DB, [dataset(license=None)], source="dump")
    load_documents(store, DB, [dataset(license="CC0", author_year="A2020")], source="summary")
    kept = stored(store)
    assert (kept["license"], kept["author_year"]) == ("CC0", "A2020")
    assert (kept["field_sources"]["license"], kept["field_sources"]["name"]) == ("summary", "dump")


def test_of_one_kind_of_source_the_later_document_wins() -> None:
    older, newer = ({"name": name, "digested_at": date} for name, date in (("Longer name", "2025"), ("New", "2026")))
    for first, second in itertools.permutations([older, newer]):
        assert merge(merge(None, first, "dump"), second, "dump")["name"] == "New"


def test_what_was_computed_from_the_records_stays() -> None:
    store = SqliteStore(None)
    load_documents(store, DB, [dataset(nchans_counts=[{"val": 99, "count": 1}])], source="folder")
    load_documents(store, DB, [record(1), record(2)], source="folder")
    store.compute_statistics(DB, now="2026-01-01T00:00:00Z")
    load_documents(store, DB, [dataset(nchans_counts=[{"val": 1, "count": 12345}])], source="dump")
    assert stored(store)["nchans_counts"] == [{"val": 32, "count": 2}]


def test_two_datasets_of_one_id_are_not_made_one() -> None:
    store = SqliteStore(None)
    load_documents(store, DB, [dataset("Zhang", source="datarn")])
    loaded = load_documents(store, DB, [dataset("Zhang", source="scidb"), dataset("Zhou", source="scidb")])
    assert (loaded.inserted, stored(store, "Zhang")["source"]) == (1, "datarn")
    assert loaded.refused == [
        "Dataset 'Zhang' of 'scidb' has the ID of one of 'datarn' that is stored already. "
        "Load it into another database, or remove the stored one."
    ]


def test_a_local_copy_of_a_published_dataset_is_the_same_dataset() -> None:
    store = SqliteStore(None)
    load_documents(store, DB, [dataset(source="openneuro")])
    assert load_documents(store, DB, [dataset(source="local")], source="folder").refused == []


VALUES = st.none() | st.integers(0, 3) | st.text("ab", max_size=2)
DEMOGRAPHICS = st.fixed_dictionaries({}, optional={"ages": st.lists(st.integers(1, 3), max_size=2), "x": VALUES})
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "note": VALUES,
        "license": st.none() | st.text("ab", max_size=2),
        "size_bytes": st.none() | st.integers(0, 3),
        "demographics": st.none() | DEMOGRAPHICS,
        "tags": st.none() | st.just({}) | st.dictionaries(st.sampled_from("pq"), VALUES),
        "timestamps": st.fixed_dictionaries({"digested_at": st.sampled_from(["2025", "2026"])}),
        "stats_computed_at": st.none() | st.sampled_from(["2025", "2026"]),
        "total_duration_s": st.none() | st.floats(0, 9),
    },
)
LOADS = st.lists(st.tuples(st.sampled_from(["summary", "dump", "api", "folder"]), DOCUMENTS), min_size=1, max_size=4)


@given(LOADS, st.data())
def test_any_order_of_loads_ends_in_the_same_document(loads: list[tuple[Source, Any]], data: st.DataObject) -> None:
    def loaded(order: list[tuple[Source, Any]]) -> Any:
        document = None
        for source, fields in order:
            document = merge(document, fields, source)
        return plain(document or {})

    again = data.draw(st.permutations(loads)) + data.draw(st.lists(st.sampled_from(loads), max_size=2))
    assert loaded(again) == loaded(loads)


@given(LOADS, st.data())
def test_any_order_of_loads_ends_in_the_same_store(loads: list[tuple[Source, Any]], data: st.DataObject) -> None:
    def loaded(order: list[tuple[Source, Any]]) -> tuple[Any, list[Any]]:
        store = SqliteStore(None, databases=(DB,))
        for source, fields in order:
            documents = [Dataset.from_value(dataset().fields() | fields), record(1, note=fields.get("note"))]
            load_documents(store, DB, documents, source=source)
        records = [json.loads(text) for text in store.find(DB, "records", EVERYTHING, limit=9)]
        found = stored(store), [plain(entry) for entry in records]
        store.close()
        return found

    assert loaded(data.draw(st.permutations(loads))) == loaded(loads)


def test_records_of_a_folder_outrank_those_of_a_dump() -> None:
    for order in itertools.permutations([("dump", 64), ("folder", 32)]):
        store = SqliteStore(None)
        for source, nchans in order:
            load_documents(store, DB, [Record.from_value(record(1).fields() | {"nchans": nchans})], source=source)
        assert json.loads(store.find(DB, "records", EVERYTHING, limit=1)[0])["nchans"] == 32


@pytest.mark.parametrize("name", ["openneuro", "nemar"])
def test_the_published_lists_and_the_summary_can_be_loaded_in_turn(shared_data: Path, name: str) -> None:
    store, path = SqliteStore(None), shared_data / "eegdash-catalogue" / f"{name}_datasets.json.xz"
    load_dump(store, DB, path)
    with_ages = [key for key in store.dataset_names(DB) if stored(store, key).get("demographics", {}).get("ages")]
    load_summary(store, DB)
    first = {key: stored(store, key) for key in store.dataset_names(DB)}
    assert all(first[key]["demographics"]["ages"] for key in with_ages)
    again = load_dump(store, DB, path)
    assert (again.inserted, again.updated) == (0, 0)
    other = SqliteStore(None)
    load_summary(other, DB)
    load_dump(other, DB, path)
    assert {key: stored(other, key) for key in other.dataset_names(DB)} == first
