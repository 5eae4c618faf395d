"""Listings of other archives (Zenodo, figshare, Science Data Bank, OSF): their words for the fields of a dataset."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..documents.fields import texts
from ..documents.models import Document

MEBIBYTE = 1024 * 1024
_ARCHIVES = (
    ("zenodo", r"10\.5281/zenodo\."),
    ("figshare", r"10\.6084/m9\.figshare\."),
    ("scidb", r"10\.(57760|11922)/sciencedb\."),
    ("osf", r"10\.17605/osf\.io/"),
    ("datarn", None),
)
"""An archive, and how the DOIs begin that it gives."""


def archive_of(document: Mapping[str, Any]) -> str:
    """The archive that a dataset document is from, by its own fields or its DOI; empty if neither tells.

    Examples
    --------
    >>> archive_of({"zenodo_id": 10149873}), archive_of({"doi": "10.6084/m9.figshare.1"}), archive_of({})
    ('zenodo', 'figshare', '')
    """
    doi = _doi(document).casefold()
    for name, pattern in _ARCHIVES:
        if f"{name}_id" in document or (pattern and re.match(pattern, doi)):
            return name
    return ""


def plain_dataset(document: Mapping[str, Any]) -> dict[str, Any]:
    """A dataset document in the catalogue's own words; what it has already stays, other words stay beside them.

    Examples
    --------
    >>> listed = {"dataset_id": "10149873", "title": "Sleep", "creators": [{"name": "A. One"}], "total_size_mb": 2}
    >>> plain = plain_dataset(listed)
    >>> plain["name"], plain["authors"], plain["size_bytes"]
    ('Sleep', ['A. One'], 2097152)
    """
    plain = dict(document)
    for name, read in _WORDS.items():
        if plain.get(name) in (None, "", [], {}):
            value = read(document)
            if value not in (None, "", [], {}):
                plain[name] = value
    return plain


def _doi(document: Mapping[str, Any]) -> str:
    identifiers = document.get("identifiers")
    within = identifiers.get("doi") if isinstance(identifiers, Mapping) else None
    for value in (document.get("dataset_doi"), document.get("doi"), within):
        if isinstance(value, str) and value:
            return re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", value)
    return ""


def _authors(document: Mapping[str, Any]) -> list[str]:
    """Names, given as such or as objects with ``name`` or ``full_name``."""
    listed = document.get("creators") or document.get("author_names") or []
    members = listed if isinstance(listed, list) else []
    names = [each.get("name") or each.get("full_name") if isinstance(each, Mapping) else each for each in members]
    return [name for name in names if isinstance(name, str)]


def _size_bytes(document: Mapping[str, Any]) -> int | None:
    for name, factor in (("total_size_bytes", 1), ("total_size", 1), ("size", 1), ("total_size_mb", MEBIBYTE)):
        value = document.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return round(value * factor)
    return None


def _files(document: Mapping[str, Any]) -> int | None:
    for name in ("file_count", "n_files", "total_file_count"):
        value = document.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    listed = document.get("files")
    return len(listed) if isinstance(listed, list) else None


def _links(document: Mapping[str, Any]) -> dict[str, str]:
    home = document.get("source_url") or document.get("url_public_html") or document.get("url")
    return {"source_url": home} if isinstance(home, str) else {}


def _times(document: Mapping[str, Any]) -> dict[str, str]:
    for name in ("publication_date", "published_date", "created", "created_date"):
        value = document.get(name)
        if isinstance(value, str):
            return {"dataset_created_at": value}
    return {}


def _subjects(document: Mapping[str, Any]) -> dict[str, int]:
    count = document.get("subjects_count")
    return {"subjects_count": count} if isinstance(count, int) and not isinstance(count, bool) else {}


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "name": lambda document: document.get("title"),
    "authors": _authors,
    "dataset_doi": _doi,
    "readme": lambda document: document.get("description"),
    "size_bytes": _size_bytes,
    "total_files": _files,
    "external_links": _links,
    "timestamps": _times,
    "demographics": _subjects,
    "recording_modality": lambda document: list(texts(document.get("modalities"))),
    "source": archive_of,
}
_READ = {
    *("_id", "author_year", "clinical", "computed_title", "field_sources", "n_records", "n_tasks", "nchans_counts"),
    *("sfreq_counts", "size_human", "stats_computed_at", "total_duration_s"),
    *("access_right", "author_names", "categories", "created", "created_date", "creators", "description", "doi"),
    *("file_count", "files", "identifiers", "keywords", "modalities", "modified", "n_files", "publication_date"),
    *("published_date", "size", "source_url", "subjects_count", "title", "total_file_count", "total_size"),
    *("total_size_bytes", "total_size_mb", "url", "url_public_html"),
}
"""Fields beside those of the models that something reads, or that say nothing of a recording."""


def unread_fields(document: Document) -> list[str]:
    """Fields of a document that nothing reads: they are stored, and stay as they are.

    Examples
    --------
    >>> from eegmill.catalog.documents.models import Dataset
    >>> told = {"dataset_id": "ds1", "source": "lab", "recording_modality": ["eeg"], "title": "A", "funder": "B"}
    >>> unread_fields(Dataset.from_value(told))
    ['funder']
    """
    return sorted(name for name in document.model_extra or {} if name not in _READ and not name.endswith("_id"))
