"""A BIDS folder on this machine as a metadata API would tell of it: catalogued in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...bids.names import BidsName
from ...catalog.ingest.bids import ENTITIES, Digest, digest
from ...catalog.ingest.bids_files import BidsFolder
from ...errors import ConfigurationError, UnknownDataset
from .selection import choose

if TYPE_CHECKING:
    from ...config.models import Select
    from ...lock import Lock


class FolderCatalogue:
    """Answers what `resolve_dataset` asks of a metadata API, from one BIDS folder.

    Parameters
    ----------
    root
        The folder.
    name
        The ID that its dataset goes by.
    """

    url = "folder"
    database = ""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name

    @cached_property
    def digest(self) -> Digest:
        """Names, sidecars and headers of the folder. It holds no time: two runs give one lock."""
        return digest(self.root, now="", dataset_id=self.name)

    def find(self, query: Mapping[str, Any], /) -> list[Mapping[str, Any]]:
        """The records that match."""
        if "$and" not in query:
            return [record.fields() for record in self.digest.records]
        from ...catalog.stores.sqlite.records import matching

        return list(matching(self.digest.records, query))

    def dataset(self, dataset: str, /) -> Mapping[str, Any]:
        """The document of the dataset."""
        if dataset != self.name:
            msg = f"Dataset '{dataset}' is not in '{self.root}', which is '{self.name}'."
            raise UnknownDataset(msg)
        return self.digest.dataset.fields()


def difference_in_words(root: Path, lock: Lock, select: Select) -> str:
    """How many recordings came and went since the lock was written: ``1 new, 1 gone``; by their names alone."""
    listed = [_by_name(file) for file in BidsFolder(root).recordings()]
    try:
        there = {str(record["bids_relpath"]) for record in choose(listed, select, dataset=lock.dataset)}
    except ConfigurationError:
        there = set()
    locked = {entry.raw for entry in lock.recordings}
    counts = {"new": len(there - locked), "gone": len(locked - there)}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "files were changed"


def _by_name(file: BidsName) -> dict[str, Any]:
    entities = dict(_entities(file))
    return {"bids_relpath": file.path, "datatype": file.datatype, "entities": entities}


def _entities(file: BidsName) -> Iterator[tuple[str, str]]:
    yield from ((name, file.entities[label]) for label, name in ENTITIES.items() if label in file.entities)
