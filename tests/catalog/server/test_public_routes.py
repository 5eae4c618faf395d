"""What anybody may read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.routes import charts
from eegmill.catalog.server.settings import Settings
from eegmill.testing import documents

if TYPE_CHECKING:
    from eegmill.catalog.stores.contract import Store


def get(api: TestClient, path: str, **parameters: Any) -> Any:
    """Decoded reply of a GET that must succeed."""
    reply = api.get(f"/api/eegdash/{path}", params=parameters)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_the_root_names_the_server_and_its_databases(api: TestClient) -> None:
    said = api.get("/").json()
    assert said["name"] == "eegmill metadata API"
    assert "eegdash" in said["databases"]


def test_records_come_in_the_documented_envelope(api: TestClient) -> None:
    said = get(api, "records", filter=json.dumps({"dataset": "ds000001"}), limit=2)
    assert (said["success"], said["database"], said["count"]) == (True, "eegdash", 2)
    assert [record["subject"] for record in said["data"]] == ["01", "02"]
    assert all(record["_id"] for record in said["data"])


def test_pages_follow_one_another_without_gap(api: TestClient) -> None:
    walked = [get(api, "records", limit=1, skip=skip)["data"][0]["_id"] for skip in range(4)]
    assert walked == [record["_id"] for record in get(api, "records")["data"]]


def test_counting_agrees_with_finding(api: TestClient) -> None:
    assert get(api, "count", filter='{"nchans": {"$gte": 64}}')["count"] == 3


def test_names_are_sorted(api: TestClient) -> None:
    assert get(api, "datasets/names")["data"] == ["ds000001", "ds000002", "ds000003"]


@pytest.mark.parametrize("route", ["datasets/ds000002", "metadata/ds000002"])
def test_one_dataset_is_found_by_its_id(api: TestClient, route: str) -> None:
    assert get(api, route)["data"]["source"] == "nemar"


@pytest.mark.parametrize("name", ["ds000002", "Study ds000002"])
def test_a_summary_is_found_by_id_or_name(api: TestClient, name: str) -> None:
    found = get(api, f"datasets/summary/{name}")["data"]
    assert (found["dataset_id"], found["size_human"]) == ("ds000002", "976.6 KB")
    assert "readme" not in found


def test_totals_are_those_of_all_matching_datasets(api: TestClient) -> None:
    said = get(api, "datasets/summary", modality="eeg", limit=1)
    assert len(said["data"]) == 1
    assert said["totals"] == {"datasets": 2, "subjects": 6, "files": 20, "size": 2_000_000}


def test_datasets_are_filtered(api: TestClient) -> None:
    found = get(api, "datasets", filter='{"recording_modality": "meg"}')["data"]
    assert [document["dataset_id"] for document in found] == ["ds000003"]


def test_statistics_count_records_by_dataset(api: TestClient) -> None:
    said = get(api, "datasets/stats/records", datasets="ds000001")["data"]
    assert said == {
        "ds000001": {"nchans_counts": [{"val": 64, "count": 3}], "sfreq_counts": [{"val": 500.0, "count": 3}]}
    }


def test_participants_are_listed_once_each(api: TestClient) -> None:
    found = get(api, "datasets/ds000001/participants")["data"]
    assert found[0] == {"subject": "01", "participant_tsv": {"age": 21}}
    assert [row["subject"] for row in found] == ["01", "02", "03"]


def test_a_walk_over_many_pages_is_bounded_in_time(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "PAGE", 1)
    monkeypatch.setattr(charts, "READ_TIMEOUT_S", 0.0)
    reply = api.get("/api/eegdash/datasets/ds000001/participants")
    assert reply.status_code == 400
    assert "page by page" in reply.json()["detail"]


def test_the_manifest_counts_datasets(api: TestClient) -> None:
    assert get(api, "build-manifest")["dataset_count"] == 3


def test_a_row_of_the_chart_data_has_the_columns_of_the_summary_table(api: TestClient) -> None:
    row = get(api, "datasets/chart-data", include="rows")["datasets"][0]["row"]
    assert (row["dataset"], row["dataset_title"], row["n_subjects"]) == ("ds000001", "Study ds000001", 3)
    assert (row["recording_modality"], row["Type Subject"]) == ("eeg", "Unknown")


def test_chart_data_holds_only_what_was_asked_for(api: TestClient) -> None:
    said = get(api, "datasets/chart-data", include="rows")
    assert set(said["datasets"][0]) == {"dataset_id", "license", "row"}
    assert said["aggregations"]["modality_counts"] == {"eeg": 2, "meg": 1}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/eegdash/datasets/ds999999", 404, "'ds999999'"),
        ("/api/eegdash/datasets/DS000001", 404, "'DS000001'"),
        ("/api/nowhere/records", 404, "no database 'nowhere'"),
        ("/api/eegdash/records?limit=1001", 422, "query.limit"),
        ("/api/eegdash/records?skip=-1", 422, "query.skip"),
        ("/api/eegdash/records?filter={", 400, "not valid JSON"),
        ('/api/eegdash/records?filter={"$where":"1"}', 400, "'$where'"),
        ("/nothing/here", 404, "Not Found"),
    ],
)
def test_an_error_is_a_problem_document_with_detail(api: TestClient, path: str, status: int, said: str) -> None:
    reply = api.get(path)
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.status_code, problem["status"]) == (status, status)
    assert said in problem["detail"]


def test_a_wrong_method_is_told_the_right_ones(admin: TestClient) -> None:
    reply = admin.put("/admin/eegdash/records")
    assert (reply.status_code, reply.headers["allow"]) == (405, "DELETE, PATCH, POST")


def test_an_unchanged_page_is_not_sent_again(api: TestClient) -> None:
    tag = api.get("/api/eegdash/records").headers["etag"]
    again = api.get("/api/eegdash/records", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_makes_a_new_tag(api: TestClient, admin: TestClient) -> None:
    tag = api.get("/api/eegdash/records").headers["etag"]
    admin.patch("/admin/eegdash/records", json={"filter": {}, "update": {"nchans": 1}})
    assert api.get("/api/eegdash/records", headers={"If-None-Match": tag}).status_code == 200


def test_another_question_has_another_tag(api: TestClient) -> None:
    tags = {api.get(f"/api/eegdash/records?limit={limit}").headers["etag"] for limit in (1, 2)}
    assert len(tags) == 2


def test_large_replies_are_compressed_for_those_who_take_it(api: TestClient) -> None:
    assert api.get("/api/eegdash/records").headers["content-encoding"] == "gzip"
    plain = api.get("/api/eegdash/records", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_the_clients_request_id_comes_back(api: TestClient) -> None:
    assert api.get("/", headers={"X-Request-ID": "run-7"}).headers["x-request-id"] == "run-7"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
def test_an_odd_request_id_is_replaced(api: TestClient, given: str) -> None:
    assert api.get("/", headers={"X-Request-ID": given}).headers["x-request-id"] not in {"", given}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/eegdash/records?dataset=ds000001", "'dataset' is not known here. Known are: filter, limit, skip."),
        ("/api/eegdash/datasets/summary?modalty=eeg", "Did you mean 'modality'?"),
        ("/api/eegdash/datasets/ds000001?x=1", "None is."),
        ("/api/eegdash/aggregations/growth?buckett=year", "Did you mean 'bucket'?"),
        ("/api/eegdash/count?%FF%FE=1", "is not known here"),
    ],
)
def test_an_unknown_query_parameter_is_refused_by_name(api: TestClient, path: str, words: str) -> None:
    reply = api.get(path)
    assert reply.status_code == 422
    assert words in reply.json()["detail"]


def test_metadata_of_a_dataset_without_a_document_come_from_its_records(store: Store, api: TestClient) -> None:
    store.insert_records("eegdash", [documents.record(n, "ds000099") for n in (1, 2)])
    found = get(api, "metadata/ds000099")["data"]
    assert (found["dataset_id"], found["recording_modality"], found["tasks"]) == ("ds000099", ["eeg"], ["rest"])
    assert found["demographics"] == {"subjects_count": 2}
    assert found["nchans_counts"] == [{"val": 32, "count": 2}]


def test_metadata_of_what_has_neither_document_nor_records_are_a_404(api: TestClient) -> None:
    assert api.get("/api/eegdash/metadata/ds999999").status_code == 404


def test_a_page_of_another_origin_may_read_and_not_write(store: Store) -> None:
    api = TestClient(create_app(store))
    origin = {"Origin": "https://eegdash.org"}
    assert api.get("/api/eegdash/count", headers=origin).headers["access-control-allow-origin"] == "*"
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    assert api.options("/admin/eegdash/records", headers=asked).status_code == 400


def test_a_refusal_by_the_rate_limit_can_be_read_by_another_origin(store: Store) -> None:
    api = TestClient(create_app(store, Settings(requests_per_minute=1)), client=("203.0.113.7", 1))
    replies = [api.get("/", headers={"Origin": "https://eegdash.org"}) for _ in range(2)]
    assert [(reply.status_code, reply.headers["access-control-allow-origin"]) for reply in replies] == [
        (200, "*"),
        (429, "*"),
    ]


def test_reading_from_other_origins_can_be_switched_off(store: Store) -> None:
    api = TestClient(create_app(store, Settings(cors_origins=())))
    reply = api.get("/api/eegdash/count", headers={"Origin": "https://eegdash.org"})
    assert "access-control-allow-origin" not in reply.headers
