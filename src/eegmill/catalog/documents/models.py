"""The documents of the catalogue, in the schema of EEGDash: fields it does not know are kept as they are."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ..faults import DocumentError
from . import strict_json

FLAT_ENTITIES = ("subject", "session", "task", "run", "acquisition")
FIRST_WRITTEN = ("first_seen", "representative_dataset", "representative_subject")
"""Fields of a montage that stay as they were first written."""


def _label(value: object) -> object:
    """Entity labels are text: ``run`` 1 becomes ``"1"``, ``"01"`` keeps its zero."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _listed(value: object) -> object:
    """Older documents hold one modality as plain text."""
    return [value] if isinstance(value, str) else value


def _number(value: object) -> object:
    if isinstance(value, str | bool):
        msg = "must be a number"
        raise ValueError(msg)
    return value


def _whole(value: str) -> str:
    """SQLite reads the text of a document up to the first NUL: names that differ behind it would be one key."""
    if "\0" in value:
        msg = f"{value!r} holds the character NUL"
        raise ValueError(msg)
    return value


Label = Annotated[str | None, BeforeValidator(_label)]
Texts = Annotated[list[str], BeforeValidator(_listed)]
Count = Annotated[Annotated[int, Field(ge=0, le=strict_json.MAX_INTEGER)] | None, BeforeValidator(_number)]
Number = Annotated[float | None, BeforeValidator(_number)]
Name = Annotated[
    str, Field(min_length=1, max_length=1024, json_schema_extra={"pattern": r"^[^\0]+$"}), AfterValidator(_whole)
]


class Open(BaseModel):
    """A part of a document: unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)


class Storage(Open):
    """Where the raw file and its companions lie."""

    backend: Name
    base: Name
    raw_key: Name
    dep_keys: list[str] = []
    annex_keys: dict[str, str] | None = None


class Document(Open):
    """A whole document; its ``_id`` belongs to the store and is dropped on the way in."""

    kind: ClassVar[str] = "document"

    @model_validator(mode="before")
    @classmethod
    def _without_id(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if key != "_id"} if isinstance(data, dict) else data

    @classmethod
    def from_value(cls, value: object, *, checked: bool = False) -> Self:
        """Check one document that is already a Python value; ``checked`` if it came from :mod:`.strict_json`.

        Raises
        ------
        DocumentError
            If the value is not strict JSON or does not fit the schema.
        """
        if not checked:
            strict_json.check(value, what=f"The {cls.kind}")
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise DocumentError(first_fault(cls.kind, error)) from None

    def fields(self) -> dict[str, Any]:
        """Only the fields that the document was given, under their names in the schema."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    def json_text(self) -> str:
        """The same as compact JSON text."""
        return self.model_dump_json(by_alias=True, exclude_unset=True)


class Record(Document):
    """One recording of one dataset. ``dataset`` and ``bids_relpath`` together are its key."""

    kind: ClassVar[str] = "record"
    dataset: Name
    bids_relpath: Name
    storage: Storage
    recording_modality: Texts
    data_name: str | None = None
    bidspath: str | None = None
    datatype: str | None = None
    suffix: str | None = None
    extension: str | None = None
    subject: Label = None
    session: Label = None
    task: Label = None
    run: Label = None
    acquisition: Label = None
    entities: dict[str, Any] | None = None
    entities_mne: dict[str, Any] | None = None
    ch_names: list[str] | None = None
    sampling_frequency: Number = None
    nchans: Count = None
    ntimes: Count = None
    duration_seconds: Number = None
    digested_at: str | None = None
    montage_hash: str | None = None
    participant_tsv: dict[str, Any] | None = None
    has_missing_files: bool | None = Field(default=None, alias="_has_missing_files")
    data_integrity_issues: list[str] | None = Field(default=None, alias="_data_integrity_issues")
    metadata_provenance: dict[str, Any] | None = Field(default=None, alias="_metadata_provenance")

    @model_validator(mode="before")
    @classmethod
    def _flatten_entities(cls, data: Any) -> Any:
        """Queries name entities at the top level; older records carry them below ``entities`` only."""
        entities = data.get("entities") if isinstance(data, dict) else None
        if not isinstance(entities, dict):
            return data
        return {**{name: entities[name] for name in FLAT_ENTITIES if name in entities}, **data}


class Dataset(Document):
    """One dataset. ``dataset_id`` is its key."""

    kind: ClassVar[str] = "dataset"
    dataset_id: Name
    source: Name
    recording_modality: Texts
    name: str | None = None
    canonical_name: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    readme: str | None = None
    ingestion_fingerprint: str | None = None
    datatypes: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    bids_version: str | None = None
    tasks: list[str] | None = None
    sessions: list[str] | None = None
    total_files: Count = None
    size_bytes: Count = None
    data_processed: bool | None = None
    license: str | None = None
    authors: list[str] | None = None
    funding: list[str] | None = None
    dataset_doi: str | None = None
    associated_paper_doi: str | None = None
    demographics: dict[str, Any] | None = None
    tags: dict[str, Any] | None = None
    external_links: dict[str, Any] | None = None
    timestamps: dict[str, Any] | None = None
    storage: Storage | None = None


class Montage(Document):
    """Sensor positions that many recordings share. ``hash`` is its key."""

    kind: ClassVar[str] = "montage"
    hash: Name
    modality: str | None = None
    n_sensors: Count = None
    sensors: list[dict[str, Any]] | None = None
    first_seen: str | None = None
    representative_dataset: str | None = None
    representative_subject: str | None = None


def first_fault(kind: str, error: ValidationError) -> str:
    """Say in one sentence which field of a document is wrong, and how."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "(whole)"
    return f"The {kind} does not fit the schema: '{place}': {fault['msg'].removeprefix('Value error, ')}."
