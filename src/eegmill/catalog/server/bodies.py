"""What a body may hold: the stored schema, and the older spellings that are read as such.

The types say in OpenAPI what the catalogue's models accept beyond what they store: a label may be a number, a list of
one may be plain text. Truth values must be just that.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from ..documents.models import Dataset, Record


def _label(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Label = Annotated[str | None, BeforeValidator(_label, json_schema_input_type=str | int | None)]
Texts = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
MaybeTexts = Annotated[list[str] | None, BeforeValidator(_listed, json_schema_input_type=str | list[str] | None)]


class RecordBody(Record):
    """A record to be stored."""

    recording_modality: Texts
    subject: Label = None
    session: Label = None
    task: Label = None
    run: Label = None
    acquisition: Label = None
    has_missing_files: StrictBool | None = Field(default=None, alias="_has_missing_files")


class DatasetBody(Dataset):
    """A dataset document to be stored."""

    recording_modality: Texts
    canonical_name: MaybeTexts = None
    datatypes: MaybeTexts = None
    data_processed: StrictBool | None = None


class UpdateBody(BaseModel):
    """Fields to set in one dataset document; ``{"$set": {...}}`` means the same as the bare mapping."""

    model_config = ConfigDict(extra="forbid")
    update: dict[str, Any] = Field(min_length=1)


class RecordsUpdateBody(UpdateBody):
    """Fields to set in all records that match a filter."""

    filter: dict[str, Any]


class UnblockBody(BaseModel):
    """The address to unblock, as the block list gives it."""

    model_config = ConfigDict(extra="forbid")
    ip: str = Field(min_length=1, max_length=64)
