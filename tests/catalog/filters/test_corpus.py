"""SQLite answers as a real MongoDB server does: recorded (record_filters.py), and live."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from answers import DATABASE, answer
from eegmill.catalog.documents.models import Record
from eegmill.catalog.stores.mongo.store import MongoStore
from eegmill.catalog.stores.sqlite import store as sqlite
from eegmill.catalog.stores.sqlite.store import SqliteStore
from mongod import mongod_binary, running_mongod
from random_filters import documents, filters
from stored import stored_in_memory

Corpus = dict[str, Any]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    path = Path(__file__).parent / "data" / "filters.json.xz"
    recorded: Corpus = json.loads(lzma.decompress(path.read_bytes()))
    return recorded


@pytest.fixture(scope="module")
def store(corpus: Corpus) -> Iterator[SqliteStore]:
    records = [Record.from_value(document) for document in corpus["documents"]]
    store = stored_in_memory(DATABASE, records=records)
    yield store
    store.close()


def test_sqlite_gives_every_recorded_answer(store: SqliteStore, corpus: Corpus) -> None:
    wrong = [asked for asked, expected in corpus["filters"] if answer(store, asked) != expected]
    assert wrong == []


def test_answers_do_not_depend_on_how_common_a_modality_is(
    store: SqliteStore, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "COMMON_FROM", 0)
    asked = [entry for entry in corpus["filters"] if "recording_modality" in json.dumps(entry[0])]
    assert len(asked) > 50
    assert [document for document, expected in asked if answer(store, document) != expected] == []


def test_the_corpus_asks_for_every_operator_and_is_neither_empty_nor_trivial(corpus: Corpus) -> None:
    text = json.dumps([asked for asked, _ in corpus["filters"]])
    named = [
        "eq",
        "ne",
        "in",
        "nin",
        "gt",
        "gte",
        "lt",
        "lte",
        "regex",
        "options",
        "exists",
        "size",
        "all",
        "elemMatch",
        "and",
        "or",
        "nor",
        "not",
    ]
    assert [name for name in named if f'"${name}"' not in text] == []
    some = [found for _, found in corpus["filters"] if 0 < int(found, 16) < 2 ** len(corpus["documents"]) - 1]
    assert len(some) > len(corpus["filters"]) / 2


@pytest.mark.mongo
def test_sqlite_and_mongodb_agree_on_8000_random_filters() -> None:
    binary = mongod_binary()
    if binary is None:
        pytest.skip("needs a mongod: set EEGMILL_MONGOD")
    held = documents(seed=11)
    ours = stored_in_memory(DATABASE, records=held)
    with running_mongod(binary) as url:
        mongo = MongoStore(url, databases=(DATABASE,))
        mongo.insert_records(DATABASE, held)
        asked = filters(seed=12, count=8000)
        apart = [document for document in asked if answer(ours, document) != answer(mongo, document)]
        mongo.close()
    assert apart == []
