"""Fills a store: from the summary table, from dumps, from BIDS folders, from another API.

Every load goes in batches that are stored whole, and merges documents by their keys: one that was interrupted has kept
its batches, and is simply repeated.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from ..documents.models import Dataset, Document, Montage, Record
from ..faults import DocumentError
from ..filters.language import make_filter
from ..stores.contract import Store, Upserted
from .archives import unread_fields
from .bids import Digest, digest
from .dumps import read_documents, to_document
from .merging import PATHS_AT_ONCE, Source, merged_datasets, merged_records, require_same_archive
from .shipped import shipped_summary
from .summary_csv import datasets_from_csv

BATCH = 500


class Api(Protocol):
    """What a load asks another metadata API for; :class:`~eegmill.catalog.client.Client` is one."""

    def datasets(self) -> Sequence[Mapping[str, Any]]:
        """All dataset documents."""

    def dataset_names(self) -> Sequence[str]:
        """IDs of all datasets that have records."""

    def find(self, query: Mapping[str, Any], /) -> Sequence[Mapping[str, Any]]:
        """All records that match."""


@dataclass
class Loaded:
    """What a load has done so far; ``refused`` says which documents were left out, and why."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    """Recordings that a former load of the same folder found, and that are no longer there."""
    kinds: Counter[str] = field(default_factory=Counter, compare=False)
    """Documents by kind: ``dataset``, ``record``, ``montage``."""
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter, compare=False)
    """Fields that nothing in the catalogue reads, and of how many documents: they are stored as they are."""

    @property
    def total(self) -> int:
        """Documents that are in the store now because of the load, or were before."""
        return self.inserted + self.updated + self.unchanged

    def add(self, kind: type[Document], upserted: Upserted, count: int) -> None:
        """Count a batch of ``count`` documents."""
        self.kinds[kind.kind] += count
        self.inserted += upserted.inserted
        self.updated += upserted.updated
        self.unchanged += count - upserted.inserted - upserted.updated

    def in_words(self) -> str:
        """One line for people.

        Examples
        --------
        >>> Loaded(inserted=1, unchanged=3, removed=1, kinds=Counter(dataset=1, record=3)).in_words()
        '1 dataset, 3 recordings, 1 removed (1 new, 0 renewed, 3 unchanged)'
        """
        words = {"dataset": "dataset", "record": "recording", "montage": "montage"}
        parts = [f"{self.kinds[kind]} {word}{'' if self.kinds[kind] == 1 else 's'}" for kind, word in words.items()]
        parts = [part for part, kind in zip(parts, words, strict=True) if self.kinds[kind] or kind != "montage"]
        parts += [f"{self.removed} removed"] if self.removed else []
        parts += [f"{len(self.refused)} left out"] if self.refused else []
        parts += [f"{len(self.unread)} fields stored that nothing reads"] if self.unread else []
        return f"{', '.join(parts)} ({self.inserted} new, {self.updated} renewed, {self.unchanged} unchanged)"


Progress = Callable[[Loaded], None]


def load(
    store: Store,
    database: str,
    source: str,
    *,
    now: str,
    dataset_id: str | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Load whatever a source is.

    Parameters
    ----------
    store, database
        Where to.
    source
        ``summary`` (the shipped table), the URL of another metadata API, a BIDS folder, a ``.csv`` summary table, or a
        dump in JSON (``.gz``, ``.xz``).
    now
        Time of the load, ISO 8601.
    dataset_id
        For a BIDS folder: its ID in the catalogue; None takes the folder's name.
    progress
        Called after each batch.

    Raises
    ------
    CatalogError
        If the source cannot be read.
    """
    if source == "summary":
        return load_summary(store, database, progress=progress)
    if source.startswith(("http://", "https://")):
        from ..client.api import Client

        with Client(source, database=database) as api:
            return load_api(store, database, api, progress=progress)
    path = Path(source)
    if path.is_dir():
        return load_bids(store, database, path, now=now, dataset_id=dataset_id, progress=progress)
    if path.suffix == ".csv":
        return load_summary(store, database, path=path, progress=progress)
    return load_dump(store, database, path, progress=progress)


def load_summary(store: Store, database: str, *, path: Path | None = None, progress: Progress | None = None) -> Loaded:
    """Load dataset documents from EEGDash's summary table (None: the one shipped with eegmill).

    Raises
    ------
    DocumentError
        If the table is not one.
    """
    text = shipped_summary() if path is None else path.read_text(encoding="utf-8")
    return load_documents(store, database, datasets_from_csv(text), source="summary", progress=progress)


def load_dump(store: Store, database: str, path: Path, *, progress: Progress | None = None) -> Loaded:
    """Load records, datasets and montages from a JSON or NDJSON file (``.gz`` and ``.xz`` too).

    A document that does not fit the schema is left out and named in ``refused``; the others are loaded.

    Raises
    ------
    CatalogError
        If the file cannot be read.
    """
    return load_documents(store, database, read_documents(path), progress=progress)


def load_bids(
    store: Store,
    database: str,
    root: Path,
    *,
    now: str,
    dataset_id: str | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Load a BIDS folder on this computer: its dataset document and a record for each recording.

    Recordings that a former load of the folder stored and that are no longer there are removed; those of the dataset
    that lie elsewhere stay, with a note.

    Parameters
    ----------
    store, database
        Where to.
    root
        The dataset's folder.
    now
        Time of the digest, ISO 8601.
    dataset_id
        Its ID in the catalogue; None takes the folder's name.
    progress
        Called after each batch.

    Raises
    ------
    CatalogError
        If the folder is no BIDS dataset.
    """
    found = digest(root, now=now, dataset_id=dataset_id)
    documents = (found.dataset, *found.records)
    loaded = load_documents(store, database, documents, source="folder", progress=progress)
    loaded.refused += found.problems
    _forget_absent(store, database, root, found, loaded)
    store.compute_statistics(database, [found.dataset.dataset_id], now=now)
    return loaded


def _forget_absent(store: Store, database: str, root: Path, found: Digest, loaded: Loaded) -> None:
    """Remove the records of a folder whose recordings it no longer has."""
    dataset, present = found.dataset.dataset_id, {record.bids_relpath for record in found.records}
    absent, elsewhere = [], Counter[str]()
    for path, base in _stored_paths(store, database, dataset):
        if path in present:
            continue
        if base == root.resolve().as_uri() or _is_gone(base):
            absent.append(path)
        else:
            elsewhere[base] += 1
    for start in range(0, len(absent), PATHS_AT_ONCE):
        paths = absent[start : start + PATHS_AT_ONCE]
        query = make_filter({"dataset": dataset, "bids_relpath": {"$in": paths}})
        loaded.removed += store.delete_records(database, query)
    loaded.notes += [
        f"{count} more recordings of '{dataset}' lie at '{base}': kept" for base, count in elsewhere.items()
    ]


def _stored_paths(store: Store, database: str, dataset: str) -> Iterator[tuple[str, str]]:
    """Path and storage base of every record of a dataset."""
    query, skip = make_filter({"dataset": dataset}), 0
    while page := store.find(database, "records", query, limit=BATCH, skip=skip):
        for record in map(json.loads, page):
            yield record["bids_relpath"], str(record["storage"].get("base", ""))
        skip += len(page)


def _is_gone(base: str) -> bool:
    """Whether a base is a folder of this computer that is not there any more: the dataset was moved."""
    return base.startswith("file:///") and not Path(unquote(urlsplit(base).path)).is_dir()


def load_api(store: Store, database: str, api: Api, *, progress: Progress | None = None) -> Loaded:
    """Load all dataset documents of another metadata API, then its records dataset by dataset.

    Raises
    ------
    CatalogError
        If the API cannot be reached or refuses; what was loaded before stays.
    """
    records = (record for name in api.dataset_names() for record in api.find({"dataset": name}))
    documents = itertools.chain(api.datasets(), records)
    return load_documents(store, database, documents, source="api", progress=progress)


def load_documents(
    store: Store,
    database: str,
    documents: Iterable[Document | str | Mapping[str, Any]],
    *,
    source: Source = "dump",
    progress: Progress | None = None,
) -> Loaded:
    """Load documents in batches; ``progress`` is called after each.

    What a source does not know, or knows worse, never replaces what is stored (:mod:`.merging`).
    """
    loaded = Loaded()
    for batch in _batches(documents, loaded):
        _load_batch(store, database, batch, source, loaded)
        if progress is not None:
            progress(loaded)
    return loaded


def _load_batch(store: Store, database: str, batch: list[Document], source: Source, loaded: Loaded) -> None:
    datasets = [document for document in batch if isinstance(document, Dataset)]
    known = _of_one_archive(store, database, datasets, loaded)
    records = [document for document in batch if isinstance(document, Record)]
    montages = [document for document in batch if isinstance(document, Montage)]
    if known:
        merged = merged_datasets(store, database, known, source)
        loaded.add(Dataset, store.upsert_datasets(database, merged), len(known))
    if records:
        loaded.add(
            Record, store.upsert_records(database, merged_records(store, database, records, source)), len(records)
        )
    if montages:
        loaded.add(Montage, store.upsert_montages(database, montages), len(montages))


def _of_one_archive(store: Store, database: str, datasets: list[Dataset], loaded: Loaded) -> list[Dataset]:
    """The documents that do not bear the ID of a dataset of another archive; the others are refused."""
    first: dict[str, Mapping[str, Any] | None] = {}
    kept = []
    for dataset in datasets:
        name = dataset.dataset_id
        if name not in first:
            text = store.get_dataset(database, name)
            first[name] = json.loads(text) if text else dataset.fields()
        try:
            require_same_archive(first[name], dataset)
            kept.append(dataset)
        except DocumentError as error:
            loaded.refused.append(str(error))
    return kept


def _batches(documents: Iterable[Document | str | Mapping[str, Any]], loaded: Loaded) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for number, document in enumerate(documents, start=1):
        try:
            batch.append(document if isinstance(document, Document) else to_document(document))
            loaded.unread.update(unread_fields(batch[-1]))
        except DocumentError as error:
            loaded.refused.append(f"document {number}: {error}")
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
