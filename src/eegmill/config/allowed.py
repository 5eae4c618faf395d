"""What a key may hold, in words: read from the JSON Schema of its model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

UNITS = {
    "hz": "Hz",
    "s": "s",
    "uv": "µV",
    "db": "dB",
    "mb": "MB",
    "m": "m",
    "fraction": "share",
    "sd": "SD",
    "percent": "%",
}
"""Unit by the last word of a name: units end a name."""
TYPES = {
    "number": "number",
    "integer": "whole number",
    "boolean": "`true`, `false`",
    "null": "`null`",
    "string": "text",
}
BOUNDS = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}


def unit_of(name: str) -> str:
    """The unit of a key, by the end of its name; empty where it has none.

    >>> unit_of("cutoff_hz"), unit_of("max_bad_fraction"), unit_of("seed")
    ('Hz', 'share', '')
    """
    return UNITS.get(name.rsplit("_", 1)[-1], "") if "_" in name else ""


def allowed_values(model: type[BaseModel]) -> dict[str, str]:
    """For each field of a model what it may hold.

    >>> from eegmill.steps.highpass import Highpass
    >>> allowed_values(Highpass)["cutoff_hz"]
    'number > 0'
    """
    schema = model.model_json_schema()
    parts = schema.get("$defs", {})
    return {name: " or ".join(_words(field, parts)) for name, field in schema.get("properties", {}).items()}


def _words(field: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    """Each kind of value that a schema lets pass."""
    if "$ref" in field:
        yield from _words(parts[field["$ref"].rsplit("/", 1)[-1]], parts)
    elif "anyOf" in field:
        for kind in field["anyOf"]:
            yield from _words(kind, parts)
    elif "enum" in field or "const" in field:
        yield ", ".join(f"`{_plain(value)}`" for value in field.get("enum", [field.get("const")]))
    elif field.get("type") == "array":
        yield _list(field, parts)
    elif "properties" in field:
        yield "keys " + ", ".join(f"`{key}`" for key in field["properties"])
    else:
        kind = TYPES.get(str(field.get("type")), "mapping" if field.get("type") == "object" else "anything")
        yield " ".join([kind, *_bounds(field)])


def _list(field: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    members = field.get("prefixItems")
    if members:
        return "[" + ", ".join(" or ".join(_words(member, parts)) for member in members) + "]"
    return "list of " + " or ".join(_words(field.get("items", {}), parts))


def _bounds(field: Mapping[str, Any]) -> Iterator[str]:
    found = [f"{sign} {_number(field[key])}" for key, sign in BOUNDS.items() if key in field]
    yield from [", ".join(found)] if found else []


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
