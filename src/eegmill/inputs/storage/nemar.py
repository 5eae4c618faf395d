"""NEMAR: versioned manifests with a checksum for every file, and objects by git-annex key.

``<address>/<dataset>/`` names the latest version and its manifest; large files also lie under
``s3://nemar/<dataset>/objects/<key>``.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ...errors import SourceError
from .annex import pin_of_key
from .contract import Pin, Source
from .https import get_text
from .s3 import S3Source

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "EEGMILL_NEMAR_URL"
"""Environment variable: another server of manifests."""


class NemarSource(Source):
    """The latest version of a NEMAR dataset."""

    def __init__(self, base: str) -> None:
        self.dataset = base.rstrip("/").rsplit("/", 1)[-1]
        self.address = os.environ.get(ADDRESS, "https://data.nemar.org").rstrip("/") + f"/{self.dataset}/"

    def listing(self) -> dict[str, Pin]:
        """Read the manifest: two requests for any number of files."""
        return self._listed

    @cached_property
    def _listed(self) -> dict[str, Pin]:
        index = _json(self.address)
        entries = {str(entry.get("version")): entry for entry in index.get("versions") or [] if isinstance(entry, dict)}
        latest = entries.get(str(index.get("latest")))
        if not latest or not latest.get("manifest_url"):
            msg = f"'{self.address}' names no manifest of a latest version."
            raise SourceError(msg)
        where = urljoin(self.address, str(latest["manifest_url"]))
        files = _json(where).get("files")
        if not isinstance(files, list):
            msg = f"'{where}' is no manifest: it lists no files."
            raise SourceError(msg)
        try:
            return {str(entry["path"]): _pin(entry, where) for entry in files}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"'{where}' is no manifest: one of its files is not described as files are ({error})."
            raise SourceError(msg) from error

    def pin(self, path: str) -> Pin | None:
        """Look one file up in the manifest."""
        return self.listing().get(path)

    def text(self, path: str) -> str:
        """Read one small file."""
        pin = self.pin(path)
        if pin is None:
            msg = f"'{path}' is not in the manifest of '{self.dataset}'."
            raise SourceError(msg)
        if pin.url.startswith("s3://"):
            base, _, name = pin.url.rpartition("/")
            return S3Source(base).text(name)
        return get_text(pin.url)


def with_keys(pins: Mapping[str, Pin], keys: Mapping[str, str], *, base: str) -> dict[str, Pin]:
    """Add the git-annex keys of a record to the pins; a file that is pinned nowhere else is fetched by its key."""
    merged = dict(pins)
    for path, key in keys.items():
        by_key = pin_of_key(key, f"{base}/objects/{key}")
        merged[path] = replace(merged[path], annex_key=key) if path in merged else by_key
    return merged


def _pin(entry: Mapping[str, Any], where: str) -> Pin:
    url = str(entry.get("url") or "")
    if not url.startswith(("https://", "http://", "s3://")):
        url = urljoin(where, url or str(entry["path"]))
    size = entry.get("size")
    pin = Pin(url=url, size=int(size) if size is not None else None)
    checksum = str(entry.get("checksum") or "").lower() or None
    match entry.get("checksum_algorithm"):
        case "git":
            return replace(pin, git_sha1=checksum)
        case "sha256":
            return replace(pin, sha256=checksum)
        case "md5":
            return replace(pin, md5=checksum)
    return pin


def _json(url: str) -> dict[str, Any]:
    try:
        value = json.loads(get_text(url))
    except ValueError as error:
        msg = f"'{url}' did not answer with JSON: {error}."
        raise SourceError(msg) from error
    if not isinstance(value, dict):
        msg = f"'{url}' did not answer with a JSON object."
        raise SourceError(msg)
    return value
