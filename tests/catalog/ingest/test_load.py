"""Loads fill a store, survive dirt, and can be interrupted and repeated."""

from __future__ import annotations

import json
import lzma
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eegmill.catalog.filters.language import EVERYTHING, make_filter
from eegmill.catalog.ingest.dump import dump
from eegmill.catalog.ingest.load import (
    BATCH,
    Loaded,
    load,
    load_api,
    load_bids,
    load_documents,
    load_dump,
    load_summary,
)
from eegmill.catalog.ingest.remove import Removed, remove
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.errors import CatalogError, UnknownDataset
from eegmill.testing.documents import dataset, record

DB = "eegdash"


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    store = SqliteStore(None)
    yield store
    store.close()


def lines(count: int) -> str:
    return "".join(f"{record(number).json_text()}\n" for number in range(count))


def test_the_shipped_table_fills_a_catalogue(store: SqliteStore) -> None:
    assert load_summary(store, DB).inserted == 751
    totals = store.summary(DB, limit=1).totals
    assert (totals.datasets, totals.subjects, totals.size) == (751, 40897, 45327099699779)


def test_a_row_of_the_table_becomes_fields_of_the_schema(store: SqliteStore) -> None:
    load_summary(store, DB)
    document = json.loads(store.get_dataset(DB, "ds004951") or "")
    assert document["nchans_counts"] == [{"val": 64, "count": 13}, {"val": 63, "count": 10}]
    assert (document["name"], document["tags"]["modality"]) == ("Braille letters - EEG", ["Tactile"])
    assert document["total_duration_s"] == pytest.approx(25.9268325 * 3600)


def test_several_modalities_in_one_cell_are_told_apart(store: SqliteStore) -> None:
    load_summary(store, DB)
    assert store.summary(DB, modality="fnirs", limit=1).totals.datasets == 25


@pytest.mark.parametrize("name", ["dump.ndjson", "dump.ndjson.xz", "dump.ndjson.gz"])
def test_a_dump_comes_back_whole(store: SqliteStore, tmp_path: Path, name: str) -> None:
    store.insert_records(DB, [record(number) for number in range(5)])
    store.upsert_datasets(DB, [dataset()])
    assert dump(store, DB, tmp_path / name) == 6
    other = SqliteStore(None)
    assert load_dump(other, DB, tmp_path / name).inserted == 6
    assert [text.split(",", 1)[1] for text in other.find(DB, "records", EVERYTHING, limit=9)] == [
        text.split(",", 1)[1] for text in store.find(DB, "records", EVERYTHING, limit=9)
    ]


def test_a_dump_is_the_same_every_time_and_leaves_no_part_behind(store: SqliteStore, tmp_path: Path) -> None:
    store.insert_records(DB, [record(1)])
    dump(store, DB, tmp_path / "a.ndjson.gz")
    dump(store, DB, tmp_path / "b.ndjson.gz")
    assert (tmp_path / "a.ndjson.gz").read_bytes() == (tmp_path / "b.ndjson.gz").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ndjson.gz", "b.ndjson.gz"]


def test_a_dump_can_be_narrowed(store: SqliteStore, tmp_path: Path) -> None:
    store.insert_records(DB, [record(number) for number in range(5)])
    query = make_filter({"subject": {"$in": ["01", "02"]}})
    assert dump(store, DB, tmp_path / "a.ndjson", collections=("records",), query=query) == 2


@pytest.mark.parametrize("form", ["[{0}]", '{{"success": true, "data": [{0}]}}', "[\n  {0}\n]"])
def test_lists_and_replies_are_dumps_too(store: SqliteStore, tmp_path: Path, form: str) -> None:
    path = tmp_path / "dump.json"
    path.write_text(form.format(record(1).json_text()))
    assert load_dump(store, DB, path).inserted == 1


def test_documents_that_do_not_fit_are_named_and_the_others_loaded(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "dump.ndjson"
    bad = '{"dataset_id": "a", "size_bytes": 1e999}\n{"neither": 1}\n[1]\n{"bids_relpath": "x"\n'
    path.write_text(lines(2) + bad + record(7).json_text())
    loaded = load_dump(store, DB, path)
    assert (loaded.inserted, [line.split(":")[0] for line in loaded.refused]) == (
        3,
        ["document 3", "document 4", "document 5", "document 6"],
    )


def test_old_spellings_are_mended(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('[{"dataset_id": "nm000001", "datatypes": "eeg", "authors": null, "name": null}]')
    assert load_dump(store, DB, path).refused == []
    document = json.loads(store.get_dataset(DB, "nm000001") or "")
    assert (document["recording_modality"], document["datatypes"], document["source"]) == (["eeg"], ["eeg"], "nemar")


@pytest.mark.parametrize("content", [b"", b"no json", b"42", b"[1, 2]", b"\xff\xfe{", b'"text"'])
def test_what_is_no_dump_is_refused_by_name(store: SqliteStore, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dump.json"
    path.write_bytes(content)
    with pytest.raises(CatalogError, match=r"dump\.json"):
        load_dump(store, DB, path)


def test_a_truncated_archive_is_refused_by_name(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "dump.ndjson.xz"
    path.write_bytes(lzma.compress(lines(3).encode())[:-20])
    with pytest.raises(CatalogError, match=r"dump\.ndjson\.xz"):
        load_dump(store, DB, path)


def test_an_interrupted_load_keeps_its_batches_and_is_repeated(store: SqliteStore) -> None:
    def broken() -> Iterator[Mapping[str, Any]]:
        yield from (record(number).fields() for number in range(BATCH + 10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_documents(store, DB, broken())
    assert store.count(DB, "records", EVERYTHING) == BATCH
    loaded = load_documents(store, DB, [record(number) for number in range(BATCH + 10)])
    assert (loaded.inserted, loaded.unchanged) == (10, BATCH)


def test_progress_is_told_after_each_batch(store: SqliteStore) -> None:
    seen: list[int] = []
    load_documents(store, DB, [record(n) for n in range(BATCH + 1)], progress=lambda done: seen.append(done.total))
    assert seen == [BATCH, BATCH + 1]


class OtherApi:
    """An API that holds one dataset document, and three records of each of two datasets."""

    def datasets(self) -> Sequence[Mapping[str, Any]]:
        return [dataset("ds000001").fields() | {"_id": "theirs"}]

    def dataset_names(self) -> Sequence[str]:
        return ["ds000001", "ds000002"]

    def find(self, query: Mapping[str, Any], /) -> Sequence[Mapping[str, Any]]:
        return [record(number, query["dataset"]).fields() | {"_id": f"theirs{number}"} for number in range(3)]


def test_another_api_is_copied_dataset_by_dataset(store: SqliteStore) -> None:
    assert load_api(store, DB, OtherApi()).inserted == 7
    assert store.dataset_names(DB) == ["ds000001", "ds000002"]


def test_our_own_client_is_such_an_api(store: SqliteStore) -> None:
    from eegmill.catalog.client.api import Client

    with Client("embedded") as api:
        assert load_api(store, DB, api).inserted == len(api.find()) + len(api.datasets()) > 1


@pytest.mark.parametrize(("source", "count"), [("summary", 751), ("folder", 1), ("dump.ndjson", 2), ("table.csv", 1)])
def test_a_source_is_known_by_its_name(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, count: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("folder/dataset_description.json").write_text("{}")
    Path("dump.ndjson").write_text(lines(2))
    Path("table.csv").write_text("dataset,source\nds000001,openneuro\n")
    assert load(store, DB, source, now="2026-01-01T00:00:00Z").inserted == count


def test_a_bids_folder_is_served_with_its_statistics(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "sub-01/eeg").mkdir(parents=True)
    (tmp_path / "dataset_description.json").write_text('{"Name": "Mine"}')
    (tmp_path / "sub-01/eeg/sub-01_task-rest_eeg.set").write_text("")
    (tmp_path / "sub-01/eeg/sub-01_task-rest_eeg.json").write_text('{"SamplingFrequency": 100, "EEGChannelCount": 8}')
    loaded = load_bids(store, DB, tmp_path, now="2026-01-01T00:00:00Z", dataset_id="mine")
    assert loaded == Loaded(inserted=2)
    assert json.loads(store.get_dataset(DB, "mine") or "")["nchans_counts"] == [{"val": 8, "count": 1}]


def bids_folder(root: Path, *subjects: str) -> Path:
    """A BIDS folder with one empty recording of each subject."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "dataset_description.json").write_text('{"Name": "Mine"}')
    for subject in subjects:
        (root / f"sub-{subject}/eeg").mkdir(parents=True)
        (root / f"sub-{subject}/eeg/sub-{subject}_task-rest_eeg.set").write_text("")
    return root


def stored_subjects(store: SqliteStore) -> list[str]:
    return [json.loads(text)["subject"] for text in store.find(DB, "records", EVERYTHING, limit=99)]


def test_a_folder_loaded_again_forgets_what_is_no_longer_there(store: SqliteStore, tmp_path: Path) -> None:
    folder = bids_folder(tmp_path / "mine", "01", "02", "03", "04")
    load_bids(store, DB, folder, now="2026-01-01T00:00:00Z")
    shutil.rmtree(folder / "sub-02")
    loaded = load_bids(store, DB, folder, now="2026-01-02T00:00:00Z")
    assert stored_subjects(store) == ["01", "03", "04"]
    assert loaded.in_words().startswith("1 dataset, 3 recordings, 1 removed (0 new")


def test_a_folder_that_was_moved_leaves_no_records_behind(store: SqliteStore, tmp_path: Path) -> None:
    folder = bids_folder(tmp_path / "mine", "01", "02")
    load_bids(store, DB, folder, now="2026-01-01T00:00:00Z", dataset_id="x")
    moved = folder.rename(tmp_path / "moved")
    shutil.rmtree(moved / "sub-01")
    assert load_bids(store, DB, moved, now="2026-01-02T00:00:00Z", dataset_id="x").removed == 1
    assert stored_subjects(store) == ["02"]


def test_recordings_of_the_dataset_that_lie_elsewhere_stay_and_are_told(store: SqliteStore, tmp_path: Path) -> None:
    store.upsert_records(DB, [record(7, "mine")])
    loaded = load_bids(store, DB, bids_folder(tmp_path / "mine", "01"), now="2026-01-01T00:00:00Z")
    assert sorted(stored_subjects(store)) == ["01", "07"]
    assert loaded.notes == ["1 more recordings of 'mine' lie at 's3://openneuro.org/mine': kept"]


def test_a_removed_dataset_is_gone_with_its_recordings_and_no_other(store: SqliteStore) -> None:
    store.upsert_datasets(DB, [dataset("ds000001"), dataset("ds000002")])
    store.insert_records(DB, [record(1), record(2), record(1, "ds000002")])
    assert remove(store, DB, "ds000001") == Removed(documents=1, records=2)
    assert store.dataset_names(DB) == ["ds000002"]


def test_removing_an_unknown_dataset_names_the_nearest(store: SqliteStore) -> None:
    store.upsert_datasets(DB, [dataset("ds000001")])
    with pytest.raises(UnknownDataset, match=r"'ds00001' is not in the database 'eegdash'.*Did you mean 'ds000001'"):
        remove(store, DB, "ds00001")


@pytest.mark.parametrize(("name", "count"), [("openneuro", 608), ("nemar", 753)])
def test_the_published_lists_load_without_a_loss(store: SqliteStore, shared_data: Path, name: str, count: int) -> None:
    loaded = load_dump(store, DB, shared_data / "eegdash-catalogue" / f"{name}_datasets.json.xz")
    assert (loaded.total, loaded.refused) == (count, [])
