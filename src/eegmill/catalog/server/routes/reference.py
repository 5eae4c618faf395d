"""``GET /docs``: the OpenAPI document as a page that needs no JavaScript and no other server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from ..pages import html

router = APIRouter()


@dataclass(frozen=True)
class Field:
    """A parameter, or a member of a schema."""

    name: str
    type: str
    required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    group: str
    description: str
    parameters: tuple[Field, ...]
    body: str
    replies: tuple[tuple[str, Mapping[str, Any]], ...]
    """Status, and the reply's part of the document."""


@router.get("/redoc", include_in_schema=False)
@router.get("/docs", include_in_schema=False)
def reference(request: Request) -> Response:
    """All routes, with their parameters, replies and examples."""
    document = request.app.openapi()
    schemas = {name: tuple(_members(schema)) for name, schema in sorted(document["components"]["schemas"].items())}
    return html("reference.html", info=document["info"], operations=list(_operations(document)), schemas=schemas)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            yield Operation(
                method=method.upper(),
                path=path,
                group=told["tags"][0],
                description=told.get("description", ""),
                parameters=tuple(_parameter(parameter) for parameter in told.get("parameters", ())),
                body=" or ".join(_type(kind.get("schema", {})) for kind in content.values()),
                replies=tuple(sorted(told["responses"].items())),
            )


def _parameter(told: Mapping[str, Any]) -> Field:
    description = str(told.get("description", ""))
    return Field(told["name"], _type(told["schema"]), bool(told.get("required")), description, told["in"])


def _members(schema: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        yield Field(name, _type(member), name in required, member.get("description", ""))


def _type(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words: ``integer from 1 to 1000, by default 100``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        words = " or ".join(_type(choice) for choice in schema["anyOf"])
    elif "enum" in schema or "const" in schema:
        words = " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    elif schema.get("type") == "array":
        words = f"list of {_type(schema.get('items', {}))}"
    else:
        words = str(schema.get("type", "anything"))
    limits = [f"{word} {schema[key]}" for key, word in _LIMITS.items() if schema.get(key) not in (None, "")]
    return f"{words}{' ' if limits else ''}{' '.join(limits)}"


_LIMITS = {"minimum": "from", "maximum": "to", "maxLength": "of up to", "default": "by default"}
