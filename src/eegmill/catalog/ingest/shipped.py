"""The catalogue that ships with eegmill: the sample with its recordings, and the documents of EEGDash's datasets.

EEGDash's datasets come without recordings: enough to search, not to fetch.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .summary_csv import documents_from_csv

if TYPE_CHECKING:
    from ..stores.contract import Store

DATABASE = "eegdash"


def shipped_summary() -> str:
    """The text of the shipped table (EEGDash, BSD 3-Clause)."""
    return files("eegmill.catalog").joinpath("data", "dataset_summary.csv").read_text(encoding="utf-8")


def shipped_sample() -> dict[str, list[dict[str, Any]]]:
    """The dataset that ships with eegmill: ``datasets`` and ``records`` in EEGDash's schema."""
    text = files("eegmill").joinpath("sample", "catalogue.json").read_text(encoding="utf-8")
    sample: dict[str, list[dict[str, Any]]] = json.loads(text)
    return sample


def shipped_documents() -> list[dict[str, Any]]:
    """The documents of all shipped datasets, as their sources write them: light to read, not checked."""
    return [*documents_from_csv(shipped_summary()), *shipped_sample()["datasets"]]


def shipped_store() -> Store:
    """A store in memory that holds all that ships."""
    from ..documents.models import Dataset
    from ..stores.sqlite.store import SqliteStore

    store = SqliteStore(None)
    store.upsert_datasets(DATABASE, [Dataset.from_value(row) for row in documents_from_csv(shipped_summary())])
    fill(store, shipped_sample())
    return store


def fill(store: Store, catalogue: dict[str, list[dict[str, Any]]]) -> None:
    """Put datasets and their records into a store, with the statistics of the records."""
    from ..documents.models import Dataset, Record

    store.upsert_datasets(DATABASE, [Dataset.from_value(document) for document in catalogue["datasets"]])
    store.upsert_records(DATABASE, [Record.from_value(document) for document in catalogue["records"]])
    newest = max((str(document.get("digested_at", "")) for document in catalogue["records"]), default="")
    store.compute_statistics(DATABASE, now=newest)
