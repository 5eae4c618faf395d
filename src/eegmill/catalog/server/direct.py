"""Routes that read their own parameters: FastAPI's general way costs more than a small question to the store."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, get_type_hints
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError, create_model
from starlette.concurrency import run_in_threadpool

from .parameters import Asked, refuse_unknown

if TYPE_CHECKING:
    from fastapi import Request, Response

ASKED = "asked"


class DirectRoute(APIRoute):
    """A route whose endpoint takes ``asked``, then parameters of the path and of the query, and nothing else.

    FastAPI still documents them from the signature, and a value that does not fit is refused in the same words.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request, in place of FastAPI's own."""
        endpoint, model = self.endpoint, _parameters(self.endpoint)
        is_async = inspect.iscoroutinefunction(endpoint)

        async def handle(request: Request) -> Response:
            path = request.path_params
            asked = Asked(request, path["database"])
            values = _given(model, request)
            if is_async:
                found: Response = await endpoint(asked, **values)
                return found
            return await run_in_threadpool(endpoint, asked, **values)

        return handle


def _parameters(endpoint: Callable[..., Any]) -> type[BaseModel]:
    """A model of everything that an endpoint takes beside ``asked``."""
    hints = get_type_hints(endpoint, include_extras=True)
    taken = {name: entry for name, entry in inspect.signature(endpoint).parameters.items() if name != ASKED}
    fields: dict[str, Any] = {
        name: (hints[name], ... if entry.default is entry.empty else entry.default) for name, entry in taken.items()
    }
    return create_model("Parameters", **fields)


def _given(model: type[BaseModel], request: Request) -> dict[str, Any]:
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    path = request.path_params
    refuse_unknown(request, model.model_fields.keys() - path.keys())
    try:
        checked = model.model_validate({**query, **path})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([_placed(fault, path) for fault in faults]) from None
    return dict(checked)


def _placed(fault: Any, path: dict[str, Any]) -> dict[str, Any]:
    where = "path" if fault["loc"][0] in path else "query"
    return {**fault, "loc": (where, *fault["loc"])}
