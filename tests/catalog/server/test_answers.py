"""Answers that clients on the open network look for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eegmill.catalog.documents.models import Dataset, Montage

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from eegmill.catalog.stores.contract import Store


@pytest.fixture
def studies(store: Store) -> Store:
    """Datasets whose names and IDs are awkward."""
    documents: list[dict[str, Any]] = [
        {"dataset_id": "lab/one", "name": "Attention/Rest", "recording_modality": ["eeg"]},
        {"dataset_id": "dsA", "name": "Sleep", "recording_modality": ["eeg"], "authors": ["Sivakumar, P."]},
        {
            "dataset_id": "dsB",
            "name": "Sleep",
            "recording_modality": ["eeg"],
            "dataset_doi": "10.82901/nemar.b",
            "readme": "Forty nights were recorded in the countryside of Wales.",
        },
    ]
    store.upsert_datasets("eegdash", [Dataset.from_value({"source": "lab", **document}) for document in documents])
    return store


@pytest.mark.parametrize("path", ["/health", "/api/eegdash/count", "/catalog", "/docs"])
def test_a_head_is_a_get_without_its_body(api: TestClient, path: str) -> None:
    whole, head = api.get(path), api.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    "route", ["datasets/summary/{}", "datasets/{}", "metadata/{}"], ids=["summary", "dataset", "metadata"]
)
@pytest.mark.usefixtures("studies")
def test_an_id_may_have_a_slash(api: TestClient, route: str) -> None:
    for written in ("lab/one", "lab%2Fone"):
        assert api.get("/api/eegdash/" + route.format(written)).json()["data"]["dataset_id"] == "lab/one"


@pytest.mark.usefixtures("studies")
def test_a_name_may_have_a_slash(api: TestClient) -> None:
    assert api.get("/api/eegdash/datasets/summary/Attention%2FRest").json()["data"]["dataset_id"] == "lab/one"


@pytest.mark.usefixtures("studies")
def test_a_page_of_an_id_with_a_slash_finds_its_style(api: TestClient) -> None:
    page = api.get("/catalog/lab/one")
    assert page.status_code == 200
    assert 'href="../../catalog/style.css"' in page.text


@pytest.mark.usefixtures("studies")
def test_a_name_of_several_datasets_is_answered_with_all_of_them(api: TestClient) -> None:
    reply = api.get("/api/eegdash/datasets/summary/Sleep")
    assert reply.status_code == 409
    assert "by its ID: dsA, dsB." in reply.json()["detail"]


@pytest.mark.usefixtures("studies")
@pytest.mark.parametrize(
    ("words", "found"),
    [("sleep", ["dsA", "dsB"]), ("sivakumar", ["dsA"]), ("10.82901", ["dsB"]), ("nights wales", ["dsB"]), ("xyz", [])],
)
def test_a_search_looks_through_titles_authors_dois_and_readmes(api: TestClient, words: str, found: list[str]) -> None:
    reply = api.get("/api/eegdash/datasets/search", params={"q": words}).json()
    assert [result["dataset_id"] for result in reply["results"]] == found
    assert reply["total"] == len(found)


@pytest.mark.usefixtures("studies")
def test_a_result_shows_where_the_word_stands(api: TestClient) -> None:
    (result,) = api.get("/api/eegdash/datasets/search", params={"q": "countryside"}).json()["results"]
    assert result["snippet"] == "Forty nights were recorded in the countryside of Wales."


def test_a_search_for_nothing_is_refused(api: TestClient) -> None:
    assert api.get("/api/eegdash/datasets/search", params={"q": ""}).status_code == 422


def test_chart_data_can_hold_montages(studies: Store, api: TestClient) -> None:
    montage = {"hash": "ad61c8e3725bc474", "n_sensors": 64, "representative_dataset": "dsA"}
    studies.upsert_montages("eegdash", [Montage.from_value(montage)])
    reply = api.get("/api/eegdash/datasets/chart-data", params={"include": "montages"}).json()
    held = {row["dataset_id"]: row["montage"] for row in reply["datasets"]}
    assert held["dsA"]["n_sensors"] == 64
    assert held["dsB"] is None
    assert "montage" not in json.dumps(api.get("/api/eegdash/datasets/chart-data").json())


@pytest.mark.usefixtures("studies")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"modality": {"$in": ["EEG", "eeg"]}}, 5),
        ({"$or": [{"source": "lab"}, {"provider": "lab"}]}, 3),
        ({"n_subjects": {"$gte": 3}}, 3),
        ({"n_subjects": {"$gte": 4}}, 0),
        ({"license": "CC0"}, 3),
    ],
)
def test_the_filters_of_search_datasets_are_understood(api: TestClient, query: dict[str, Any], found: int) -> None:
    assert api.get("/api/eegdash/datasets", params={"filter": json.dumps(query)}).json()["count"] == found
