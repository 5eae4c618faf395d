"""Which version of a dataset its document speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_IN_DOI = re.compile(r"\.v(\d+(?:\.\d+)*)$")
_IN_URL = re.compile(r"/versions/([^/?#]+)")
_DOI = re.compile(r"^(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)


def doi_of(document: Mapping[str, Any]) -> str | None:
    """Return the dataset's DOI without prefix.

    Examples
    --------
    >>> doi_of({"dataset_doi": "doi:10.18112/openneuro.ds001787.v1.1.1"})
    '10.18112/openneuro.ds001787.v1.1.1'
    """
    found = _DOI.match(str(document.get("dataset_doi") or "").strip())
    return found[1] if found else None


def version_of(document: Mapping[str, Any]) -> str | None:
    """Return the version that the DOI ends with, or that the address of the source names.

    Examples
    --------
    >>> version_of({"dataset_doi": "doi:10.18112/openneuro.ds001787.v1.1.1"})
    '1.1.1'
    >>> version_of({"external_links": {"source_url": "https://openneuro.org/datasets/ds001787/versions/1.1.0"}})
    '1.1.0'
    """
    in_doi = _IN_DOI.search(doi_of(document) or "")
    if in_doi:
        return in_doi[1]
    in_url = _IN_URL.search(str((document.get("external_links") or {}).get("source_url") or ""))
    return in_url[1] if in_url else None
