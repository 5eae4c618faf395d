"""Reading catalogue documents, old or new: entities nested or flat, lists given as plain text, twin IDs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""One document as the API gives it."""

_TWIN = {"ds": "on", "on": "ds"}
_OPENNEURO_ID = re.compile(r"(ds|on)(\d{6})")


def entity(record: Mapping[str, Any], name: str) -> str | None:
    """One BIDS entity of a record, wherever the record keeps it.

    Parameters
    ----------
    record
        A record document: entities below ``entities`` (older ones) or at the top level.
    name
        ``subject``, ``session``, ``task``, ``run``, ``acquisition``.

    Returns
    -------
    str or None
        The label as text, None if the record has none.

    Examples
    --------
    >>> entity({"entities": {"subject": "001"}}, "subject")
    '001'
    >>> entity({"run": 2}, "run")
    '2'
    """
    nested = record.get("entities")
    value = nested.get(name) if isinstance(nested, Mapping) else None
    if value is None:
        value = record.get(name)
    return None if value is None or value == "" else str(value)


def texts(value: object) -> tuple[str, ...]:
    """A field that is a list in new documents and plain text in old ones, always as a tuple.

    Examples
    --------
    >>> texts("eeg"), texts(["eeg", "ieeg"]), texts(None)
    (('eeg',), ('eeg', 'ieeg'), ())
    """
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def twin_id(dataset_id: str) -> str | None:
    """The other name of an OpenNeuro dataset: ``ds######`` there is ``on######`` on NEMAR, byte for byte.

    Examples
    --------
    >>> twin_id("ds002718"), twin_id("on002718"), twin_id("nm000105")
    ('on002718', 'ds002718', None)
    """
    match = _OPENNEURO_ID.fullmatch(dataset_id)
    return _TWIN[match[1]] + match[2] if match else None


def twin_query(query: Mapping[str, Any], key: str) -> JsonObject | None:
    """The same query with the dataset IDs under ``key`` replaced by their twins; None if it names none."""
    wanted = query.get(key)
    if isinstance(wanted, str):
        twin = twin_id(wanted)
        return {**query, key: twin} if twin else None
    members = wanted.get("$in") if isinstance(wanted, Mapping) else None
    if not isinstance(wanted, Mapping) or not isinstance(members, list):
        return None
    swapped = [(twin_id(item) if isinstance(item, str) else None) or item for item in members]
    return None if swapped == members else {**query, key: {**wanted, "$in": swapped}}
