"""Errors as problem documents (RFC 9457) that also carry ``detail``, as clients of FastAPI expect."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ...errors import CatalogError, FilterError, UnknownDataset
from ..faults import DocumentError, DuplicateRecord, QueryTimeout, ReadOnlyStore, StoreUnavailable, UnknownDatabase

if TYPE_CHECKING:
    from starlette.types import Send

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

logger = logging.getLogger(__name__)


class Problem(BaseModel):
    """A problem document, RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "detail": "The operator '$where' is not part of the filter language.",
            }
        }
    )
    type: str = Field(description="`about:blank`: the title says it all")
    title: str = Field(description="the phrase that belongs to the status")
    status: int = Field(description="the HTTP status, again")
    detail: str = Field(description="what was wrong here, and the way out")


class ProblemError(Exception):
    """Ends a request with a problem document."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_bytes(status: int, detail: str) -> bytes:
    """The body of a problem document."""
    title = HTTPStatus(status).phrase
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()


def problem_response(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem document as a response."""
    return Response(problem_bytes(status, detail), status, dict(headers or {}), media_type=MEDIA_TYPE)


async def send_problem(send: Send, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
    """Send a problem document from a middleware."""
    body = problem_bytes(status, detail)
    fields = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **(headers or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def documented(*statuses: int, validation: bool = True) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these errors; the limits of every route come by themselves."""
    every = {*statuses, *([422] if validation else [])}
    return {status: _document(status) for status in sorted(every)}


EXAMPLES = {
    400: "The operator '$where' is not part of the filter language.",
    401: "The token is not valid on this server.",
    403: "This server accepts no changes: it was started without an admin token.",
    404: "Dataset 'ds999999' is not in this database.",
    409: "The record 'sub-01/eeg/sub-01_task-rest_eeg.set' of dataset 'ds002718' is already stored.",
    408: "The body did not come within 60 s.",
    413: "The body is larger than the 8388608 bytes allowed.",
    422: "query.limit: Input should be less than or equal to 1000.",
    429: "More than 100 requests in a minute from this address. Wait, or send an API token.",
    503: "The catalogue's database does not answer at the moment.",
}


def _document(status: int) -> dict[str, Any]:
    example = json.loads(problem_bytes(status, EXAMPLES[status]))
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


_STATUS: tuple[tuple[type[CatalogError], int], ...] = (
    (FilterError, 400),
    (UnknownDataset, 404),
    (UnknownDatabase, 404),
    (DuplicateRecord, 409),
    (DocumentError, 422),
    (QueryTimeout, 400),  # the same question would take as long again
    (ReadOnlyStore, 403),
    (StoreUnavailable, 503),
)


def install(app: FastAPI) -> None:
    """Answer every error of an app with a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(CatalogError, _on_catalog_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(error.status, error.detail, error.headers)


async def _on_catalog_error(_: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    if isinstance(error, StoreUnavailable) or status == 500:
        logger.error("The catalogue's store failed.", exc_info=error)
        detail = "The catalogue's database does not answer at the moment."
        return problem_response(max(status, 503), detail, {"Retry-After": str(RETRY_AFTER_S)})
    return problem_response(status, _printable(str(error)))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(error.status_code, str(error.detail), error.headers)
    allowed = ", ".join(_methods(request))
    detail = f"'{request.method}' is not possible here. Possible are: {allowed}."
    return problem_response(error.status_code, _printable(detail), {"Allow": allowed})


def _methods(request: Request) -> list[str]:
    """Methods of every route with this path; Starlette itself names those of the first one only."""
    routes = [entry for entry in iter_route_contexts(request.app.routes) if _has_path(entry, request)]
    methods = {method for entry in routes if entry.path == routes[0].path for method in entry.methods or ()}
    return sorted({*methods, *(["HEAD"] if "GET" in methods else [])})


def _has_path(entry: RouteContext, request: Request) -> bool:
    match: Match = entry.matches(request.scope)[0]
    return match != Match.NONE


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
    return problem_response(422, _printable("; ".join(faults[:5])) + ".")


def _printable(text: str) -> str:
    """A message may quote what the client sent, half surrogates included."""
    return text.encode("utf-8", "replace").decode()
