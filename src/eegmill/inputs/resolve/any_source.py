"""A lock from whatever a dataset is: an ID of a catalogue, a BIDS folder, a table of recordings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import UnknownDataset
from ...lock import Lock
from .dataset import resolve_dataset
from .folder import FolderCatalogue
from .table import lock_of_table

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

        try:
            return resolve_dataset(Client(api.url, api.database), dataset, select=select)
        except UnknownDataset as error:
            if not Path(dataset).is_dir():
                raise
            msg = f"{error} A folder of this name is here: as a dataset it is './{dataset}'."
            raise UnknownDataset(msg) from None
    if source.is_file():
        return lock_of_table(source, dataset, select=select, made=made)
    catalogue = FolderCatalogue(source, dataset)
    sys.stderr.write("".join(f"{dataset}: {problem}\n" for problem in catalogue.digest.problems))
    return resolve_dataset(catalogue, dataset, select=select)
