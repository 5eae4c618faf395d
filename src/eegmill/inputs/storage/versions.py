"""Every object under a prefix with its VersionId: what plain S3 listings leave out.

OpenNeuro's bucket keeps old versions, and gives them to whoever names them: a lock with VersionIds stays fetchable
after the dataset has moved on. See ListObjectVersions in the Amazon S3 API reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ...errors import SourceError
from . import https

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class ObjectVersion:
    """The latest version of one object."""

    key: str
    size: int
    etag: str
    version_id: str | None


def latest_versions(endpoint: str, bucket: str, prefix: str) -> Iterator[ObjectVersion]:
    """List the latest version of every object, a thousand versions a request.

    Raises
    ------
    Refused
        If the bucket does not let everybody list versions.
    Transient
        If another try may help.
    """
    markers: dict[str, str] = {}
    while True:
        page = _page(endpoint, bucket, {"versions": "", "prefix": prefix, **markers})
        for entry in page.iter(f"{_NAMESPACE}Version"):
            if _text(entry, "IsLatest") == "true":
                yield _version(entry)
        if _text(page, "IsTruncated") != "true":
            return
        markers = {"key-marker": _text(page, "NextKeyMarker"), "version-id-marker": _text(page, "NextVersionIdMarker")}


def _page(endpoint: str, bucket: str, asked: dict[str, str]) -> ElementTree.Element:
    url = f"{endpoint}/{bucket}"
    with https.faults(url):
        response = https.client().get(url, params={**asked, "max-keys": "1000"})
    https.check(response, url)
    try:
        return ElementTree.fromstring(response.content)
    except ElementTree.ParseError as error:
        msg = f"'{url}' did not answer as S3 does: {error}."
        raise SourceError(msg) from error


def _version(entry: ElementTree.Element) -> ObjectVersion:
    version = _text(entry, "VersionId")
    return ObjectVersion(
        key=_text(entry, "Key"),
        size=int(_text(entry, "Size")),
        etag=_text(entry, "ETag").strip('"'),
        version_id=version if version != "null" else None,
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{_NAMESPACE}{name}") or ""
