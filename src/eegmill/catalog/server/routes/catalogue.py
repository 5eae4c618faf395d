"""The catalogue as pages for people; they work without JavaScript and load nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from ...documents.rows import row_of
from ...filters.language import make_filter
from ..catalogue_view import Channels, Choice, Order, Rate, RowCache, Size, Sort, view
from ..dataset_view import citation_of, layout_of, people_of, tree_of
from ..pages import asset, html
from ..parameters import Asked
from ..problems import documented
from .public import NOT_MODIFIED

RECORDS_SHOWN = 100

_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
_ERRORS = documented(403, 404, 429, 503)
# A page for an unknown dataset, a problem document for an unknown database.
_MISSING: dict[str, Any] = {**_ERRORS[404], "content": {**_ERRORS[404]["content"], **_HTML}}

router = APIRouter(prefix="/catalog", tags=["catalogue"], default_response_class=Response, responses=_ERRORS)

Text = Annotated[str, Query(max_length=200)]
Database = Annotated[str, Query(max_length=100, description="name of the database")]


async def _choice(
    q: Annotated[str, Query(max_length=200, description="words to look for")] = "",
    modality: Text = "",
    task: Text = "",
    cohort: Text = "",
    source: Text = "",
    licence: Text = "",
    channels: Channels = "",
    rate: Rate = "",
    size: Size = "",
    sort: Sort = "dataset",
    order: Order = "asc",
) -> Choice:
    return Choice(q, modality, task, cohort, source, licence, channels, rate, size, sort, order)


InForm = Annotated[Choice, Depends(_choice)]


@router.get("", response_class=Response, responses={**NOT_MODIFIED, 200: {"content": _HTML}})
def catalogue(
    request: Request,
    choice: Annotated[Choice, Depends(_choice)],
    database: Database = "eegdash",
    page: Annotated[int, Query(ge=1, le=10_000, description="of 50 datasets")] = 1,
) -> Response:
    """Datasets, to search, narrow and sort, 50 on a page."""
    asked = Asked(request, database)
    cached: RowCache = request.app.state.rows

    def answer() -> Response:
        shown = view(cached.entries(asked.store, database), choice, page)
        return html("list.html", view=shown, choice=choice, database=database, address=_Address(choice, database))

    return asked.cached(answer)


@router.get("/style.css", include_in_schema=False)
def style() -> Response:
    """The pages' look."""
    return asset("style.css", "text/css")


@router.get("/script.js", include_in_schema=False)
def script() -> Response:
    """What makes the pages quicker where JavaScript runs."""
    return asset("script.js", "text/javascript")


@router.get("/{dataset_id:path}", response_class=Response, responses={200: {"content": _HTML}, 404: _MISSING})
def dataset_page(
    request: Request,
    dataset_id: str,
    database: Database = "eegdash",
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """One dataset, its recordings, and how to start with it."""
    asked = Asked(request, database)
    text, up = asked.store.get_dataset(database, dataset_id), "../" * (1 + dataset_id.count("/"))
    if text is None:
        return html("missing.html", up=up, status=404, dataset_id=dataset_id, database=database)
    query = make_filter({"dataset": dataset_id})
    found = asked.store.find(database, "records", query, limit=RECORDS_SHOWN, skip=skip)
    document, shown = json.loads(text), [json.loads(record) for record in found]
    row = row_of(document)
    return html(
        "dataset.html",
        up=up,
        start=start_command(dataset_id, database, str(request.base_url)),
        row=row,
        document=document,
        people=people_of(document),
        layout=layout_of(asked.store, database, dataset_id, shown),
        tree=tree_of(shown),
        citation=citation_of(row),
        records=shown,
        stored=asked.store.count(database, "records", query),
        skip=skip,
        step=RECORDS_SHOWN,
        database=database,
    )


def start_command(dataset_id: str, database: str, server: str) -> str:
    """What to type to start with a dataset of this server; without its address where that is none.

    >>> start_command("ds1", "eegdash", "http://127.0.0.1:8000/")
    'eegmill init ds1 --api http://127.0.0.1:8000'
    """
    words = ["eegmill", "init", dataset_id]
    address = server.rstrip("/")
    if re.fullmatch(r"https?://[\w.:\[\]/~-]+", address, re.ASCII):  # a client sends it, and it ends in a shell
        words += ["--api", address]
    if database != "eegdash":
        words += ["--database", database]
    return shlex.join(words)


class _Address:
    """Makes links to the list that keep what is chosen."""

    def __init__(self, choice: Choice, database: str) -> None:
        self._chosen = {field.name: getattr(choice, field.name) for field in fields(choice)}
        self._database = database

    def sorted_by(self, column: str) -> str:
        """The link of a column's head: another click turns the order round."""
        again = self._chosen["sort"] == column and self._chosen["order"] == "asc"
        return self._link({**self._chosen, "sort": column, "order": "desc" if again else "asc"})

    def of_page(self, number: int) -> str:
        """The link of another page of the same list."""
        return self._link({**self._chosen, **({"page": str(number)} if number > 1 else {})})

    def _link(self, values: dict[str, str]) -> str:
        plain = Choice()
        kept = {name: value for name, value in values.items() if value != getattr(plain, name, "")}
        if self._database != "eegdash":
            kept["database"] = self._database
        return f"catalog?{urlencode(kept)}" if kept else "catalog"
