"""The API on MongoDB: the same routes, the same answers as on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from eegmill.catalog.documents.models import Record
from eegmill.catalog.ingest.shipped import shipped_summary
from eegmill.catalog.ingest.summary_csv import datasets_from_csv
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores import open_store
from mongod import mongod_binary, running_mongod

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.mongo
TOKEN = "a-token-for-tests-only"
QUESTIONS = [
    'records?filter={"task": "rest", "nchans": {"$gte": 33}}',
    'records?filter={"$or": [{"subject": "03"}, {"task": {"$regex": "^ODD", "$options": "i"}}]}',
    "records?limit=3&skip=4",
    'count?filter={"participant_tsv.age": {"$lt": 5}}',
    "datasets/names",
    "datasets/summary?modality=eeg&source=nemar&limit=5",
    "datasets/summary/ds002718",
    'datasets?filter={"license": "CC0", "tags.type": "Sleep"}',
    "datasets/stats/records",
    "datasets/ds002718/participants",
]


def record(number: int) -> dict[str, Any]:
    """A record document."""
    path = f"sub-{number:02d}/eeg/sub-{number:02d}_eeg.set"
    return {
        "dataset": "ds002718",
        "bids_relpath": path,
        "storage": {"backend": "s3", "base": "s3://openneuro.org/ds002718", "raw_key": path},
        "recording_modality": ["eeg"],
        "subject": f"{number:02d}",
        "task": "rest" if number % 2 else "oddball",
        "nchans": 30 + number,
        "sampling_frequency": 250.0,
        "participant_tsv": {"age": number},
    }


def api_on(url: str) -> TestClient:
    """The API on a store with the shipped datasets and ten records."""
    store = open_store(url)
    store.upsert_datasets("eegdash", datasets_from_csv(shipped_summary()))
    store.insert_records("eegdash", [Record.from_value(record(number)) for number in range(10)])
    return TestClient(create_app(store, Settings(tokens=(TOKEN,))), headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.fixture(scope="module")
def mongo() -> Iterator[TestClient]:
    binary = mongod_binary()
    if binary is None:
        pytest.skip("needs mongod: set EEGMILL_MONGOD")
    with running_mongod(binary) as url:
        yield api_on(url)


@pytest.fixture(scope="module")
def sqlite() -> TestClient:
    return api_on("memory")


def plain(value: Any) -> Any:
    """A reply without the documents' ``_id``, which each store makes its own way."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if name != "_id"}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_stores_answer_alike(mongo: TestClient, sqlite: TestClient, question: str) -> None:
    answers = [api.get(f"/api/eegdash/{question}") for api in (mongo, sqlite)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert plain(answers[0].json()) == plain(answers[1].json())


def test_writes_are_counted_alike(mongo: TestClient, sqlite: TestClient) -> None:
    for api in (mongo, sqlite):
        body = [record(3), {**record(4), "nchans": 1}, record(50)]
        said = api.post("/admin/eegdash/records/upsert", json=body).json()
        assert (said["inserted_count"], said["updated_count"]) == (1, 1)
        assert api.post("/admin/eegdash/records", json=record(3)).status_code == 409


def test_the_page_works_on_mongo(mongo: TestClient) -> None:
    assert mongo.get("/catalog", params={"q": "ds002718"}).text.count('<th scope="row">') == 1
