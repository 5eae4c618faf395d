"""What the recordings of a dataset come from: a catalogue, a folder of raw data, or a derivative."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config.datasets import is_path
from ..errors import ConfigurationError
from ..files.paths import as_typed
from .collection import Collection
from .run import Run


def collection_of(
    source: str | Path,
    keys: Mapping[str, Any],
    output: Path,
    *,
    url: str | None,
    database: str,
    query: Mapping[str, Any] | None,
    modality: str,
) -> Collection:
    """What a source is: a folder where there is one or a path is written, else an ID.

    Raises
    ------
    ConfigurationError
        If it is a folder or a file that is no BIDS dataset, or a query is put to a derivative.
    """
    from .catalogued import CataloguedRecordings
    from .folders import CleanedRecordings, FolderRecordings, is_derivative

    folder = Path(source).expanduser()
    output = output.expanduser().absolute()
    if isinstance(source, str) and not is_path(source) and not (folder / "dataset_description.json").is_file():
        return CataloguedRecordings(
            Run(source, output, keys), url=url, database=database, query=query, modality=modality
        )
    root = folder.absolute()
    _refuse_no_dataset(root, str(source))
    if is_derivative(root):
        if query:
            msg = f"'{source}' is a derivative, which no catalogue describes: filter it by fields, not by a query."
            raise ConfigurationError(msg)
        return CleanedRecordings(root)
    return FolderRecordings(Run(str(root), output, keys), root, query=query, modality=modality)


def _refuse_no_dataset(root: Path, source: str) -> None:
    if root.is_file():
        msg = (
            f"'{source}' is a file: a table of recordings is cleaned by 'eegmill run {as_typed(source)}', and the "
            "derivative that it writes is a dataset."
        )
        raise ConfigurationError(msg)
    if not root.is_dir():
        msg = f"'{source}' does not exist: a dataset is an ID, a BIDS folder, or a derivative of eegmill."
        raise ConfigurationError(msg)
    if not (root / "dataset_description.json").is_file():
        msg = (
            f"'{source}' is no BIDS dataset: it has no dataset_description.json. 'eegmill init {as_typed(source)}' "
            "proposes a table that gives its recordings BIDS names."
        )
        raise ConfigurationError(msg)
