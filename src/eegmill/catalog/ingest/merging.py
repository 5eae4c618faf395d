"""Documents from several sources as one: each field from the source that knows it best, in whatever order they come.

Of two values the one wins that is not empty; then that of the better kind of source (``SOURCES``); then that of the
document with the later date; then the longer one. None of this depends on the order of the loads, so that any order of
them ends in the same store. ``field_sources`` of a stored document says where its fields come from: a text if all come
from one source, else a text for each field, of the kind of source and its document's date. Without it all come from a
dump.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from ..documents import strict_json
from ..documents.models import Dataset, Record
from ..faults import DocumentError
from ..filters.language import make_filter
from ..stores.contract import Store

Source: TypeAlias = Literal["summary", "dump", "api", "folder"]
SOURCES = ("summary", "dump", "api", "folder", "computed")
"""From the poorest to the best: a table of totals, a file of documents, another API, the files, the stored records."""

FIELD = "field_sources"
MERGED_BY_KEY = frozenset({"demographics", "tags", "external_links", "timestamps"})
"""Objects whose members come from different sources, each for itself."""
COMPUTED_AT = "stats_computed_at"
COMPUTED = ("nchans_counts", "sfreq_counts", "total_duration_s", COMPUTED_AT)
"""Fields that a store computes from its records, all together, if the last of them says when."""
PATHS_AT_ONCE = 200
"""Records looked up by one filter, which has a limit."""

Fields: TypeAlias = dict[str, Any]
Leaves: TypeAlias = dict[str, tuple[Any, str]]
"""By dotted name: the value, and its source."""


def merged_datasets(store: Store, database: str, datasets: Sequence[Dataset], source: Source) -> list[Dataset]:
    """Each dataset document with what the store knows already.

    Raises
    ------
    DocumentError
        If the store has another dataset of this ID, from another archive.
    """
    merged: dict[str, Fields] = {}
    for dataset in datasets:
        name = dataset.dataset_id
        stored = merged.get(name) or _decoded(store.get_dataset(database, name))
        require_same_archive(stored, dataset)
        merged[name] = merge(stored, dataset.fields(), source)
    return [Dataset.from_value(fields) for fields in merged.values()]


def merged_records(store: Store, database: str, records: Sequence[Record], source: Source) -> list[Record]:
    """Each record with what the store knows already."""
    known = dict(_stored_records(store, database, records))
    merged: dict[tuple[str, str], Record] = {}
    for record in records:
        key = (record.dataset, record.bids_relpath)
        stored = merged[key].fields() if key in merged else known.get(key)
        is_new = stored is None and source == "dump"  # then it stays as it is, checked already
        merged[key] = record if is_new else Record.from_value(merge(stored, record.fields(), source))
    return list(merged.values())


def require_same_archive(stored: Mapping[str, Any] | None, dataset: Dataset) -> None:
    """Refuse to make one of two datasets that have the same ID in different archives; a local copy has none.

    Raises
    ------
    DocumentError
        If they are two.
    """
    known = (stored or {}).get("source")
    if known and known != dataset.source and "local" not in {known, dataset.source}:
        msg = (
            f"Dataset '{dataset.dataset_id}' of '{dataset.source}' has the ID of one of '{known}' that is stored "
            "already. Load it into another database, or remove the stored one."
        )
        raise DocumentError(msg)


def merge(stored: Mapping[str, Any] | None, given: Mapping[str, Any], source: Source) -> Fields:
    """A document made of what is stored and what a source gives.

    Examples
    --------
    >>> first = merge(None, {"name": "A", "size_bytes": 1}, "summary")
    >>> merge(first, {"name": "B", "size_bytes": None}, "dump")
    {'name': 'B', 'size_bytes': 1, 'field_sources': {'name': 'dump', 'size_bytes': 'summary'}}
    """
    old, new = _leaves(stored or {}, "dump"), _leaves(given, source)
    best = {name: max((leaves[name] for leaves in (old, new) if name in leaves), key=_worth) for name in {**old, **new}}
    merged = _document(best)
    if FIELD in (stored or {}) and FIELD not in merged:
        merged[FIELD] = _label(merged, "dump")  # an upsert sets fields, it removes none
    return merged


def _label(document: Mapping[str, Any], source: str) -> str:
    """The source, and the document's own date where it has one."""
    dates = document.get("timestamps")
    known = [document.get("digested_at")]
    if isinstance(dates, Mapping):
        known += [dates.get("digested_at"), dates.get("dataset_modified_at")]
    return " ".join([source, *sorted(str(date) for date in known if date)[-1:]])


def _leaves(document: Mapping[str, Any], source: str) -> Leaves:
    """Every value with its source: as the document says itself, else the given one."""
    sources = document.get(FIELD, _label(document, source))
    leaves: Leaves = {}
    for name, value in document.items():
        if name in {FIELD, "_id"}:
            continue
        members = value.items() if name in MERGED_BY_KEY and isinstance(value, Mapping) else ()
        for path, leaf in ({f"{name}.{key}": member for key, member in members} or {name: value}).items():
            leaves[path] = (leaf, sources.get(path, source) if isinstance(sources, Mapping) else str(sources))
    if document.get(COMPUTED_AT):
        computed = {name: document.get(name) for name in COMPUTED}
        leaves[COMPUTED_AT] = (computed, f"computed {document[COMPUTED_AT]}")
    return leaves


def _document(leaves: Leaves) -> Fields:
    computed, source = leaves.get(COMPUTED_AT, (None, ""))
    is_computed = source.startswith("computed")
    in_parts = {path.partition(".")[0] for path in leaves if "." in path} & MERGED_BY_KEY
    single = {
        path: leaf for path, leaf in leaves.items() if path not in in_parts and not (is_computed and path in COMPUTED)
    }
    fields: Fields = dict(computed) if is_computed else {}
    for path, (value, _) in single.items():
        name, _, key = path.partition(".")
        if name in in_parts:
            fields.setdefault(name, {})[key] = value
        else:
            fields[path] = value
    sources = {path: source for path, (_, source) in single.items()}
    alike = set(sources.values())
    if alike and alike != {_label(fields, "dump")}:
        fields[FIELD] = alike.pop() if len(alike) == 1 else dict(sorted(sources.items()))
    return fields


def _worth(leaf: tuple[Any, str]) -> tuple[bool, int, str, int, str]:
    """What the better of two values is better by."""
    value, source = leaf
    kind, _, date = source.partition(" ")
    rank = SOURCES.index(kind) if kind in SOURCES else -1
    text = strict_json.dumps(value)
    return value not in (None, "", [], {}), rank, date, len(text), text


def _stored_records(
    store: Store, database: str, records: Iterable[Record]
) -> Iterable[tuple[tuple[str, str], dict[str, Any]]]:
    paths: dict[str, list[str]] = {}
    for record in records:
        paths.setdefault(record.dataset, []).append(record.bids_relpath)
    for dataset, wanted in paths.items():
        for start in range(0, len(wanted), PATHS_AT_ONCE):
            some = wanted[start : start + PATHS_AT_ONCE]
            query = make_filter({"dataset": dataset, "bids_relpath": {"$in": some}})
            for text in store.find(database, "records", query, limit=len(some)):
                stored = json.loads(text)
                yield (stored["dataset"], stored["bids_relpath"]), stored


def _decoded(text: str | None) -> Fields | None:
    return None if text is None else dict(json.loads(text))
