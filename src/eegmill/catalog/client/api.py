"""A small synchronous client of the EEGDash metadata API."""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar
from urllib.parse import quote

from ...errors import CatalogError, FilterError, UnknownDataset
from ..documents.fields import JsonObject, twin_id, twin_query
from ..documents.rows import DatasetRow, row_of
from ..documents.search import Search
from ..stores.contract import Updated, Upserted
from .http import Requests

if TYPE_CHECKING:
    from types import TracebackType

    import httpx2

T = TypeVar("T")

MAX_PAGE = 1000
BULK_RECORDS = 1000
BULK_DATASETS = 500


class Client:
    """Asks a metadata API for datasets and records.

    Parameters
    ----------
    url
        ``embedded`` for the catalogue shipped with eegmill (in this process, no network), or a base URL such as
        ``https://data.eegdash.org``.
    database
        Database of the API.
    token
        Admin token, for the methods that write.
    timeout_s
        Longest wait for a connection, and for each piece of a reply.
    retries
        How often a request is sent again after 429, 5xx or a connection fault, with growing waits.
    page_size
        Documents in one request, at most 1000.
    transport
        Another way to reach the API than the network (for tests).
    sleep
        How to wait between two attempts.

    Raises
    ------
    CatalogError
        From every method: the API cannot be reached, refuses, or does not answer as a metadata API does.

    Examples
    --------
    >>> with Client("embedded") as client:
    ...     client.count({"dataset": "eegmill-sample", "task": "arithmetic"})
    3
    """

    def __init__(
        self,
        url: str,
        database: str = "eegdash",
        *,
        token: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 5,
        page_size: int = MAX_PAGE,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if url != "embedded" and not url.startswith(("http://", "https://")):
            msg = f"'{url}' is no address of a metadata API. Use 'embedded' or a URL such as https://data.eegdash.org."
            raise CatalogError(msg)
        if not 1 <= page_size <= MAX_PAGE:
            msg = f"The page size is {page_size}; it must lie between 1 and {MAX_PAGE}."
            raise CatalogError(msg)
        if url == "embedded" and transport is None:
            from .embedded import EmbeddedTransport  # brings the whole server

            transport = EmbeddedTransport()
        self.url = url
        self.database = database
        self.page_size = page_size
        self._requests = Requests(
            url, token=token, timeout_s=timeout_s, retries=retries, transport=transport, sleep=sleep
        )

    def find(
        self, query: Mapping[str, Any] | None = None, *, limit: int | None = None, skip: int = 0
    ) -> list[JsonObject]:
        """Records that match a MongoDB filter, sorted by dataset and path, none twice.

        A dataset ID that yields nothing is tried under its other name (``ds######`` and ``on######``).

        Parameters
        ----------
        query
            The filter; None or ``{}`` for all.
        limit, skip
            At most so many of the first ones that the API gives, behind those that are skipped.
        """
        found = self._with_twin(query, "dataset", lambda asked: list(self._pages("records", asked, limit, skip)))
        unique = {_record_key(item): item for item in found}
        return [unique[key] for key in sorted(unique)]

    def find_one(self, query: Mapping[str, Any] | None = None) -> JsonObject | None:
        """The first record that matches, or None."""
        return next(iter(self.find(query, limit=1)), None)

    def count(self, query: Mapping[str, Any] | None = None) -> int:
        """How many records match; twins as for :meth:`find`."""
        return self._with_twin(query, "dataset", self._count)

    def exists(self, query: Mapping[str, Any] | None = None) -> bool:
        """Whether any record matches."""
        return self.find_one(query) is not None

    def dataset(self, dataset_id: str) -> JsonObject:
        """The document of one dataset.

        Raises
        ------
        UnknownDataset
            If neither this ID nor its twin is known; the message names the nearest ones.
        """
        for name in (dataset_id, twin_id(dataset_id)):
            reply = self._requests.get(self._api(f"datasets/{_path(name)}"), missing=None) if name else None
            if reply is not None:
                return dict(_member(reply, "data", dict))
        raise self._unknown(dataset_id)

    def datasets(self, query: Mapping[str, Any] | None = None, *, limit: int | None = None) -> list[JsonObject]:
        """Dataset documents that match a MongoDB filter, sorted by ID; twins as for :meth:`find`."""
        found = self._with_twin(query, "dataset_id", lambda asked: list(self._pages("datasets", asked, limit)))
        unique = {str(item.get("dataset_id", "")): item for item in found}
        return [unique[key] for key in sorted(unique)]

    def dataset_names(self) -> list[str]:
        """IDs of all datasets, sorted."""
        reply = self._requests.get(self._api("datasets/names"))
        names = reply if isinstance(reply, list) else _member(reply, "data", list)
        return sorted(str(name) for name in names)

    def page(self, collection: Literal["records", "datasets"], limit: int, skip: int) -> list[JsonObject]:
        """One page of all records or datasets, in the order of the API: for ``catalog.ingest.load.load_api``."""
        return _documents(self._requests.get(self._api(collection), {"limit": limit, "skip": skip}))

    def summaries(self) -> list[JsonObject]:
        """Short documents of all datasets: without their readme, with what their records add up to."""
        return list(self._pages("datasets/summary", None, None))

    def search(self, wanted: Search | None = None, *, limit: int | None = None) -> list[DatasetRow]:
        """Datasets by modality, task, cohort, channels, rate, licence, size, source and free text, sorted by ID.

        Examples
        --------
        >>> Client("embedded").search(Search(text="arithmetic"))[0].dataset_id
        'eegmill-sample'
        """
        criteria = wanted or Search()
        rows = (row_of(document) for document in self.summaries())
        return sorted((row for row in rows if criteria.matches(row)), key=lambda row: row.dataset_id)[:limit]

    def insert(self, records: Iterable[Mapping[str, Any]]) -> int:
        """Add records, in groups of 1000; each group is added as a whole or not at all. Needs a token."""
        groups = _groups(records, BULK_RECORDS)
        return sum(self._written("POST", "records/bulk", group, "insertedCount") for group in groups)

    def upsert(self, records: Iterable[Mapping[str, Any]]) -> Upserted:
        """Add records, or renew those with the same dataset and path. Needs a token."""
        replies = [self._admin("POST", "records/upsert", group) for group in _groups(records, BULK_RECORDS)]
        return _added(replies)

    def update(self, query: Mapping[str, Any], changes: Mapping[str, Any]) -> Updated:
        """Set fields in all records that match. Needs a token."""
        reply = self._admin("PATCH", "records", {"filter": dict(query), "update": dict(changes)})
        return Updated(matched=_member(reply, "matched_count", int), modified=_member(reply, "modified_count", int))

    def upsert_datasets(self, documents: Iterable[Mapping[str, Any]]) -> Upserted:
        """Add dataset documents, or renew those with the same ID. Needs a token."""
        replies = [self._admin("POST", "datasets/bulk", group) for group in _groups(documents, BULK_DATASETS)]
        return _added(replies)

    def update_dataset(self, dataset_id: str, changes: Mapping[str, Any]) -> int:
        """Set fields in one dataset document; 1 if that changed it, else 0. Needs a token."""
        return self._written("PATCH", f"datasets/{_path(dataset_id)}", {"update": dict(changes)}, "modified_count")

    def close(self) -> None:
        """Close the connections."""
        self._requests.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _with_twin(self, query: Any, key: str, ask: Callable[[Any], T]) -> T:
        found = ask(query)
        other = None if found or not query else twin_query(query, key)
        return found if other is None else ask(other)

    def _count(self, query: Mapping[str, Any] | None) -> int:
        return int(_member(self._requests.get(self._api("count"), _filter(query)), "count", int))

    def _pages(
        self, route: str, query: Mapping[str, Any] | None, limit: int | None, skip: int = 0
    ) -> Iterator[JsonObject]:
        """Walk the pages, up to one that is shorter than another: a server may give less than it is asked for."""
        seen, longest = 0, 0
        while limit is None or seen < limit:
            size = self.page_size if limit is None else min(self.page_size, limit - seen)
            reply = self._requests.get(self._api(route), {**_filter(query), "limit": size, "skip": skip + seen})
            page = _documents(reply)
            yield from page
            seen += len(page)
            if len(page) < max(longest, 1):
                return
            longest = max(longest, len(page))

    def _unknown(self, dataset_id: str) -> UnknownDataset:
        try:
            near = difflib.get_close_matches(dataset_id, self.dataset_names(), n=3, cutoff=0.6)
        except CatalogError:
            near = []  # the names only serve the hint
        hint = (
            f"did you mean {' or '.join(repr(name) for name in near)}?" if near else "'eegmill search' finds datasets."
        )
        return UnknownDataset(f"Dataset '{dataset_id}' is not in the catalogue '{self.url}' ({self.database}); {hint}")

    def _written(self, method: str, route: str, body: object, key: str) -> int:
        return int(_member(self._admin(method, route, body), key, int))

    def _admin(self, method: str, route: str, body: object) -> Any:
        return self._requests.send(method, f"/admin/{_path(self.database)}/{route}", body)

    def _api(self, route: str) -> str:
        return f"/api/{_path(self.database)}/{route}"


def _record_key(record: JsonObject) -> tuple[str, str]:
    """What tells records apart; the ``_id`` where one has no path."""
    return str(record.get("dataset", "")), str(record.get("bids_relpath") or record.get("_id", ""))


def _path(part: str) -> str:
    return quote(part, safe="")


def _filter(query: Mapping[str, Any] | None) -> dict[str, str]:
    if not query:
        return {}
    try:
        return {"filter": json.dumps(query, allow_nan=False)}
    except (TypeError, ValueError) as error:
        msg = f"The filter cannot be written as JSON: {error}."
        raise FilterError(msg) from error


def _documents(reply: Any) -> list[JsonObject]:
    """The documents of a page; some servers send a bare list."""
    return list(reply if isinstance(reply, list) else _member(reply, "data", list))


def _member(reply: Any, key: str, kind: type) -> Any:
    value = reply.get(key) if isinstance(reply, dict) else None
    if not isinstance(value, kind):
        msg = f"The metadata API answered without '{key}'. Is the URL that of an EEGDash metadata API?"
        raise CatalogError(msg)
    return value


def _groups(documents: Iterable[Mapping[str, Any]], size: int) -> Iterator[list[JsonObject]]:
    waiting = [dict(document) for document in documents]
    return (waiting[start : start + size] for start in range(0, len(waiting), size))


def _added(replies: list[Any]) -> Upserted:
    return Upserted(
        inserted=sum(int(_member(reply, "inserted_count", int)) for reply in replies),
        updated=sum(int(reply.get("updated_count") or 0) for reply in replies),
    )
