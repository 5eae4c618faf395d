"""What holders of the token may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from api_documents import TOKEN, dataset, record
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings

if TYPE_CHECKING:
    from eegmill.catalog.stores.contract import Store

WRITES = [
    ("POST", "records", record("09")),
    ("POST", "records/bulk", [record("09")]),
    ("POST", "records/upsert", [record("09")]),
    ("PATCH", "records", {"filter": {}, "update": {"nchans": 1}}),
    ("DELETE", "records?filter={}", None),
    ("POST", "datasets", dataset()),
    ("POST", "datasets/bulk", [dataset()]),
    ("PATCH", "datasets/ds000001", {"update": {"license": "PD"}}),
    ("DELETE", "datasets/ds000001", None),
    ("POST", "datasets/compute-stats", None),
    ("POST", "montages/bulk", [{"hash": "ab"}]),
]


def count(api: TestClient, query: dict[str, Any] | None = None) -> int:
    """How many records there are."""
    return int(api.get("/api/eegdash/count", params={"filter": json.dumps(query or {})}).json()["count"])


@pytest.mark.parametrize(("method", "route", "body"), WRITES)
def test_every_write_needs_the_token(api: TestClient, method: str, route: str, body: Any) -> None:
    reply = api.request(method, f"/admin/eegdash/{route}", json=body)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert count(api) == 4


@pytest.mark.parametrize("token", ["wrong", "", TOKEN[:-1], TOKEN + "x", "tökén"])
def test_a_wrong_token_is_refused(api: TestClient, token: str) -> None:
    reply = api.get("/admin/security/blocked", headers={"Authorization": f"Bearer {token}".encode()})
    assert reply.status_code == 401


@pytest.mark.parametrize(("method", "route", "body"), WRITES)
def test_a_server_without_a_token_takes_no_writes(store: Store, method: str, route: str, body: Any) -> None:
    closed = TestClient(create_app(store), headers={"Authorization": "Bearer "})
    reply = closed.request(method, f"/admin/eegdash/{route}", json=body)
    assert reply.status_code == 403
    assert "without an admin token" in reply.json()["detail"]


@pytest.mark.parametrize(("method", "route", "body"), WRITES)
def test_every_write_works_with_the_token(admin: TestClient, method: str, route: str, body: Any) -> None:
    reply = admin.request(method, f"/admin/eegdash/{route}", json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()["success"] is True


def test_an_inserted_record_can_be_read_at_once(admin: TestClient) -> None:
    inserted = admin.post("/admin/eegdash/records", json=record("09", entities={"run": 2})).json()["insertedId"]
    found = admin.get("/api/eegdash/records", params={"filter": '{"run": "2"}'}).json()["data"]
    assert [document["_id"] for document in found] == [inserted]


def test_a_record_that_is_there_already_is_a_conflict(admin: TestClient) -> None:
    reply = admin.post("/admin/eegdash/records", json=record("01"))
    assert reply.status_code == 409
    assert "sub-01" in reply.json()["detail"]


def test_a_bulk_with_one_duplicate_adds_nothing(admin: TestClient) -> None:
    assert admin.post("/admin/eegdash/records/bulk", json=[record("08"), record("01")]).status_code == 409
    assert count(admin) == 4


def test_an_upsert_counts_new_and_changed(admin: TestClient) -> None:
    body = [record("08"), record("01", nchans=12), record("02")]
    said = admin.post("/admin/eegdash/records/upsert", json=body).json()
    assert (said["inserted_count"], said["updated_count"]) == (1, 1)


@pytest.mark.parametrize("update", [{"nchans": 12}, {"$set": {"nchans": 12}}])
def test_a_patch_sets_fields_with_or_without_set(admin: TestClient, update: dict[str, Any]) -> None:
    body = {"filter": {"dataset": "ds000001"}, "update": update}
    said = admin.patch("/admin/eegdash/records", json=body).json()
    assert (said["matched_count"], said["modified_count"], count(admin, {"nchans": 12})) == (3, 3, 3)


@pytest.mark.parametrize("update", [{"$unset": {"nchans": 1}}, {"dataset": "x"}, {"_id": "1"}, {}, {"nchans": "many"}])
def test_a_patch_that_does_more_than_setting_is_refused(admin: TestClient, update: dict[str, Any]) -> None:
    assert admin.patch("/admin/eegdash/records", json={"filter": {}, "update": update}).status_code == 422


def test_a_dataset_is_added_then_renewed(admin: TestClient) -> None:
    first = admin.post("/admin/eegdash/datasets", json=dataset("ds000009")).json()
    second = admin.post("/admin/eegdash/datasets", json=dataset("ds000009", license="PD")).json()
    assert (first["inserted_count"], second["updated_count"]) == (1, 1)


def test_an_unknown_dataset_cannot_be_patched(admin: TestClient) -> None:
    assert admin.patch("/admin/eegdash/datasets/nope", json={"update": {"license": "PD"}}).status_code == 404


def test_records_are_deleted_only_by_a_filter(admin: TestClient) -> None:
    assert admin.delete("/admin/eegdash/records").status_code == 422
    said = admin.delete("/admin/eegdash/records", params={"filter": '{"task": "oddball"}'}).json()
    assert (said["deleted_count"], count(admin)) == (1, 3)


def test_computed_statistics_show_in_the_summary(admin: TestClient) -> None:
    assert admin.post("/admin/eegdash/datasets/compute-stats").json()["datasets_updated"] == 2
    found = admin.get("/api/eegdash/datasets/summary/ds000001").json()["data"]
    assert found["nchans_counts"] == [{"val": 64, "count": 3}]


@pytest.mark.parametrize(("route", "most"), [("records/bulk", 1000), ("datasets/bulk", 500), ("montages/bulk", 500)])
@pytest.mark.parametrize("too_many", [True, False])
def test_a_bulk_has_one_to_its_largest_number_of_documents(
    admin: TestClient, route: str, most: int, too_many: bool
) -> None:
    body = [{}] * (most + 1) if too_many else []
    reply = admin.post(f"/admin/eegdash/{route}", json=body)
    assert reply.status_code == 422
    assert f"1 to {most} documents" in reply.json()["detail"]


def test_the_databases_are_listed(admin: TestClient) -> None:
    assert "eegdash_staging" in admin.get("/admin/valid-databases").json()["databases"]


def test_databases_are_apart(admin: TestClient) -> None:
    admin.post("/admin/eegdash_dev/records", json=record("01"))
    assert admin.get("/api/eegdash_dev/count").json()["count"] == 1
    assert count(admin) == 4


def test_metrics_are_there_only_when_switched_on(store: Store) -> None:
    assert TestClient(create_app(store)).get("/metrics").status_code == 404
    for _ in range(2):  # two apps in one process, each with a registry of its own
        measured = TestClient(create_app(store, Settings(metrics=True)))
        measured.get("/health")
        assert "http_requests_total" in measured.get("/metrics").text
