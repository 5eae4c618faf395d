"""Sums for charts: the shapes that EEGDash's documentation draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api_documents import dataset
from eegmill.catalog.server import aggregations
from eegmill.catalog.server.aggregations import facts_of

if TYPE_CHECKING:
    from starlette.testclient import TestClient

FACTS = [
    facts_of(document)
    for document in (
        dataset("ds1", timestamps={"dataset_created_at": "2023-05-01T00:00:00Z"}, total_duration_s=7200),
        dataset("ds2", author_year="Shirazi2024_R1_bdf", tags={"pathology": ["Healthy"]}),
        dataset("ds3", recording_modality=["meg", "eeg"], source="nemar", demographics={}),
    )
]


def get(api: TestClient, path: str, /, **parameters: Any) -> Any:
    """Decoded reply of an aggregation that must succeed."""
    reply = api.get(f"/api/eegdash/aggregations/{path}", params=parameters)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_subjects_flow_from_source_to_modality() -> None:
    drawn = aggregations.sankey(FACTS, ("source", "modality"))
    assert [(node["label"], node["level"], node["value"]) for node in drawn["nodes"]] == [
        ("nemar", 0, 0),
        ("openneuro", 0, 6),
        ("EEG", 1, 6),
        ("MEG", 1, 0),
    ]
    assert [
        (link["source"], link["target"], link["subject_sum"], link["dataset_count"]) for link in drawn["links"]
    ] == [
        (0, 3, 0, 1),
        (1, 2, 6, 2),
    ]


def test_every_tile_of_a_treemap_sums_up_those_within() -> None:
    tiles = {tile["id"]: tile for tile in aggregations.treemap(FACTS, ("source", "modality", "clinical"))["nodes"]}
    assert tiles["openneuro/EEG/Healthy"]["parent"] == "openneuro/EEG"
    sums = ("subjects", "hours", "records", "datasets")
    assert [tiles["openneuro"][name] for name in sums] == [6, 2.0, 0, 2]
    within = [tile for tile in tiles.values() if tile["parent"] == "openneuro/EEG"]
    assert sum(tile["subjects"] for tile in within) == tiles["openneuro/EEG"]["subjects"]


def test_a_bubble_has_null_where_nothing_is_known() -> None:
    points = aggregations.bubble(FACTS, "subjects", "files", "modality", None)["points"]
    assert [(point["x"], point["y"], point["color"]) for point in points] == [
        (3, 10, "EEG"),
        (3, 10, "EEG"),
        (None, 10, "MEG"),
    ]


def test_growth_takes_the_year_from_the_date_else_from_the_authors() -> None:
    assert aggregations.growth(FACTS)["series"] == {
        "EEG": [{"period": "2023", "count": 1, "cumulative": 1}, {"period": "2024", "count": 1, "cumulative": 2}]
    }


@pytest.mark.parametrize(
    ("path", "parameters", "members"),
    [
        ("sankey", {"levels": "source,modality"}, {"levels", "nodes", "links"}),
        ("treemap", {"path": "source,modality,clinical"}, {"path", "nodes"}),
        ("bubble", {"x": "subjects", "y": "files", "color": "modality"}, {"x", "y", "size", "color", "points"}),
        ("growth", {"bucket": "year", "field": "dataset_created_at"}, {"bucket", "field", "series"}),
    ],
)
def test_the_questions_of_the_documentation_are_answered(
    api: TestClient, path: str, parameters: dict[str, str], members: set[str]
) -> None:
    said = get(api, path, **parameters)
    assert said.keys() == {"success", "database", *members}
    assert said["success"] is True


@pytest.mark.parametrize("levels", ["", "source,", "source,source", "colour", "source, modality"])
def test_levels_that_are_none_are_refused(api: TestClient, levels: str) -> None:
    reply = api.get("/api/eegdash/aggregations/sankey", params={"levels": levels})
    assert reply.status_code == 422
    assert "source, modality, clinical" in reply.json()["detail"]
