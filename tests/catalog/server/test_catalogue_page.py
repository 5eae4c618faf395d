"""The pages for people, as they come without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api_documents import dataset, record
from eegmill.catalog.documents.models import Dataset, Montage, Record
from eegmill.catalog.server.app import create_app

if TYPE_CHECKING:
    from eegmill.catalog.stores.contract import Store

EVIL = "<script>alert('x')</script>"


def shown(api: TestClient, **parameters: str) -> list[str]:
    """IDs in the list's table, in order."""
    reply = api.get("/catalog", params=parameters)
    assert reply.status_code == 200, reply.text
    return re.findall(r'<th scope="row"><a href="catalog/(\w+)"', reply.text)


def test_the_list_shows_every_dataset(api: TestClient) -> None:
    assert shown(api) == ["ds000001", "ds000002", "ds000003"]


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"source": "nemar"}, ["ds000002"]),
        ({"q": "study ds000003"}, ["ds000003"]),
        ({"sort": "dataset", "order": "desc"}, ["ds000003", "ds000002", "ds000001"]),
        ({"modality": "ieeg"}, []),
    ],
)
def test_the_form_works_without_javascript(api: TestClient, parameters: dict[str, str], found: list[str]) -> None:
    assert shown(api, **parameters) == found


def test_a_column_head_turns_the_order_round_and_keeps_the_choice(api: TestClient) -> None:
    page = api.get("/catalog", params={"source": "openneuro", "sort": "size"}).text
    assert 'href="catalog?source=openneuro&amp;sort=size&amp;order=desc"' in page
    assert 'aria-sort="ascending"' in page


def test_an_empty_list_says_what_to_do(api: TestClient) -> None:
    assert "No dataset has all of this" in api.get("/catalog", params={"q": "xyzzy"}).text


@pytest.mark.parametrize("parameter", ["channels", "rate", "size", "sort", "order"])
def test_a_value_that_the_form_does_not_have_is_refused(api: TestClient, parameter: str) -> None:
    reply = api.get("/catalog", params={parameter: "odd"})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


def test_a_dataset_page_has_its_recordings_and_the_line_to_start(api: TestClient) -> None:
    page = api.get("/catalog/ds000001").text
    assert "eegmill init ds000001 --api http" in page
    assert page.count('class="file"') == 3
    assert "1 to 3 of 3" in page


def test_recordings_come_page_by_page(store: Store, api: TestClient) -> None:
    store.insert_records("eegdash", [Record.from_value(record(str(number))) for number in range(100, 250)])
    page = api.get("/catalog/ds000001", params={"skip": "100"}).text
    assert "101 to 153 of 153" in page
    assert "skip=0#recordings" in page


def test_an_unknown_dataset_gets_a_page_for_people(api: TestClient) -> None:
    reply = api.get("/catalog/ds999999")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "ds999999" in reply.text


@pytest.mark.parametrize("path", ["/catalog", "/catalog/evil", "/catalog/missing?database=eegdash"])
def test_text_of_a_document_is_never_markup(store: Store, api: TestClient, path: str) -> None:
    links = {"source_url": "javascript:alert(1)"}
    evil = dataset("evil", name=EVIL, readme=EVIL, license=EVIL, source=EVIL, authors=[EVIL], external_links=links)
    store.upsert_datasets("eegdash", [Dataset.from_value(evil)])
    for page in (api.get(path).text, api.get("/catalog", params={"q": EVIL}).text):
        assert "alert('x')" not in page
        assert "javascript:" not in page


def test_the_pages_load_nothing_from_elsewhere(api: TestClient) -> None:
    reply = api.get("/catalog/ds000001")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', reply.text)
    assert loaded == ["../catalog/style.css", "../catalog/script.js"]


@pytest.mark.parametrize(("name", "kind"), [("style.css", "text/css"), ("script.js", "text/javascript")])
def test_the_assets_are_served(api: TestClient, name: str, kind: str) -> None:
    reply = api.get(f"/catalog/{name}")
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, kind)


def test_a_new_dataset_shows_at_once(store: Store) -> None:
    api = TestClient(create_app(store))
    shown(api)
    store.upsert_datasets("eegdash", [Dataset.from_value(dataset("ds000000"))])
    assert shown(api)[0] == "ds000000"


def test_another_database_keeps_its_name_in_the_links(store: Store, api: TestClient) -> None:
    store.upsert_datasets("eegdash_dev", [Dataset.from_value(dataset("ds000005"))])
    page = api.get("/catalog", params={"database": "eegdash_dev"}).text
    assert 'href="catalog/ds000005?database=eegdash_dev"' in page


def test_a_dataset_page_has_people_citation_electrodes_and_files(store: Store, api: TestClient) -> None:
    people = {"subjects_count": 3, "ages": [21, 24, 33], "sex_distribution": {"F": 2, "M": 1}}
    told = dataset(
        "dsX", demographics=people, authors=["A. One", "B. Two"], author_year="One2020", dataset_doi="10.1/x"
    )
    store.upsert_datasets("eegdash", [Dataset.from_value(told)])
    store.insert_records("eegdash", [Record.from_value(record(subject, dataset="dsX")) for subject in ("01", "02")])
    sensors = [{"name": "Cz", "x": 0, "y": 0, "z": 95}, {"name": "T8", "x": 95, "y": 0, "z": 0}, {"name": "A1"}]
    montage = {"hash": "ad61c8e3725bc474", "representative_dataset": "dsX", "sensors": sensors}
    store.upsert_montages("eegdash", [Montage.from_value(montage)])
    page = api.get("/catalog/dsX").text
    assert "A. One, B. Two (2020): Study dsX. OpenNeuro. https://doi.org/10.1/x" in page
    assert 'aria-label="Age, years: 20–29 2, 30–39 1"' in page
    assert 'aria-label="Sex: F 2, M 1"' in page
    assert '<title>T8</title><circle class="sensor" cx="100.0" cy="0.0"' in page
    assert "2 electrodes, from above; 1 more have no position" in page
    assert "<summary>sub-02" in page


def test_the_second_page_goes_on_where_the_first_ended(store: Store, api: TestClient) -> None:
    store.upsert_datasets("eegdash", [Dataset.from_value(dataset(f"dsP{n:03d}")) for n in range(60)])
    first, second = shown(api), shown(api, page="2")
    assert (len(first), len(second)) == (50, 13)
    assert first[-1] < second[0]
    assert 'href="catalog?page=2"' in api.get("/catalog").text
