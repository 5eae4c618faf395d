"""The client against made-up servers, and against the real app in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from eegmill.catalog.client.api import Client
from eegmill.errors import CatalogError, FilterError, UnknownDataset

Answer = Callable[[httpx2.Request], httpx2.Response]


def client_of(answer: Answer, **options: Any) -> tuple[Client, list[float]]:
    """A client of a made-up server, and the waits it makes."""
    waits: list[float] = []
    transport = httpx2.MockTransport(answer)
    return Client("https://api.example.org/", transport=transport, sleep=waits.append, **options), waits


def paged(documents: list[dict[str, Any]], *, most: int = 1000) -> Answer:
    """A server that holds these documents and gives at most ``most`` at once."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        skip, limit = int(request.url.params["skip"]), int(request.url.params["limit"])
        return httpx2.Response(200, json={"success": True, "data": documents[skip : skip + min(limit, most)]})

    return answer


RECORDS = [{"dataset": "ds000001", "bids_relpath": f"sub-{number:03d}.set"} for number in range(25)]


@pytest.mark.parametrize("most", [1000, 10, 7])
def test_all_pages_are_read_even_from_a_server_that_gives_less_than_asked(most: int) -> None:
    client, _ = client_of(paged(RECORDS, most=most), page_size=10)
    assert client.find() == RECORDS


def test_records_come_sorted_and_none_twice() -> None:
    client, _ = client_of(paged([*reversed(RECORDS), RECORDS[3]]))
    assert client.find({}) == RECORDS


def test_records_without_a_path_are_told_apart_by_their_id() -> None:
    bare = [{"dataset": "ds000001", "_id": str(number)} for number in range(3)]
    assert client_of(paged(bare))[0].find() == bare


def test_a_limit_is_never_exceeded() -> None:
    client, _ = client_of(paged(RECORDS), page_size=10)
    assert len(client.find(limit=12)) == 12


def test_the_filter_travels_as_json_text() -> None:
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.params["filter"])
        return httpx2.Response(200, json={"count": 3})

    assert client_of(answer)[0].count({"task": {"$in": ["rest"]}}) == 3
    assert json.loads(seen[0]) == {"task": {"$in": ["rest"]}}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_with_growing_waits(status: int) -> None:
    replies = [httpx2.Response(status), httpx2.Response(status), httpx2.Response(200, json={"count": 1})]
    client, waits = client_of(lambda _: replies.pop(0))
    assert (client.count(), waits) == (1, [0.5, 1.0])


def test_a_wait_that_the_server_asks_for_is_kept() -> None:
    replies = [httpx2.Response(429, headers={"Retry-After": "7"}), httpx2.Response(200, json={"count": 1})]
    client, waits = client_of(lambda _: replies.pop(0))
    client.count()
    assert waits == [7.0]


def test_a_retry_date_in_the_past_needs_no_wait_beyond_the_usual() -> None:
    late = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    replies = [httpx2.Response(503, headers=late), httpx2.Response(200, json={"count": 1})]
    client, waits = client_of(lambda _: replies.pop(0))
    client.count()
    assert waits == [0.5]


def test_an_insert_is_not_sent_twice_after_a_fault_that_may_have_stored_it() -> None:
    sent: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.method)
        return httpx2.Response(500)

    with pytest.raises(CatalogError, match="answered 500"):
        client_of(answer)[0].insert(RECORDS)
    assert sent == ["POST"]


def test_an_unreachable_api_is_named_with_the_way_out() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("connection refused", request=request)

    client, waits = client_of(answer, retries=2)
    with pytest.raises(
        CatalogError, match=r"https://api\.example\.org' cannot be reached \(connection refused\).*the network"
    ):
        client.count()
    assert len(waits) == 2


def test_a_page_that_is_not_json_is_called_so() -> None:
    client, _ = client_of(lambda _: httpx2.Response(200, html="<p>Please log in</p>"))
    with pytest.raises(CatalogError, match=r"text/html.*not JSON"):
        client.count()


def test_json_of_another_service_is_called_so() -> None:
    client, _ = client_of(lambda _: httpx2.Response(200, json={"total": 3}))
    with pytest.raises(CatalogError, match="without 'count'"):
        client.count()


def test_a_refused_token_says_so() -> None:
    client, _ = client_of(lambda _: httpx2.Response(401, json={"detail": "The token is not valid."}))
    with pytest.raises(CatalogError, match=r"401 .*The token is not valid\. Give the API token"):
        client.update({}, {"nchans": 2})


def test_the_twin_of_a_dataset_id_is_tried_when_the_id_yields_nothing() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        known = json.loads(request.url.params["filter"])["dataset"] == {"$in": ["on002718", "nm000105"]}
        return httpx2.Response(200, json={"count": 5 if known else 0})

    assert client_of(answer)[0].count({"dataset": {"$in": ["ds002718", "nm000105"]}}) == 5


def test_the_document_of_a_twin_is_found() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/ds002718"):
            return httpx2.Response(200, json={"data": {"dataset_id": "ds002718"}})
        return httpx2.Response(404, json={"detail": "unknown"})

    assert client_of(answer)[0].dataset("on002718") == {"dataset_id": "ds002718"}


def test_an_unknown_dataset_suggests_the_nearest_names() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        names = request.url.path.endswith("/names")
        return httpx2.Response(200, json={"data": ["ds002718", "nm000105"]}) if names else httpx2.Response(404)

    with pytest.raises(UnknownDataset, match=r"'ds00271' is not in the catalogue.*did you mean 'ds002718'"):
        client_of(answer)[0].dataset("ds00271")


def test_names_may_come_as_a_bare_list() -> None:
    assert client_of(lambda _: httpx2.Response(200, json=["b", "a"]))[0].dataset_names() == ["a", "b"]


@pytest.mark.parametrize("query", [{"nchans": float("nan")}, {"task": object()}])
def test_a_filter_that_is_no_json_is_refused_before_it_is_sent(query: dict[str, Any]) -> None:
    with pytest.raises(FilterError, match="cannot be written as JSON"):
        Client("embedded").count(query)


@pytest.mark.parametrize("url", ["", "data.eegdash.org", "ftp://data.eegdash.org"])
def test_an_address_that_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(CatalogError, match="no address of a metadata API"):
        Client(url)


@pytest.mark.parametrize("page_size", [0, 1001])
def test_a_page_size_outside_the_contract_is_refused(page_size: int) -> None:
    with pytest.raises(CatalogError, match="page size"):
        Client("embedded", page_size=page_size)
