"""What endpoints take: the store, the database, filters, limits, bodies; and how replies are cached."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from fastapi import Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from ...errors import FilterError
from ...version import __version__
from ..documents import strict_json
from ..faults import DocumentError
from ..filters.language import EVERYTHING, Filter, parse_filter
from ..stores.contract import Store, unknown_database
from .middleware.pace import Pace
from .problems import ProblemError

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant

MAX_RECORDS = 1000
MAX_DATASETS = 500
HARMLESS = 500
"""Characters of a filter that may be answered on the event loop."""

DatabaseName: TypeAlias = Annotated[str, Path(description="name of the database", examples=["eegdash"])]
DatasetId: TypeAlias = Annotated[str, Path(description="ID of the dataset; case matters", examples=["ds002718"])]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=1000, description="documents on a page")]
Skip: TypeAlias = Annotated[
    int, Query(ge=0, le=2**31 - 1, description="documents to pass over; the order is that of insertion")
]
_FILTER = Query(
    description="a MongoDB filter as JSON text; operators: $eq $ne $in $nin $gt $gte $lt $lte $regex/$options "
    "$exists $size $all $elemMatch $and $or $nor $not, over dotted paths",
    examples=['{"dataset": "ds002718", "task": {"$in": ["FaceRecognition"]}}'],
)
FilterText: TypeAlias = Annotated[str | None, _FILTER]
RequiredFilterText: TypeAlias = Annotated[str, _FILTER]
DatasetList: TypeAlias = Annotated[str | None, Query(description="dataset IDs, separated by commas")]


def parsed(text: str | None) -> Filter:
    """The filter of a query parameter; everything when there is none."""
    return parse_filter(text) if text else EVERYTHING


def listed(text: str | None) -> list[str] | None:
    """IDs of a comma list, or None when there is none.

    Raises
    ------
    FilterError
        If they are too many.
    """
    names = [name.strip() for name in text.split(",") if name.strip()] if text else []
    if len(names) > MAX_RECORDS:
        msg = f"'datasets' names {len(names)} datasets, more than the {MAX_RECORDS} allowed."
        raise FilterError(msg)
    return names or None


def store_of(request: Request) -> Store:
    """The app's store."""
    store: Store = request.app.state.store
    return store


class Asked:
    """One question to one database."""

    def __init__(self, request: Request, database: str) -> None:
        self.request = request
        self.store = store_of(request)
        self.database = database
        self.pace: Pace = request.app.state.pace
        if database not in self.store.databases():
            raise unknown_database(database, self.store.databases())

    def cached(self, answer: Callable[[], Response]) -> Response:
        """Answer with an ETag, or say 304 without asking the store again."""
        self.pace.note_read()
        tag = self._tag()
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if _holds(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        response = answer()
        response.headers.update(headers)
        return response

    async def answered(self, text: str | None, answer: Callable[[], Response]) -> Response:
        """Answer on the event loop if the filter's text is harmless and the store has it at hand, else on a thread.

        A thread costs as much as a small query. SQLite cannot be interrupted while it reads a large statement or runs
        a pattern: those go to a thread at once.
        """
        if text is None or (len(text) <= HARMLESS and "$regex" not in text and "\\" not in text):
            response: Response | None = self.request.app.state.at_once(answer)
            if response is not None:
                return response
        return await run_in_threadpool(answer)

    def _tag(self) -> str:
        """Weak, because a reply may be compressed: the state of the database, and the question."""
        counter, scope = self.store.change_counter(self.database), self.request.scope
        state = f"{__version__}\n{scope['app'].state.instance}\n{counter}\n{scope['path']}?"
        question = state.encode("utf-8", "surrogatepass") + scope["query_string"]
        return f'W/"{hashlib.sha256(question).hexdigest()[:20]}"'


async def _asked(request: Request, database: DatabaseName) -> Asked:
    return Asked(request, database)


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refuse a query parameter that the route does not have: silently left out, it would answer another question.

    Raises
    ------
    ProblemError
        422, with the nearest known name.
    """
    for name in request.query_params:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            possible = f"Known are: {', '.join(sorted(known))}." if known else "None is."
            hint = f"Did you mean '{near[0]}'?" if near else possible
            detail = f"The query parameter '{name[:100]}' is not known here. {hint}"
            raise ProblemError(422, detail.encode("utf-8", "replace").decode())


async def _known_only(request: Request) -> None:
    refuse_unknown(request, _query_names(request.scope["route"].dependant))


def _query_names(dependant: Dependant) -> set[str]:
    """Query parameters that an endpoint and all that it depends on take."""
    inner = [_query_names(each) for each in dependant.dependencies]
    return {parameter.alias for parameter in dependant.query_params}.union(*inner)


KNOWN_ONLY = Depends(_known_only)
"""A dependency of routes that refuse unknown query parameters."""

InDatabase: TypeAlias = Annotated[Asked, Depends(_asked)]


def _holds(header: str | None, tag: str) -> bool:
    known = [item.strip() for item in (header or "").split(",")]
    return "*" in known or tag in known or tag.removeprefix("W/") in known


def decoded(body: bytes) -> Any:
    """The JSON value of a body: 400 if it is no JSON, 422 if it is JSON that cannot be stored."""
    try:
        return strict_json.parse(body, what="The body")
    except DocumentError as error:
        # A ValueError behind it means that the text broke JSON's own rules.
        status = 400 if isinstance(error.__context__, ValueError) else 422
        raise ProblemError(status, str(error)) from error


def decoded_list(body: bytes, most: int) -> list[Any]:
    """The JSON list of a body, of 1 to ``most`` members."""
    value = decoded(body)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise ProblemError(422, f"The body must be a JSON list of 1 to {most} documents.")
    return value
