"""Completes the OpenAPI document: schemas of problems, and of bodies that endpoints read themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from ..documents.models import Montage
from .bodies import DatasetBody, RecordBody, RecordsUpdateBody, UnblockBody, UpdateBody
from .problems import Problem

if TYPE_CHECKING:
    from fastapi import FastAPI

MODELS = (Problem, RecordBody, DatasetBody, Montage, UpdateBody, RecordsUpdateBody, UnblockBody)
_UNUSED = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Let an app document what FastAPI cannot see by itself."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _, extra = models_json_schema(
                [(model, "validation") for model in MODELS], ref_template="#/components/schemas/{model}"
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            document["components"]["schemas"] = {**extra["$defs"], **schemas}
            for name in _UNUSED:
                document["components"]["schemas"].pop(name, None)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # FastAPI documents this way of extending it
