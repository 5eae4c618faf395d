"""The unmodified HTTP client of EEGDash, against our server on a real port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api_documents import TOKEN, filled, record
from eegmill.catalog.stores.sqlite.store import SqliteStore
from public_client import missing_client, public_module, served


@pytest.fixture(scope="module")
def client_class() -> Iterator[Any]:
    """``EEGDashAPIClient``."""
    if missing_client():
        pytest.skip(missing_client())
    with public_module("eegdash.http_api_client") as module:
        yield module.EEGDashAPIClient


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our server on a free port of this machine."""
    store = filled(SqliteStore(tmp_path_factory.mktemp("catalogue") / "catalogue.db"))
    with served(store, TOKEN) as address:
        yield address
    store.close()


@pytest.fixture
def client(client_class: Any, url: str, request: pytest.FixtureRequest) -> Any:
    """The public client, with our token; versions before 0.6 lack some of its methods."""
    made = client_class(api_url=url, auth_token=TOKEN)
    needed = getattr(request.node.get_closest_marker("needs"), "args", ())
    absent = [name for name in needed if not hasattr(made, name)]
    if absent:
        pytest.skip(f"this version of the client has no {', '.join(absent)}")
    return made


def test_it_finds_records(client: Any) -> None:
    found = client.find({"dataset": "ds000001", "task": {"$regex": "^REST$", "$options": "i"}})
    assert [document["subject"] for document in found] == ["01", "02", "03"]


def test_it_walks_all_pages(client: Any) -> None:
    client.insert_many([record(str(number), dataset="ds000100") for number in range(1000)])
    client.insert_many([record(str(number), dataset="ds000100", task="walk") for number in range(700)])
    found = client.find({"dataset": "ds000100"})
    assert len({document["_id"] for document in found}) == len(found) == 1700


def test_it_finds_one_or_none(client: Any) -> None:
    assert client.find_one({"task": "oddball"})["dataset"] == "ds000002"
    assert client.find_one({"task": "no such task"}) is None


def test_it_counts(client: Any) -> None:
    assert client.count_documents({"dataset": {"$in": ["ds000001", "ds000002"]}}) == 4


@pytest.mark.needs("get_dataset", "find_datasets")
def test_it_reads_datasets(client: Any) -> None:
    assert client.get_dataset("ds000001")["name"] == "Study ds000001"
    assert client.get_dataset("nm000001") is None
    found = client.find_datasets({"source": "nemar"})
    assert [document["dataset_id"] for document in found] == ["ds000002"]


def test_it_inserts_one(client: Any) -> None:
    inserted = client.insert_one(record("5077"))
    assert client.find_one({"subject": "5077"})["_id"] == inserted


@pytest.mark.needs("upsert_many")
def test_it_upserts(client: Any) -> None:
    assert client.upsert_many([record("88")]) == {"inserted_count": 1, "updated_count": 0}
    assert client.upsert_many([record("88", nchans=2)]) == {"inserted_count": 0, "updated_count": 1}


def test_it_updates_records(client: Any) -> None:
    assert client.update_many({"dataset": "ds000002"}, {"montage_hash": "ad61c8e3725bc474"}) == (1, 1)


@pytest.mark.needs("update_dataset")
def test_it_updates_a_dataset(client: Any) -> None:
    assert client.update_dataset("ds000003", {"license": "CC-BY-4.0"}) == 1


def test_it_may_not_write_without_the_token(client_class: Any, url: str) -> None:
    with pytest.raises(Exception, match="401"):
        client_class(api_url=url).insert_one(record("99"))
