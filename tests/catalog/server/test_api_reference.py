"""The API's page for people."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_it_shows_every_route_with_its_parameters_and_an_example(api: TestClient) -> None:
    page = unescape(api.get("/docs").text)
    for path, methods in api.get("/openapi.json").json()["paths"].items():
        for method, told in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert all(
                parameter["description"] in page
                for parameter in told.get("parameters", ())
                if "description" in parameter
            )
    assert '"dataset": "ds002893"' in page


def test_it_shows_every_schema_with_its_members(api: TestClient) -> None:
    page = api.get("/docs").text
    for name, schema in api.get("/openapi.json").json()["components"]["schemas"].items():
        assert f"<code>{name}</code>" in page
        assert all(re.search(rf'class="file">{member}\b', page) for member in schema["properties"])


def test_limits_are_told_in_words(api: TestClient) -> None:
    assert "integer from 1 to 1000 by default 100" in api.get("/docs").text


def test_it_loads_nothing_from_elsewhere(api: TestClient) -> None:
    page = api.get("/docs")
    assert not re.findall(r'(?:src|<link[^>]*href)="https?:', page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_redoc_shows_the_same(api: TestClient) -> None:
    assert api.get("/redoc").text == api.get("/docs").text
