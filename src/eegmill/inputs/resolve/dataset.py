"""From a dataset ID to a lock: which recordings, which files of each, pinned as well as the source allows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from ...files.atomic import write_json
from ...lock import Lock
from .locked_files import Catalogued, locked_files
from .selection import choose, filter_of
from .versions import doi_of, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ...config.models import Select
    from ..storage.contract import Source


class Catalogue(Protocol):
    """What is asked of the metadata API; `eegmill.catalog.client.Client` is one."""

    url: str
    database: str

    def find(self, query: Mapping[str, Any], /) -> Iterable[Mapping[str, Any]]:
        """All records that match, over all pages; those of the twin where the ID itself has none."""

    def dataset(self, dataset: str, /) -> Mapping[str, Any]:
        """The dataset's document or its twin's; UnknownDataset, with the nearest names, if there is none."""


def resolve_dataset(
    catalogue: Catalogue,
    dataset: str,
    *,
    select: Select,
    storage: Callable[[str, str], Source] | None = None,
) -> Lock:
    """Ask the API and the source of the files once, and pin what they say.

    Parameters
    ----------
    catalogue
        The metadata API.
    dataset
        A dataset ID; where the API knows only its twin (``ds…``, ``on…``) the catalogue gives the twin's records.
    select
        Which recordings; empty lists take all.
    storage
        Opens a store from backend and base; by default `eegmill.inputs.storage.open_source`.

    Raises
    ------
    UnknownDataset
        If no catalogue knows the ID.
    ConfigurationError
        If the selection matches nothing; says which values exist.
    SourceError
        If the store cannot be asked.
    """
    document = catalogue.dataset(dataset)
    chosen = choose(catalogue.find(query_of(dataset, select)), select, dataset=dataset, url=catalogue.url)
    catalogued = Catalogued(dataset=dataset, document=document, records=chosen)
    recordings, refused = locked_files(catalogued, storage=storage)
    return Lock(
        dataset=dataset,
        api=catalogue.url,
        database=catalogue.database,
        filter=filter_of(select, dataset=str(document.get("dataset_id", dataset))),
        resolved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version_of(document),
        doi=doi_of(document),
        licence=_text(document.get("license")),
        name=_text(document.get("name")),
        source_url=_text((document.get("external_links") or {}).get("source_url")),
        document=dict(document),
        recordings=recordings,
        refused=refused,
    )


def write_lock(lock: Lock, path: Path) -> None:
    """Write a lock as JSON with sorted keys, whole or not at all."""
    write_json(path, lock.model_dump(mode="json"))


def query_of(dataset: str, select: Select) -> dict[str, Any]:
    """The MongoDB filter that asks a catalogue for the records to choose from."""
    # Entities are compared here, not by the server: records hold them flat or nested, a modality as text or list.
    return {"dataset": dataset, "$and": [select.query]} if select.query else {"dataset": dataset}


def _text(value: Any) -> str | None:
    return str(value) if value else None
