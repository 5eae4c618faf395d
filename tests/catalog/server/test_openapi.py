"""The OpenAPI document itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from eegmill.catalog.server.app import create_app
from eegmill.catalog.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

DOCUMENT = create_app(SqliteStore(None)).openapi()


def contents() -> Iterator[Any]:
    """Every content of every response and body, with a name."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            parts = {**operation["responses"], "body": operation.get("requestBody", {})}
            for part, response in parts.items():
                for media, content in response.get("content", {}).items():
                    yield pytest.param(content, id=f"{method} {path} {part} {media}")


@pytest.mark.parametrize("content", list(contents()))
def test_every_content_has_a_schema_that_its_example_fits(content: dict[str, Any]) -> None:
    assert content["schema"]
    jsonschema.validate(content["example"], {**content["schema"], "components": DOCUMENT["components"]})


def test_every_operation_documents_its_refusals() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            stated = set(operation["responses"])
            assert {"429", "403"} <= stated or path in {"/health", "/metrics"}, path
            assert not path.startswith("/admin") or "401" in stated


def test_operations_have_names_of_their_own_and_say_what_they_do() -> None:
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["description"] for operation in operations)


def test_it_is_served(api: TestClient) -> None:
    assert api.get("/openapi.json").json()["info"]["title"] == "eegmill metadata API"
