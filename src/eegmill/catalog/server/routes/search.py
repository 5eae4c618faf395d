"""What a filter finds: the questions that are asked most, and whose routes are therefore tried first."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ...stores.contract import Collection
from .. import examples
from ..dataset_aliases import with_present_names
from ..direct import DirectRoute
from ..examples import enveloped, shown
from ..parameters import Asked, FilterText, InDatabase, Limit, Skip, parsed
from ..replies import page, reply
from ..schemas import CountReply, DatasetsPage, RecordsPage
from .public import ERRORS, NOT_MODIFIED

router = APIRouter(
    prefix="/api/{database}", tags=["public"], route_class=DirectRoute, responses={**NOT_MODIFIED, **ERRORS}
)

_RECORDS = enveloped(data=[examples.RECORD], count=1)
_DATASETS = enveloped(data=[examples.DATASET], count=1)


@router.get("/records", response_model=RecordsPage, responses=shown(_RECORDS))
async def records(asked: InDatabase, filter: FilterText = None, limit: Limit = 100, skip: Skip = 0) -> Response:
    """Records that match a filter, in the order of insertion."""
    return await asked.answered(filter, lambda: _page(asked, "records", filter, limit, skip))


@router.get("/count", response_model=CountReply, responses=shown(enveloped(count=40)))
async def count(asked: InDatabase, filter: FilterText = None) -> Response:
    """How many records match a filter."""

    def answer() -> Response:
        query = parsed(filter)
        return asked.cached(lambda: reply(asked.database, count=asked.store.count(asked.database, "records", query)))

    return await asked.answered(filter, answer)


@router.get("/datasets", response_model=DatasetsPage, responses=shown(_DATASETS))
async def datasets(asked: InDatabase, filter: FilterText = None, limit: Limit = 100, skip: Skip = 0) -> Response:
    """Dataset documents that match a filter, in the order of insertion."""
    return await asked.answered(filter, lambda: _page(asked, "datasets", filter, limit, skip))


def _page(asked: Asked, collection: Collection, text: str | None, limit: int, skip: int) -> Response:
    query = with_present_names(parsed(text)) if collection == "datasets" else parsed(text)
    return asked.cached(
        lambda: page(asked.database, asked.store.page(asked.database, collection, query, limit=limit, skip=skip))
    )
