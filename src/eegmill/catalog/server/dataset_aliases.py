"""Former names of fields of dataset documents: the public client still filters by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..filters.language import Filter, make_filter

ALIASES = {
    "modality": "recording_modality",
    "task": "tasks",
    "n_subjects": "demographics.subjects_count",
    "provider": "source",
    "clinical_group": "clinical.group",
}
"""By the name in ``EEGDash.search_datasets``: the field that holds it."""


def with_present_names(query: Filter) -> Filter:
    """The same filter over the fields as they are called now.

    Examples
    --------
    >>> with_present_names(make_filter({"$or": [{"n_subjects": {"$gte": 10}}, {"task": "rest"}]})).document
    {'$or': [{'demographics.subjects_count': {'$gte': 10}}, {'tasks': 'rest'}]}
    """
    renamed = _renamed(query.document)
    return query if renamed == query.document else make_filter(renamed)


def _renamed(document: Mapping[str, Any]) -> dict[str, Any]:
    """Fields on every level of ``$and``, ``$or`` and ``$nor``; a name that is there in both forms stays."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        if name in {"$and", "$or", "$nor"}:
            found[name] = [_renamed(member) for member in value]
        else:
            present = ALIASES.get(name, name)
            found[name if present in document else present] = value
    return found
