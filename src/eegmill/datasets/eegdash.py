"""``eegmill.EEGDash``: the questions of EEGDash's own client, asked of any metadata API or of the shipped catalogue."""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..catalog.discovery import EMBEDDED
from ..catalog.documents.fields import JsonObject, entity
from ..catalog.ingest.shipped import DATABASE
from ..errors import FilterError, UnknownDataset

if TYPE_CHECKING:
    import pandas as pd

    from ..catalog.client.api import Client

RECORD_FIELDS = (
    *("data_name", "dataset", "subject", "task", "session", "run"),
    *("modality", "sampling_frequency", "nchans", "ntimes"),
)
"""What records can be found by as a keyword."""
DATASET_FIELDS = ("modality", "task", "clinical_group", "source", "license", "n_subjects_min")
"""What datasets can be searched by as a keyword."""
COLUMNS = ("dataset_id", "name", "modality", "task", "n_subjects", "source", "license", "dataset_doi")
"""Columns of the table that a search gives."""
OTHER_FIELDS = {"dataset_id": ("dataset_id", "dataset", "_id"), "source": ("source", "provider")}
"""Fields that a column is taken from, the first that has a value; else the field of its name."""
REGEX_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}


class EEGDash:
    """Finds records and datasets in a metadata API, with the answers of EEGDash's own client.

    Parameters
    ----------
    url
        ``embedded`` (the catalogue shipped with eegmill, no network), or a base URL such as
        ``https://data.eegdash.org``.
    database
        Database of the API.
    token
        Token that lifts the limits of a server.

    Examples
    --------
    >>> EEGDash().count(dataset="eegmill-sample", task="arithmetic")
    3
    """

    def __init__(self, url: str = EMBEDDED, *, database: str = DATABASE, token: str | None = None) -> None:
        from ..catalog.client.api import Client

        self.url, self.database = url, database
        self._client: Client = Client(url, database, token=token)

    def __repr__(self) -> str:
        return f"EEGDash('{self.url}', database='{self.database}')"

    def find(
        self,
        query: Mapping[str, Any] | None = None,
        /,
        *,
        limit: int | None = None,
        skip: int = 0,
        **filters: Any,
    ) -> list[JsonObject]:
        """Records that match a MongoDB filter, keywords, or both.

        Parameters
        ----------
        query
            The filter; ``{}`` for all.
        limit, skip
            At most so many, behind those that are skipped.
        **filters
            Fields of records: one value, several (any of them matches), or a compiled regular expression.

        Raises
        ------
        FilterError
            If there is neither query nor filter, a field is unknown (names the nearest) or empty, or both name a field
            with values that exclude each other.
        CatalogError
            If the API cannot be asked.
        """
        whole = record_query(query, filters)
        found = self._client.find(whole, limit=limit, skip=skip)
        _warn_of_unmatched(whole, found)
        return found

    def find_one(self, query: Mapping[str, Any] | None = None, /, **filters: Any) -> JsonObject | None:
        """The first record that matches, or None; as `find`."""
        return self._client.find_one(record_query(query, filters))

    def exists(self, query: Mapping[str, Any] | None = None, /, **filters: Any) -> bool:
        """Whether any record matches; as `find`."""
        return self.find_one(query, **filters) is not None

    def count(self, query: Mapping[str, Any] | None = None, /, **filters: Any) -> int:
        """How many records match, all of them without query and filter; as `find`."""
        return self._client.count(record_query(query, filters) if query is not None or filters else None)

    def get_dataset(self, dataset_id: str) -> JsonObject | None:
        """The document of a dataset or of its twin; None where the API has neither."""
        try:
            return self._client.dataset(dataset_id)
        except UnknownDataset:
            return None

    def find_datasets(self, query: Mapping[str, Any] | None = None, limit: int = 1000) -> list[JsonObject]:
        """Documents of datasets that match a MongoDB filter, at most ``limit``."""
        return self._client.datasets(query, limit=limit)

    def search_datasets(self, *, limit: int = 100, **filters: Any) -> pd.DataFrame:
        """A table of datasets, one row each, by keywords; `eegmill.search` knows more of them, and dirty documents.

        Parameters
        ----------
        limit
            At most so many.
        **filters
            ``modality``, ``task``, ``clinical_group``, ``source``, ``license`` and ``n_subjects_min``.

        Raises
        ------
        FilterError
            If a keyword is unknown; names the nearest.
        """
        return _table(self.find_datasets(dataset_query(filters), limit=limit))


def record_query(query: Mapping[str, Any] | None, filters: Mapping[str, Any]) -> JsonObject:
    """One MongoDB filter of a query and keywords.

    Examples
    --------
    >>> record_query({"dataset": "ds1"}, {"subject": ["01", "02"]})
    {'$and': [{'dataset': 'ds1'}, {'subject': {'$in': ['01', '02']}}]}

    Raises
    ------
    FilterError
        As `EEGDash.find`.
    """
    if query is None and not filters:
        msg = "Records are found by a query or by keywords such as dataset='ds002718'; query {} finds all."
        raise FilterError(msg)
    _refuse_unknown(filters, RECORD_FIELDS)
    own = {name: _condition(name, value) for name, value in filters.items()}
    given = dict(query or {})
    for name in given.keys() & own.keys():
        _refuse_exclusive(name, given[name], own[name])
    return {"$and": [given, own]} if given and own else given or own


def dataset_query(filters: Mapping[str, Any]) -> JsonObject | None:
    """The MongoDB filter of a search for datasets, over the fields that older and newer documents have.

    Examples
    --------
    >>> dataset_query({"n_subjects_min": 20, "source": "nemar"})
    {'n_subjects': {'$gte': 20}, '$or': [{'source': 'nemar'}, {'provider': 'nemar'}]}
    """
    given = {name: value for name, value in filters.items() if value is not None}
    _refuse_unknown(given, DATASET_FIELDS)
    flat: JsonObject = {}
    choices: list[JsonObject] = []
    for name, value in given.items():
        alternatives = _alternatives(name, _condition(name, value))
        if len(alternatives) == 1:
            flat |= alternatives[0]
        else:
            choices.append({"$or": alternatives})
    return {**flat, **_joined(choices)} or None


def _alternatives(name: str, value: Any) -> list[JsonObject]:
    if name == "modality" and isinstance(value, str):
        return [{name: spelled} for spelled in dict.fromkeys((value, value.lower()))]
    if name == "clinical_group":
        return [{"clinical.group": value}, {"clinical_group": value}]
    if name == "source":
        return [{"source": value}, {"provider": value}]
    if name == "n_subjects_min":
        return [{"n_subjects": {"$gte": int(value)}}]
    return [{name: value}]


def _joined(choices: list[JsonObject]) -> JsonObject:
    if not choices:
        return {}
    return choices[0] if len(choices) == 1 else {"$and": choices}


def _condition(name: str, value: Any) -> Any:
    """What a keyword asks of its field."""
    if isinstance(value, re.Pattern):
        options = "".join(letter for flag, letter in REGEX_FLAGS.items() if value.flags & flag)
        return {"$regex": value.pattern, **({"$options": options} if options else {})}
    if isinstance(value, list | tuple | set | frozenset):
        cleaned = (item.strip() if isinstance(item, str) else item for item in value)
        kept = list(dict.fromkeys(item for item in cleaned if item not in (None, "")))
        if kept:
            return {"$in": kept}
    elif isinstance(value, str):
        if value.strip():
            return value.strip()
    elif value is not None:
        return value
    msg = f"'{name}' has no value: give one, or leave it out."
    raise FilterError(msg)


def _refuse_unknown(filters: Iterable[str], known: Sequence[str]) -> None:
    for name in filters:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}."
            msg = f"There is no field '{name}' to search by; {hint} A query may name any field: {{'{name}': …}}."
            raise FilterError(msg)


def _refuse_exclusive(name: str, one: Any, other: Any) -> None:
    if any(isinstance(value, Mapping) for value in (*_values(one), *_values(other))):
        return  # an operator: the API says what fits both
    if not any(value in _values(other) for value in _values(one)):
        msg = f"Query and keyword want values of '{name}' that exclude each other: {one!r} and {other!r}."
        raise FilterError(msg)


def _values(condition: Any) -> list[Any]:
    listed = condition.get("$in") if isinstance(condition, Mapping) else None
    return list(listed) if isinstance(listed, list) else [condition]


def _warn_of_unmatched(query: Mapping[str, Any], records: Sequence[JsonObject]) -> None:
    """Tell of values that were wanted and that no record has, where others were found: they are most often mistyped."""
    parts = query["$and"] if set(query) == {"$and"} else [query]
    for name, condition in [item for part in parts for item in part.items()]:
        if name == "dataset":  # a twin may have answered
            continue
        wanted = [str(value) for value in _values(condition)]
        there = {value for record in records if (value := entity(record, name)) is not None}
        missing = [value for value in wanted if value not in there]
        if there and missing and isinstance(condition, Mapping) and "$in" in condition:
            msg = f"No record has the '{name}' {', '.join(missing)}; those found have: {', '.join(sorted(there))}."
            warnings.warn(msg, stacklevel=3)


def _table(documents: Sequence[JsonObject]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {column: _first(document, OTHER_FIELDS.get(column, (column,))) for column in COLUMNS} for document in documents
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _first(document: JsonObject, names: Sequence[str]) -> Any:
    return next((value for name in names if (value := document.get(name)) is not None), None)
