"""Records in this process that match a filter, by the rules of the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...filters.language import make_filter
from .store import SqliteStore

if TYPE_CHECKING:
    from ...documents.models import Record

DATABASE = "eegdash"


def matching(records: Sequence[Record], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records that match a MongoDB filter.

    Raises
    ------
    FilterError
        If the filter is outside the filter language.
    """
    store = SqliteStore(None)
    store.upsert_records(DATABASE, records)
    return [
        json.loads(text) for text in store.find(DATABASE, "records", make_filter(query), limit=max(len(records), 1))
    ]
