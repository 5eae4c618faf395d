"""Takes a dataset out of a store, with its recordings."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from ...errors import UnknownDataset
from ..filters.language import make_filter
from ..stores.contract import Store


@dataclass(frozen=True)
class Removed:
    """What was taken out: its document (1 or 0), and so many recordings."""

    documents: int
    records: int


def remove(store: Store, database: str, dataset_id: str) -> Removed:
    """Remove a dataset's document and its records; montages stay, as other datasets may have them too.

    Raises
    ------
    UnknownDataset
        If the store has neither; names the nearest.
    """
    records = store.delete_records(database, make_filter({"dataset": dataset_id}))
    documents = store.delete_dataset(database, dataset_id)
    if not records and not documents:
        near = difflib.get_close_matches(dataset_id, store.dataset_names(database), n=3, cutoff=0.6)
        hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
        msg = f"Dataset '{dataset_id}' is not in the database '{database}' of this store.{hint}"
        raise UnknownDataset(msg)
    return Removed(documents, records)
