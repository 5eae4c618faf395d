"""What a PATCH may set in documents that are already stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..faults import DocumentError
from . import strict_json
from .models import Dataset, Record, first_fault

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Kind = type[Record] | type[Dataset]

PROTECTED = {"record": ("_id", "dataset", "bids_relpath"), "dataset": ("_id", "dataset_id")}
"""What identifies a document never changes."""
REQUIRED_TEXT = ("storage.backend", "storage.base", "storage.raw_key")
OBJECTS = (
    "storage",
    "entities",
    "entities_mne",
    "participant_tsv",
    "_metadata_provenance",
    "demographics",
    "tags",
    "external_links",
    "timestamps",
)
"""Fields of the schema that a dotted name may reach into."""


class Changes(BaseModel):
    """Fields to set in documents that exist (MongoDB's ``$set``); dotted names reach into objects."""

    model_config = ConfigDict(frozen=True)
    fields: dict[str, Any]


def check_changes(model: Kind, changes: Mapping[str, object]) -> Changes:
    """Check what a PATCH wants to set; ``{"$set": {...}}`` and the bare mapping mean the same.

    Raises
    ------
    DocumentError
        If it is empty, names a key field, another update operator, a position in a list, the same field twice, or
        gives a field of the schema a value of the wrong type.

    Examples
    --------
    >>> check_changes(Record, {"$set": {"run": 1, "participant_tsv.age": 23}}).fields
    {'run': '1', 'participant_tsv.age': 23}
    """
    inner = changes.get("$set")
    if set(changes) == {"$set"} and isinstance(inner, Mapping):
        changes = inner
    if not changes:
        msg = "The update sets nothing. Give at least one field."
        raise DocumentError(msg)
    strict_json.check(dict(changes), what="The update")
    _refuse_overlap(sorted(changes))
    return Changes(fields={name: _checked(model, name, value) for name, value in changes.items()})


def _refuse_overlap(names: list[str]) -> None:
    for name in names:
        for other in names:
            if other.startswith(f"{name}."):
                msg = f"The update sets both '{name}' and '{other}'. Set one of them."
                raise DocumentError(msg)


def _checked(model: Kind, name: str, value: object) -> object:
    parts = name.split(".")
    if any(not part or part.isdigit() or part.startswith("$") for part in parts):
        msg = f"The update may only set named fields, not '{name[:100]}'."
        raise DocumentError(msg)
    if parts[0] in PROTECTED[model.kind]:
        msg = f"'{parts[0]}' is what identifies the {model.kind} and cannot be changed."
        raise DocumentError(msg)
    known = {info.alias or key: info for key, info in model.model_fields.items()}
    if parts[0] not in known:
        return value
    return _of_type(model, name, known[name], value) if len(parts) == 1 else _member(model, name, value)


def _member(model: Kind, name: str, value: object) -> object:
    field = name.split(".")[0]
    if field not in OBJECTS:
        msg = f"'{name[:100]}' does not exist: '{field}' of a {model.kind} is no object."
        raise DocumentError(msg)
    if name in REQUIRED_TEXT and not isinstance(value, str):
        msg = f"'{name}' must be text."
        raise DocumentError(msg)
    return value


def _of_type(model: Kind, name: str, info: FieldInfo, value: object) -> object:
    adapter: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
    try:
        return adapter.dump_python(adapter.validate_python(value), exclude_unset=True)
    except ValidationError as error:
        raise DocumentError(first_fault(f"update of '{name}' in the {model.kind}", error)) from None


def apply_changes(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Set the fields in a copy of a document; a dotted name makes the objects that are missing on its way.

    Raises
    ------
    DocumentError
        If a dotted name leads through something that is no object.
    """
    changed = dict(document)
    for name, value in changes.fields.items():
        *parents, last = name.split(".")
        place = changed
        for parent in parents:
            inner = place.get(parent, {})
            if not isinstance(inner, dict):
                msg = f"'{name[:100]}' cannot be set: '{parent}' is no object in one of the documents."
                raise DocumentError(msg)
            place[parent] = place = dict(inner)
        place[last] = value
    return changed
