"""Everything that any store of the catalogue must do, once; each store runs it with a fixture of its own."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ..catalog.documents.changes import check_changes
from ..catalog.documents.models import Dataset, Montage, Record
from ..catalog.documents.statistics import RecordStatistics, ValueCount
from ..catalog.faults import DocumentError, DuplicateRecord, UnknownDatabase
from ..catalog.filters.language import EVERYTHING, make_filter
from ..catalog.stores.contract import Store, Totals, Updated, Upserted
from ..catalog.stores.offenders import Offender, Offenders
from .documents import dataset, record

DB = "eegdash"


def found(store: Store, query: dict[str, Any], *, limit: int = 100, skip: int = 0) -> list[str]:
    """Subjects of the records that match."""
    texts = store.find(DB, "records", make_filter(query), limit=limit, skip=skip)
    return [json.loads(text)["subject"] for text in texts]


class StoreContract:
    """Subclass it with a fixture ``store`` that gives an empty store."""

    def test_a_record_comes_back_as_it_went_in_with_its_id(self, store: Store) -> None:
        kept = record(1, ch_names=["Fp1", "Ünï\u2028"], extra={"deep": [1, 2.5, None, True, "1"]})
        (identifier,) = store.insert_records(DB, [kept])
        (text,) = store.find(DB, "records", EVERYTHING, limit=10)
        assert json.loads(text) == {"_id": identifier, **kept.fields()}

    def test_pages_follow_the_order_of_insertion(self, store: Store) -> None:
        store.insert_records(DB, [record(n) for n in (3, 1, 2)])
        store.insert_records(DB, [record(5), record(4)])
        assert found(store, {}, limit=2) + found(store, {}, limit=3, skip=2) == ["03", "01", "02", "05", "04"]

    @pytest.mark.parametrize("query", [{}, {"task": "rest"}, {"nchans": {"$gt": 93}}, {"storage.backend": "none"}])
    def test_a_page_is_the_documents_found_as_one_text(self, store: Store, query: dict[str, Any]) -> None:
        store.insert_records(DB, [record(n, nchans=100 - n, name="Ünï") for n in range(9, 1, -1)])
        page = store.page(DB, "records", make_filter(query), limit=3, skip=2)
        texts = store.find(DB, "records", make_filter(query), limit=3, skip=2)
        assert (page.text.decode(), page.count) == (",".join(texts), len(texts))

    def test_a_filtered_page_keeps_the_order_of_insertion(self, store: Store) -> None:
        store.insert_records(DB, [record(n, nchans=100 - n) for n in range(1, 9)])
        assert found(store, {"task": "rest", "nchans": {"$gt": 93}}, limit=3, skip=1) == ["02", "03", "04"]

    @pytest.mark.parametrize("query", [{}, {"task": "rest"}, {"nchans": {"$ne": 1}}, {"recording_modality": "eeg"}])
    def test_counts_follow_inserts_and_deletions(self, store: Store, query: dict[str, Any]) -> None:
        store.insert_records(DB, [record(n) for n in range(5)])
        store.delete_records(DB, make_filter({"subject": "03"}))
        assert store.count(DB, "records", make_filter(query)) == 4

    def test_nothing_is_found_beyond_the_end_or_with_limit_0(self, store: Store) -> None:
        store.insert_records(DB, [record(1)])
        assert found(store, {}, skip=1) == found(store, {}, limit=0) == []

    def test_a_record_is_found_by_its_id(self, store: Store) -> None:
        _, second = store.insert_records(DB, [record(1), record(2)])
        assert found(store, {"_id": second}) == ["02"]
        assert found(store, {"_id": {"$nin": [second]}}) == ["01"]

    def test_entities_are_found_at_the_top_level(self, store: Store) -> None:
        nested = record(1).fields() | {"entities": {"session": "02", "run": 1}}
        store.insert_records(DB, [Record.from_value(nested)])
        assert found(store, {"session": "02", "run": "1"}) == ["01"]

    def test_a_stored_record_is_refused_and_none_of_its_batch_stays(self, store: Store) -> None:
        store.insert_records(DB, [record(1)])
        with pytest.raises(DuplicateRecord, match=r"sub-01_task-rest_eeg\.set' of dataset 'ds000001'"):
            store.insert_records(DB, [record(2), record(1), record(3)])
        assert found(store, {}) == ["01"]

    def test_a_record_twice_in_one_batch_is_refused(self, store: Store) -> None:
        with pytest.raises(DuplicateRecord):
            store.insert_records(DB, [record(1), record(1)])
        assert store.count(DB, "records", EVERYTHING) == 0

    def test_an_upsert_adds_and_sets_and_can_be_repeated(self, store: Store) -> None:
        store.insert_records(DB, [record(1, digested_at="before")])
        batch = [record(1, nchans=64), record(2)]
        assert store.upsert_records(DB, batch) == Upserted(inserted=1, updated=1)
        assert store.upsert_records(DB, batch) == Upserted(inserted=0, updated=0)
        assert found(store, {"nchans": 64, "digested_at": "before"}) == ["01"]

    def test_an_update_sets_fields_and_counts_real_changes(self, store: Store) -> None:
        store.insert_records(DB, [record(1, nchans=64), record(2), record(3, task="x")])
        changes = check_changes(Record, {"nchans": 64, "participant_tsv.age": 23})
        assert store.update_records(DB, make_filter({"task": "rest"}), changes) == Updated(2, 2)
        assert store.update_records(DB, make_filter({"task": "rest"}), changes) == Updated(2, 0)
        assert found(store, {"nchans": 64, "participant_tsv.age": {"$gte": 23}}) == ["01", "02"]

    def test_an_update_through_a_plain_value_is_refused(self, store: Store) -> None:
        store.insert_records(DB, [record(1, note="text")])
        with pytest.raises(DocumentError, match="no object"):
            store.update_records(DB, EVERYTHING, check_changes(Record, {"note.inner": 1}))

    def test_deleted_records_are_gone_and_counted(self, store: Store) -> None:
        store.insert_records(DB, [record(n) for n in range(4)])
        assert store.delete_records(DB, make_filter({"subject": {"$in": ["01", "02", "09"]}})) == 2
        assert found(store, {}) == ["00", "03"]

    def test_statistics_count_known_values_by_dataset(self, store: Store) -> None:
        batch = [record(1), record(2, nchans=64, sampling_frequency=None), record(1, "ds000002", nchans=None)]
        store.insert_records(DB, batch)
        first = RecordStatistics("ds000001", (ValueCount(32, 1), ValueCount(64, 1)), (ValueCount(250.0, 1),))
        second = RecordStatistics("ds000002", (), (ValueCount(250.0, 1),))
        assert store.record_statistics(DB) == [first, second]
        assert store.record_statistics(DB, ["ds000002", "ds000009"]) == [second]

    def test_statistics_follow_updates_and_deletions(self, store: Store) -> None:
        store.insert_records(DB, [record(n) for n in range(3)])
        store.update_records(DB, make_filter({"subject": "00"}), check_changes(Record, {"nchans": 64}))
        store.delete_records(DB, make_filter({"subject": "01"}))
        assert store.record_statistics(DB)[0].nchans_counts == (ValueCount(32, 1), ValueCount(64, 1))

    def test_a_dataset_is_found_by_id_and_by_name(self, store: Store) -> None:
        kept = dataset("ds000002", canonical_name=["HBN_r1", "HBN"])
        store.upsert_datasets(DB, [dataset("ds000001"), kept])
        by_id = store.get_dataset(DB, "ds000002")
        assert [by_id] == store.datasets_named(DB, "HBN") == store.datasets_named(DB, "Study ds000002")
        assert {**json.loads(by_id or ""), "_id": 0} == {**kept.fields(), "_id": 0}
        assert store.get_dataset(DB, "DS000002") is None
        assert store.datasets_named(DB, "hbn") == []

    def test_all_datasets_of_one_name_are_found(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000002", name="Sleep"), dataset("ds000001", canonical_name=["Sleep"])])
        found = [json.loads(text)["dataset_id"] for text in store.datasets_named(DB, "Sleep")]
        assert found == ["ds000002", "ds000001"]

    def test_dataset_documents_are_set_by_id(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000001", license="CC0")])
        again = [dataset("ds000001", license="CC-BY"), dataset("ds000002")]
        assert store.upsert_datasets(DB, again) == Upserted(inserted=1, updated=1)
        assert store.count(DB, "datasets", make_filter({"license": "CC-BY"})) == 1

    def test_one_dataset_document_is_changed_or_none(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000001"), dataset("ds000002")])
        changes = check_changes(Dataset, {"$set": {"demographics.subjects_count": 9}})
        assert store.update_dataset(DB, "ds000001", changes) == Updated(1, 1)
        assert store.update_dataset(DB, "ds000009", changes) == Updated(0, 0)
        assert store.summary(DB, limit=9).totals.subjects == 13

    def test_a_deleted_dataset_document_leaves_its_records(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000001")])
        store.insert_records(DB, [record(1)])
        assert (store.delete_dataset(DB, "ds000001"), store.delete_dataset(DB, "ds000001")) == (1, 0)
        assert store.dataset_names(DB) == ["ds000001"]

    def test_names_come_from_documents_and_records(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000003"), dataset("ds000001")])
        store.insert_records(DB, [record(1, "ds000002"), record(1, "ds000001")])
        assert store.dataset_names(DB) == ["ds000001", "ds000002", "ds000003"]

    def test_a_summary_leaves_out_the_readme_and_adds_up_every_match(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset(f"ds00000{n}") for n in (3, 1, 2)])
        summary = store.summary(DB, limit=1, skip=1)
        (row,) = map(json.loads, summary.rows)
        assert (row["dataset_id"], row["computed_title"], row["size_human"]) == ("ds000002", "Study ds000002", "2.0 KB")
        assert "readme" not in row
        assert summary.totals == Totals(datasets=3, subjects=12, files=30, size=6144)

    @pytest.mark.parametrize(("choice", "ids"), [({"modality": "meg"}, ["a"]), ({"source": "nemar"}, ["b"])])
    def test_a_summary_is_narrowed(self, store: Store, choice: dict[str, Any], ids: list[str]) -> None:
        store.upsert_datasets(DB, [dataset("a", recording_modality=["eeg", "meg"]), dataset("b", source="nemar")])
        summary = store.summary(DB, limit=9, **choice)
        assert [json.loads(row)["dataset_id"] for row in summary.rows] == ids
        assert summary.totals.datasets == 1

    def test_a_summary_of_nothing_has_totals_of_0(self, store: Store) -> None:
        assert store.summary(DB, limit=9).totals == Totals(0, 0, 0, 0)

    def test_totals_survive_counts_that_are_missing_or_text(self, store: Store) -> None:
        odd = {"dataset_id": "a", "source": "s", "recording_modality": "eeg", "demographics": {"subjects_count": "4"}}
        store.upsert_datasets(DB, [Dataset.from_value(odd), dataset("b")])
        assert store.summary(DB, limit=9).totals == Totals(2, 4, 10, 2048)

    def test_statistics_are_written_into_dataset_documents(self, store: Store) -> None:
        store.upsert_datasets(DB, [dataset("ds000001"), dataset("ds000002")])
        store.insert_records(DB, [record(1), record(2, ntimes=None)])
        assert store.compute_statistics(DB, now="2026-01-01T00:00:00Z") == 1
        document = json.loads(store.get_dataset(DB, "ds000001") or "")
        assert document["nchans_counts"] == [{"val": 32, "count": 2}]
        assert (document["total_duration_s"], document["stats_computed_at"]) == (300.0, "2026-01-01T00:00:00Z")

    def test_a_montage_remembers_who_had_it_first(self, store: Store) -> None:
        first = Montage(hash="a" * 16, first_seen="2025", n_sensors=3)
        later = Montage(hash="a" * 16, first_seen="2026", n_sensors=4)
        assert store.upsert_montages(DB, [first]) == Upserted(1, 0)
        assert store.upsert_montages(DB, [later]) == Upserted(0, 1)
        (text,) = store.find(DB, "montages", make_filter({"hash": "a" * 16}), limit=9)
        assert (json.loads(text)["first_seen"], json.loads(text)["n_sensors"]) == ("2025", 4)

    def test_databases_do_not_see_each_other(self, store: Store) -> None:
        store.insert_records(DB, [record(1)])
        assert store.count("eegdash_dev", "records", EVERYTHING) == 0
        assert {DB, "eegdash_dev"} <= set(store.databases())

    @pytest.mark.parametrize("name", ["nowhere", "", "admin", "eegdash; DROP TABLE x", "../etc"])
    def test_an_unknown_database_is_named(self, store: Store, name: str) -> None:
        with pytest.raises(UnknownDatabase, match="Those held: eegdash"):
            store.find(name, "records", EVERYTHING, limit=1)

    def test_every_write_moves_the_change_counter(self, store: Store) -> None:
        seen = [store.change_counter(DB)]
        store.insert_records(DB, [record(1)])
        seen.append(store.change_counter(DB))
        store.upsert_datasets(DB, [dataset()])
        seen.append(store.change_counter(DB))
        store.delete_records(DB, EVERYTHING)
        seen.append(store.change_counter(DB))
        assert seen == sorted(set(seen))
        assert store.change_counter("eegdash_dev") == 0

    def test_many_threads_read_while_one_writes(self, store: Store) -> None:
        faults: list[BaseException] = []

        def read() -> None:
            try:
                for _ in range(20):
                    pages = found(store, {"task": "rest"})
                    assert pages == sorted(pages)
            except BaseException as fault:
                faults.append(fault)

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(0, 90, 10):
            store.insert_records(DB, [record(n) for n in range(number, number + 10)])
        for reader in readers:
            reader.join()
        assert (faults, store.count(DB, "records", EVERYTHING)) == ([], 90)

    def test_an_answering_store_can_be_pinged(self, store: Store) -> None:
        store.ping()

    def test_closing_twice_is_harmless(self, store: Store) -> None:
        store.close()
        store.close()


class OffendersContract:
    """Subclass it with a fixture ``offenders`` that gives an empty list of offenders."""

    def test_offenders_are_remembered_and_forgiven(self, offenders: Offenders) -> None:
        blocked = Offender("10.0.0.1", offences=3, last_offence_s=100.0, blocked_until_s=200.0)
        offenders.save(Offender("10.0.0.2", offences=1, last_offence_s=100.0, blocked_until_s=0.0))
        offenders.save(blocked)
        assert (offenders.get("10.0.0.1"), offenders.get("10.0.0.9")) == (blocked, None)
        assert offenders.blocked(after_s=150.0) == [blocked]
        assert (offenders.forget("10.0.0.1"), offenders.forget("10.0.0.1")) == (True, False)

    def test_a_new_offence_replaces_what_was_known(self, offenders: Offenders) -> None:
        for count in (1, 2):
            offenders.save(Offender("10.0.0.1", offences=count, last_offence_s=100.0, blocked_until_s=200.0))
        assert [entry.offences for entry in offenders.blocked(after_s=0)] == [2]

    def test_closing_twice_is_harmless(self, offenders: Offenders) -> None:
        offenders.close()
        offenders.close()
