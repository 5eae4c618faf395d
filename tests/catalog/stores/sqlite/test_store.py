"""The contract on SQLite, in a file and in memory, and what only this store has to prove."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eegmill.catalog.documents.changes import check_changes
from eegmill.catalog.documents.models import Record
from eegmill.catalog.faults import QueryTimeout, StoreUnavailable
from eegmill.catalog.filters.language import EVERYTHING, make_filter
from eegmill.catalog.stores.contract import Store
from eegmill.catalog.stores.offenders import MemoryOffenders, Offender, Offenders
from eegmill.catalog.stores.sqlite.connections import deadline
from eegmill.catalog.stores.sqlite.offenders import SqliteOffenders
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.errors import FilterError
from eegmill.testing import OffendersContract, StoreContract
from eegmill.testing.documents import dataset, record
from stored import stored_in_memory

DB = "eegdash"


class TestSqliteFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SqliteStore(tmp_path / "catalog.sqlite")
        yield store
        store.close()

    def test_everything_survives_a_restart(self, tmp_path: Path) -> None:
        first = SqliteStore(tmp_path / "again.sqlite")
        ids = first.insert_records(DB, [record(1)])
        first.close()
        second = SqliteStore(tmp_path / "again.sqlite")
        assert json.loads(second.find(DB, "records", EVERYTHING, limit=1)[0])["_id"] == ids[0]
        assert second.change_counter(DB) == 1
        second.close()

    def test_a_deleted_id_is_never_given_again(self, store: Store) -> None:
        (gone,) = store.insert_records(DB, [record(1)])
        store.delete_records(DB, EVERYTHING)
        assert store.insert_records(DB, [record(1)]) != [gone]

    def test_a_read_leaves_no_deadline_behind(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "x.sqlite")
        slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT COUNT(*) FROM n"
        with pytest.raises(QueryTimeout), deadline(connection, 0.0):
            connection.execute(slow).fetchone()
        assert connection.execute(slow).fetchone() == (100000,)

    def test_a_file_that_is_no_database_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("These are words, not a database, and quite a few of them." * 20)
        with pytest.raises(StoreUnavailable, match="notes"):
            SqliteStore(tmp_path / "notes.txt")

    def test_a_catalogue_of_a_newer_eegmill_is_left_alone(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "new.sqlite") as newer:
            newer.execute("PRAGMA user_version = 99")
        newer.close()
        with pytest.raises(StoreUnavailable, match="newer eegmill"):
            SqliteStore(tmp_path / "new.sqlite")

    def test_a_catalogue_of_an_older_eegmill_is_refused(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "old.sqlite") as older:
            older.execute("PRAGMA user_version = 1")
        older.close()
        with pytest.raises(StoreUnavailable, match="older eegmill"):
            SqliteStore(tmp_path / "old.sqlite")

    def test_a_missing_folder_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnavailable, match="nowhere"):
            SqliteStore(tmp_path / "nowhere" / "catalog.sqlite")

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            store.ping()


class TestSqliteMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = SqliteStore(None)
        yield store
        store.close()

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            store.find(DB, "records", EVERYTHING, limit=1)

    def test_it_starts_with_the_documents_it_is_given(self) -> None:
        store = stored_in_memory(DB, datasets=[dataset()], records=[record(1), record(2)])
        assert (store.count(DB, "records", EVERYTHING), store.databases()) == (2, (DB,))


def nested(kinds: tuple[str, ...], innermost: dict[str, Any]) -> dict[str, Any]:
    """A filter as deep as the language allows, of one kind of level within another."""
    for kind in kinds:
        if kind == "$elemMatch":
            innermost = {"z": None, "a.b.c": {"$size": 3, "$not": {"$elemMatch": {"z": {"$ne": 1}, **innermost}}}}
        else:
            innermost = {kind: [{"z": 1}, innermost]}
    return innermost


INNERMOST = (
    {"z": 1, "a.b.c.d": {"$gt": 1, "$in": [None, 1, "a", True]}},
    {"z": 1, "a.b.c": {"$not": {"$not": {"$in": list(range(20))}}}},
    {"a.b": {"$elemMatch": {"$gt": 1, "$not": {"$size": 1, "$in": [1, "a"]}}}},
)


@pytest.mark.parametrize("levels", range(1, 7))
def test_no_filter_of_the_language_is_too_deep_for_sqlite(levels: int) -> None:
    store = stored_in_memory(DB, records=[record(1, a=[{"b": [{"c": [1, [2]]}]}])])
    answered = 0
    for kinds in itertools.product(("$or", "$nor", "$elemMatch"), repeat=levels):
        for innermost in INNERMOST:
            try:
                query = make_filter(nested(kinds, innermost))
            except FilterError:
                continue
            store.find(DB, "records", query, limit=1)
            answered += 1
    assert answered >= 3


def test_a_slow_filter_is_interrupted_and_the_store_goes_on(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "catalog.sqlite", read_timeout_s=0.01)
    store.insert_records(DB, [record(n, words=["abc"] * 500) for n in range(300)])
    slow = make_filter({"$nor": [{"words": {"$regex": f"(x+x+)+{n}"}} for n in range(50)]})
    with pytest.raises(QueryTimeout, match="takes too long"):
        store.find(DB, "records", slow, limit=1)
    assert len(store.insert_records(DB, [record(999)])) == 1
    store.close()


def test_only_small_questions_are_answered_at_once(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "catalog.sqlite")
    store.insert_records(DB, [record(n, words=["abc"] * 500) for n in range(300)])
    slow = make_filter({"$nor": [{"words": {"$regex": f"(x+x+)+{n}"}} for n in range(50)]})
    assert store.at_once(lambda: store.count(DB, "records", EVERYTHING)) == 300
    assert store.at_once(lambda: store.count(DB, "records", slow)) is None
    store.close()


def test_a_page_of_enormous_documents_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "catalog.sqlite")
    store.insert_records(DB, [record(n, notes="x" * 6_000_000) for n in range(12)])
    assert store.page(DB, "records", EVERYTHING, limit=5).count == 5
    with pytest.raises(FilterError, match="fewer documents"):
        store.page(DB, "records", EVERYTHING, limit=12)
    store.close()


def test_decimals_match_to_the_last_bit() -> None:
    values = [0.1, 0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789, 5e-324, 1.7976931348623157e308, 999.4121105232217]
    store = stored_in_memory(DB, records=[record(n, x=value) for n, value in enumerate(values)])
    assert [store.count(DB, "records", make_filter({"x": value})) for value in values] == [1] * len(values)
    assert [store.count(DB, "records", make_filter({"x": {"$gte": value}})) for value in sorted(values)] == [
        *range(len(values), 0, -1)
    ]


@pytest.mark.parametrize("value", [25, -25, 25.0, 0, -0.0, 0.5, 1e-7, 1e15, 10**16, 1e16])
@pytest.mark.parametrize("spelt", [int, float])
def test_a_number_is_found_however_it_is_written(value: float, spelt: type) -> None:
    stored = spelt(value) if spelt(value) == value else value
    store = stored_in_memory(DB, records=[record(1, x=stored), record(2, x={"y": [1, stored]}), record(3)])
    for asked in (value, float(value)):
        assert store.count(DB, "records", make_filter({"$or": [{"x": asked}, {"x.y": asked}]})) == 2


def test_filters_may_mix_columns_lean_fields_and_whole_texts() -> None:
    store = stored_in_memory(DB, records=[record(n, age=n % 2, ch_names=["Cz", f"E{n}"]) for n in range(6)])
    query = make_filter({"$nor": [{"age": 1}, {"ch_names": "E2"}, {"subject": "04"}]})
    assert store.count(DB, "records", query) == 1
    assert store.delete_records(DB, query) == 1


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from eegmill.testing.documents import record
from eegmill.catalog.documents.models import Record
from eegmill.catalog.stores.sqlite.store import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
for start in range(0, 10**6, 50):
    store.insert_records("eegdash", [record(number) for number in range(start, start + 50)])
    print(start + 50, flush=True)
"""


@pytest.mark.parametrize("batches", [1, 7, 20])
def test_after_kill_9_every_acknowledged_record_is_there_and_none_twice(tmp_path: Path, batches: int) -> None:
    path = tmp_path / "catalog.sqlite"
    command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parents[3] / "support")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [int(line) for line in itertools.islice(child.stdout, batches)][-1]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged = int((child.stdout.read().split() or [acknowledged])[-1])
    store = SqliteStore(path)
    texts = store.find(DB, "records", EVERYTHING, limit=10**6)
    paths = [json.loads(text)["bids_relpath"] for text in texts]
    assert len(paths) == len(set(paths)) == store.count(DB, "records", EVERYTHING)
    assert {record(number).bids_relpath for number in range(acknowledged)} <= set(paths)
    assert len(paths) % 50 == 0
    store.close()


def test_a_list_of_channel_names_is_kept_once_and_follows_every_change() -> None:
    store = stored_in_memory(DB, records=[record(n, ch_names=["Cz", "Pz"]) for n in range(3)])
    store.update_records(DB, make_filter({"subject": "01"}), check_changes(Record, {"ch_names": ["Oz"]}))
    store.update_records(DB, make_filter({"subject": "02"}), check_changes(Record, {"ch_names": None}))
    counts = {"Cz": 1, "Oz": 1}
    assert {name: store.count(DB, "records", make_filter({"ch_names": name})) for name in counts} == counts
    assert store.count(DB, "records", make_filter({"ch_names": None})) == 1
    assert store.count(DB, "records", make_filter({"ch_names": {"$exists": True}})) == 3
    store.close()


class TestOffendersInMemory(OffendersContract):
    @pytest.fixture
    def offenders(self) -> Offenders:
        return MemoryOffenders()


class TestOffendersInFile(OffendersContract):
    @pytest.fixture
    def offenders(self, tmp_path: Path) -> Iterator[Offenders]:
        offenders = SqliteOffenders(tmp_path / "catalog.sqlite")
        yield offenders
        offenders.close()


def test_offenders_share_the_file_of_a_catalogue_and_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    store, first = SqliteStore(path), SqliteOffenders(path)
    first.save(Offender("10.0.0.1", 3, 100.0, 200.0))
    first.close()
    second = SqliteOffenders(path)
    assert (second.get("10.0.0.1"), store.change_counter(DB)) == (Offender("10.0.0.1", 3, 100.0, 200.0), 0)
    second.close()
    store.close()
