"""A lock from whatever a dataset is: an ID of a catalogue, a BIDS folder, a table of recordings."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import UnknownDataset
from ...lock import Lock
from .dataset import query_of, resolve_dataset
from .folder import FolderCatalogue, records_by_name
from .selection import choose
from .table import lock_of_table, records_of_table

if TYPE_CHECKING:
    from ...config.models import Api, Select


def lock_of(dataset: str, source: Path | None, *, api: Api, select: Select, made: Path) -> Lock:
    """Pin the recordings of a dataset.

    Parameters
    ----------
    dataset
        Its name.
    source
        Its BIDS folder or table; None asks the metadata API for its ID.
    made
        Folder for files that the raw dataset needs and a table has not.

    Raises
    ------
    UnknownDataset
        If no catalogue knows the ID; tells of a folder of that name.
    ConfigurationError
        If the selection matches nothing, or a table is wrong.
    SourceError
        If the store cannot be asked.
    """
    if source is None:
        from ...catalog.client.api import Client

        with _telling_of_a_folder(dataset):
            return resolve_dataset(Client(api.url, api.database), dataset, select=select)
    if source.is_file():
        return lock_of_table(source, dataset, select=select, made=made)
    catalogue = FolderCatalogue(source, dataset)
    sys.stderr.write("".join(f"{dataset}: {problem}\n" for problem in catalogue.digest.problems))
    return resolve_dataset(catalogue, dataset, select=select)


def check_selection(dataset: str, source: Path | None, *, api: Api, select: Select) -> None:
    """Refuse a dataset that no catalogue knows, and a selection that matches nothing; pins nothing.

    Raises
    ------
    UnknownDataset, ConfigurationError
        As :func:`lock_of`.
    CatalogError
        If the metadata API cannot be asked.
    """
    records: Sequence[Mapping[str, Any]]
    if source is None:
        from ...catalog.client.api import Client

        client = Client(api.url, api.database)
        with _telling_of_a_folder(dataset):
            client.dataset(dataset)
        records = client.find(query_of(dataset, select))
    elif source.is_file():
        records = records_of_table(source)
    elif select.query:
        records = FolderCatalogue(source, dataset).find(query_of(dataset, select))
    else:
        records = records_by_name(source)
    choose(records, select, dataset=dataset, url="folder" if source else api.url)


@contextmanager
def _telling_of_a_folder(dataset: str) -> Iterator[None]:
    """Tell of a folder that has the name of an unknown dataset."""
    try:
        yield
    except UnknownDataset as error:
        if not Path(dataset).is_dir():
            raise
        msg = f"{error} A folder of this name is here: as a dataset it is './{dataset}'."
        raise UnknownDataset(msg) from None
