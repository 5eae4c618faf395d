"""What a store of the catalogue is, in parts. :mod:`.sqlite` and :mod:`.mongo` each are one.

Reads give stored JSON text, so that a page of the API needs no decoding. Every read is bounded in time
(``QueryTimeout``); every method that names a database raises ``UnknownDatabase`` for one that the store does not hold
(``unknown_database`` makes the error). :class:`eegmill.testing.StoreContract` tests all that is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

from ..documents.changes import Changes
from ..documents.models import Dataset, Montage, Record
from ..documents.statistics import RecordStatistics
from ..faults import UnknownDatabase
from ..filters.language import Filter

T = TypeVar("T")

Collection = Literal["records", "datasets", "montages"]

DATABASES = ("eegdash", "eegdash_staging", "eegdash_dev", "eegdash_v1")
READ_TIMEOUT_S = 2.0
MAX_NAMED = 20


@dataclass(frozen=True)
class Upserted:
    """How many documents were new, and how many existing ones really changed."""

    inserted: int
    updated: int


@dataclass(frozen=True)
class Updated:
    """How many documents a change met, and how many of them it really changed."""

    matched: int
    modified: int


@dataclass(frozen=True)
class Totals:
    """Sums over all datasets that a summary's filter lets through, not over its page alone."""

    datasets: int
    subjects: int
    files: int
    size: int


@dataclass(frozen=True)
class Summary:
    """A page of dataset documents as JSON text (``readme`` left out, ``computed_title`` and ``size_human`` added)."""

    rows: list[str]
    totals: Totals


@dataclass(frozen=True)
class Page:
    """Documents of one page: their JSON texts in UTF-8 with commas between, and how many they are."""

    text: bytes
    count: int


class Documents(Protocol):
    """Records, dataset documents and montages, by database."""

    def databases(self) -> tuple[str, ...]:
        """Names of the databases it holds."""

    def find(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> list[str]:
        """JSON text of the documents that match, each with its ``_id``, always in the order of insertion."""

    def page(self, database: str, collection: Collection, query: Filter, *, limit: int, skip: int = 0) -> Page:
        """The documents that ``find`` gives, as one piece of text."""

    def count(self, database: str, collection: Collection, query: Filter) -> int:
        """How many documents match."""

    def get_dataset(self, database: str, dataset_id: str) -> str | None:
        """JSON text of the dataset document with this ID (case matters), or None."""

    def datasets_named(self, database: str, name: str) -> list[str]:
        """JSON text of the dataset documents whose ``name`` or one of whose ``canonical_name`` this is.

        In the order of insertion, and not more than ``MAX_NAMED``.
        """

    def dataset_names(self, database: str) -> list[str]:
        """Sorted IDs of all datasets that have a document or a record."""

    def insert_records(self, database: str, records: Sequence[Record]) -> list[str]:
        """Add records, all or none, and give their ``_id`` in order.

        Raises
        ------
        DuplicateRecord
            If one is already there or comes twice. Nothing is added then.
        """

    def upsert_records(self, database: str, records: Sequence[Record]) -> Upserted:
        """Add records, or set the given fields of those with the same ``dataset`` and ``bids_relpath``."""

    def update_records(self, database: str, query: Filter, changes: Changes) -> Updated:
        """Set fields in every record that matches (``changes.check_changes`` makes the changes).

        Raises
        ------
        DocumentError
            If a dotted name leads through something that is no object in one of the records.
        """

    def delete_records(self, database: str, query: Filter) -> int:
        """Remove every record that matches; how many there were."""

    def upsert_datasets(self, database: str, datasets: Sequence[Dataset]) -> Upserted:
        """Add dataset documents, or set the given fields of those with the same ``dataset_id``."""

    def update_dataset(self, database: str, dataset_id: str, changes: Changes) -> Updated:
        """Set fields in one dataset document; ``matched`` is 0 if there is none."""

    def delete_dataset(self, database: str, dataset_id: str) -> int:
        """Remove one dataset document (its records stay); 1 or 0."""

    def upsert_montages(self, database: str, montages: Sequence[Montage]) -> Upserted:
        """Add montages, or set fields by ``hash``; ``first_seen`` and ``representative_*`` stay as first written."""


class Statistics(Protocol):
    """What the documents of a database add up to."""

    def summary(
        self, database: str, *, modality: str | None = None, source: str | None = None, limit: int, skip: int = 0
    ) -> Summary:
        """A page of dataset documents, ordered by ID, with the totals of all that match.

        ``modality`` is one of the dataset's ``recording_modality``; ``source`` its ``source``; both exact.
        """

    def record_statistics(self, database: str, datasets: Sequence[str] | None = None) -> list[RecordStatistics]:
        """Statistics of these datasets (None: all), ordered by ID; datasets without records are left out."""

    def compute_statistics(self, database: str, datasets: Sequence[str] | None = None, *, now: str) -> int:
        """Write what the records of datasets add up to into their documents; gives the number of documents written.

        The fields are ``nchans_counts``, ``sfreq_counts``, ``total_duration_s`` and ``stats_computed_at`` (``now``, ISO
        8601). Only datasets that have records are touched (None: all of them).
        """


class Store(Documents, Statistics, Protocol):
    """Documents and their statistics, behind one connection."""

    def change_counter(self, database: str) -> int:
        """A number that grows with every write to the database: what an ETag is made of."""

    def ping(self) -> str:
        """What is wrong although the database answers (it takes no changes, its disk is full); empty if nothing is.

        Raises
        ------
        StoreUnavailable
            If it does not answer, or is no more what was opened.
        """

    def close(self) -> None:
        """Let go of connections and files. Harmless when repeated."""


@runtime_checkable
class AnswersAtOnce(Protocol):
    """What a store may be besides: near enough to answer small questions without a thread of their own."""

    def at_once(self, ask: Callable[[], T]) -> T | None:
        """What a question to this store gives, or None if a few milliseconds are not enough for it.

        The question may be asked again, so it must only read.
        """


def unknown_database(name: str, databases: Sequence[str]) -> UnknownDatabase:
    """The error about a database that is not among those that a store holds."""
    return UnknownDatabase(f"There is no database '{name[:64]}' here. Those held: {', '.join(databases)}.")
