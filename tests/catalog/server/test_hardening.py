"""Hostile requests: each of these has broken a server like this one before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN, filled, record
from eegmill.catalog.documents.models import Record
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.problems import Problem
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

    from eegmill.catalog.stores.contract import Store

LEAKS = ("Traceback", "sqlite", "SELECT", ".py", "site-packages", "/src/", "json_each")
FILTER_ROUTES = ("/api/eegdash/records", "/api/eegdash/count", "/api/eegdash/datasets")


def asked(api: TestClient, condition: Any, route: str = FILTER_ROUTES[0]) -> Response:
    """The reply to a filter."""
    return api.get(route, params={"filter": condition if isinstance(condition, str) else json.dumps(condition)})


def is_clean(reply: Response) -> bool:
    """Whether a refusal is a problem document that tells nothing of the server's inside."""
    Problem.model_validate_json(reply.content)
    return reply.status_code < 500 and not any(leak in reply.text for leak in LEAKS)


def test_a_catastrophic_pattern_does_no_harm(store: Store, api: TestClient) -> None:
    store.insert_records("eegdash", [Record.from_value(record("50", task="a" * 30 + "!"))])
    reply = asked(api, {"task": {"$regex": "(a+)+$"}})
    assert (reply.status_code, reply.elapsed.total_seconds() < 2.5) == (200, True)


@pytest.mark.parametrize(
    "condition",
    [
        {"$regex": "("},
        {"$regex": "a", "$options": "q"},
        {"$regex": "(?=a)"},
        {"$regex": r"(a)\1"},
        {"$regex": "a" * 5000},
        {"$regex": "((a{1,500}){1,500}){1,500}"},
        {"$regex": 3},
        {"$size": "a"},
        {"$size": -1},
        {"$in": "a"},
        {"$in": [{}]},
        {"$not": "a"},
        {"$eq": {"a": 1}},
        {"$options": "i"},
        {"$where": "sleep(1000)"},
        {"$expr": {}},
    ],
)
def test_an_operator_used_wrongly_is_refused(api: TestClient, condition: dict[str, Any]) -> None:
    reply = asked(api, {"task": condition})
    assert reply.status_code == 400
    assert is_clean(reply)


@pytest.mark.parametrize(
    "text",
    [
        '{"nchans": 9223372036854775808}',
        '{"nchans": ' + "9" * 4000 + "}",
        '{"nchans": NaN}',
        '{"nchans": 1e999}',
        '{"task": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"task": "a\\u0000b"}',
        '{"task\\u0000": 1}',
        '{"$and": ' * 2000,
        '{"$nor": [' * 40 + "{}" + "]}" * 40,
        "[" * 3000,
        json.dumps({"$or": [{"a": 1}] * 500}),
        json.dumps({"a": {"$in": list(range(5000))}}),
        "[]",
        "null",
        "{",
        "'",
        "\x00",
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)
@pytest.mark.parametrize("route", FILTER_ROUTES)
def test_a_hostile_filter_text_is_refused(api: TestClient, text: str, route: str) -> None:
    reply = asked(api, text, route)
    assert reply.status_code == 400
    assert is_clean(reply)


def test_the_largest_64_bit_number_is_fine(api: TestClient) -> None:
    assert asked(api, {"nchans": 9223372036854775807}).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"", 400),
        (json.dumps(record("60")).replace("500.0", "NaN").encode(), 400),
        (json.dumps(record("60")).replace("500.0", "1e999").encode(), 400),
        (json.dumps(record("60")).replace("500.0", "1" * 30).encode(), 400),
        (json.dumps(record("60")).replace("rest", "\\ud800").encode(), 400),
        (json.dumps(record("60")).replace("500.0", '{"a":' * 1000 + "1" + "}" * 1000).encode(), 422),
        (json.dumps(record("60")).replace("500.0", '{"a":' * 100000).encode(), 422),
        (b"[]", 422),
        (b"3", 422),
        (b'{"dataset": "ds1"}', 422),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_hostile_body_is_refused(admin: TestClient, body: bytes, status: int) -> None:
    reply = admin.post("/admin/eegdash/records", content=body)
    assert reply.status_code == status
    assert is_clean(reply)


def test_a_body_over_the_limit_gets_a_problem_document(store: Store) -> None:
    small = TestClient(create_app(store, Settings(tokens=(TOKEN,), max_body_bytes=1000)), headers=BEARER)
    reply = small.post("/admin/eegdash/records", content=b" " * 1001)
    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")


def test_a_body_that_does_not_tell_its_length_is_counted(store: Store) -> None:
    small = TestClient(create_app(store, Settings(tokens=(TOKEN,), max_body_bytes=1000)), headers=BEARER)

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100

    assert small.post("/admin/eegdash/records", content=pieces()).status_code == 413


def test_a_bulk_insert_after_reads_has_no_deadline_of_theirs() -> None:
    store = SqliteStore(None, read_timeout_s=0.3)
    admin = TestClient(create_app(filled(store), Settings(tokens=(TOKEN,))), headers=BEARER)
    admin.get("/api/eegdash/records")
    body = [record(f"{number}", task=f"t{number}", dataset="ds000007") for number in range(1000)]
    assert admin.post("/admin/eegdash/records/bulk", json=body).json()["insertedCount"] == 1000


def test_a_filter_that_takes_too_long_is_refused_with_the_reason_and_not_to_be_tried_again() -> None:
    store = SqliteStore(None, read_timeout_s=0.0)
    documents = [Record.from_value(record(str(number))) for number in range(2000)]
    store.insert_records("eegdash", documents)
    reply = asked(TestClient(create_app(store)), {"participant_tsv.age": {"$gt": 10**9}})
    assert (reply.status_code, "retry-after" in reply.headers) == (400, False)
    assert "takes too long" in reply.json()["detail"]
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_fault_that_nobody_foresaw_shows_no_traceback(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        msg = "secret SELECT in /src/sqlite.py"
        raise RuntimeError(msg)

    monkeypatch.setattr(store, "page", broken)
    reply = TestClient(create_app(store), raise_server_exceptions=False).get("/api/eegdash/records")
    assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
    assert reply.headers["x-request-id"] in reply.json()["detail"]
    assert not any(leak in reply.text for leak in LEAKS)


def test_a_store_that_is_gone_is_a_503_without_its_inside(tmp_path: Path) -> None:
    store = filled(SqliteStore(tmp_path / "catalogue.db"))
    client = TestClient(create_app(store), raise_server_exceptions=False)
    store.close()
    for path in ("/api/eegdash/records", "/health"):
        reply = client.get(path)
        assert reply.status_code == 503
        assert not any(leak in reply.text for leak in LEAKS)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8)
PATHS = ["task", "nchans", "participant_tsv.age", "recording_modality", "storage.base", "_id", "a.b.c.d.e.f"]
OPERATORS = ["$or", "$and", "$nor", "$not", "$eq", "$ne", "$in", "$nin", "$gt", "$lte", "$regex", "$options", "$"]
OPERATORS += ["$exists", "$size", "$all", "$elemMatch", "$where"]
ODD_NAMES = ["", ".", "a..b", 'a"b', "a\\b", "0", "é", "\ud800", "\0"]
NAMES = st.sampled_from(PATHS + OPERATORS + ODD_NAMES)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=25
)
_client = TestClient(create_app(filled(SqliteStore(None))), raise_server_exceptions=False)


@pytest.mark.parametrize("route", FILTER_ROUTES)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(value=JSON)
def test_no_json_whatsoever_breaks_a_filter(route: str, value: Any) -> None:
    reply = asked(_client, json.dumps(value), route)
    assert reply.status_code in {200, 400}
    assert reply.status_code == 200 or is_clean(reply)


@pytest.mark.parametrize("parameter", ["filter", "limit", "skip", "datasets", "modality", "source", "include"])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(text=st.text(max_size=30))
def test_no_text_whatsoever_breaks_a_parameter(parameter: str, text: str) -> None:
    routes = ("records", "count", "datasets", "datasets/summary", "datasets/stats/records", "datasets/chart-data")
    for route in routes:
        reply = _client.get(f"/api/eegdash/{route}", params={parameter: text})
        assert reply.status_code in {200, 400, 422}
        assert reply.status_code == 200 or is_clean(reply)
