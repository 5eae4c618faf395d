"""The datasets of a query: found once, and listed beside the results, so that a later run takes the same ones."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from ..config.models import Api, Configuration
from ..config.query import DatasetQuery
from ..errors import ConfigurationError
from ..files.atomic import write_json
from ..files.os_errors import explain
from ..models import Frozen

NAME = "datasets.json"


class FoundDatasets(Frozen):
    """What a query found, and when."""

    api: Api
    asked: DatasetQuery
    datasets: tuple[str, ...]
    unknown: int
    """Datasets that may fit: the catalogue does not know all that was asked for."""
    searched_at: str


def with_listed_datasets(configuration: Configuration, *, again: bool = False) -> Configuration:
    """The configuration with the datasets that its query found; one without a query stays as it is.

    Parameters
    ----------
    again
        Search even where the list of the same query lies beside the results.

    Raises
    ------
    ConfigurationError
        If no dataset fits, or the list cannot be written.
    CatalogError
        If the API cannot be asked.
    """
    if not isinstance(configuration.datasets, DatasetQuery):
        return configuration
    asked = _with_modality(configuration.datasets, configuration.select.modality)
    path = Path(configuration.output) / NAME
    former = read_found(path)
    if former is None or again or (former.asked, former.api) != (asked, configuration.api):
        found = _search(configuration.api, asked)
        _tell(found, former, path)
        _write(found, path)
        former = found
    return configuration.model_copy(update={"datasets": former.datasets})


def read_found(path: Path) -> FoundDatasets | None:
    """The list beside the results; None where there is none.

    Raises
    ------
    ConfigurationError
        If the file is no such list.
    """
    try:
        return FoundDatasets.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        msg = f"'{path}' does not list the datasets of a query: delete it, and the catalogue is searched again."
        raise ConfigurationError(msg) from None
    except OSError as error:
        raise ConfigurationError(explain(error) or f"'{path}' cannot be read: {error.strerror}.") from None


def _with_modality(asked: DatasetQuery, modality: str) -> DatasetQuery:
    query = asked.query.model_copy(update={"modality": asked.query.modality or modality})
    return asked.model_copy(update={"query": query})


def _search(api: Api, asked: DatasetQuery) -> FoundDatasets:
    from ..catalog.discovery import search  # the catalogue, which jobs do without

    found = search(url=api.url, database=api.database, **asked.query.model_dump())
    datasets = tuple(row.dataset_id for row in found if row.dataset_id not in asked.exclude)
    if not datasets:
        msg = f"No dataset fits the query of 'datasets' ({found}): ask for less; 'eegmill search' shows what there is."
        raise ConfigurationError(msg)
    searched_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return FoundDatasets(api=api, asked=asked, datasets=datasets, unknown=found.unknown, searched_at=searched_at)


def _tell(found: FoundDatasets, former: FoundDatasets | None, path: Path) -> None:
    """Say how many there are, and what came and went since the last time."""
    before = set(former.datasets) if former else set(found.datasets)
    changes = [("new", set(found.datasets) - before), ("no longer found", before - set(found.datasets))]
    words = [f"{what}: {', '.join(sorted(names))}" for what, names in changes if names]
    words += [f"{found.unknown} more may fit, the catalogue does not say"] if found.unknown else []
    lines = [f"{len(found.datasets)} datasets fit the query, listed in '{path}'", *words]
    sys.stderr.write("".join(f"eegmill: {line}\n" for line in lines))


def _write(found: FoundDatasets, path: Path) -> None:
    try:
        write_json(path, found.model_dump(mode="json"))
    except OSError as error:
        msg = explain(error) or f"'{path.parent}' cannot be written ({error.strerror or error})."
        raise ConfigurationError(msg) from None
