"""S3, read anonymously: OpenNeuro and its mirrors.

OpenNeuro's bucket keeps old versions, and gives them to whoever names them: a lock with VersionIds stays fetchable
after the dataset has moved on. Plain listings leave them out (Amazon S3 API reference, ListObjectVersions).
"""

from __future__ import annotations

import os
import re
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, NoReturn, cast
from xml.etree import ElementTree

from ...errors import ChangedSource, SourceError
from ...retries import RETRIED_STATUSES
from . import https
from .contract import CONNECT_S, RENEW, Body, Pin, Source
from .faults import Missing, NoRanges, Refused, Transient
from .ranges import RangedReader, exactly, in_ranges, steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore import GetOptions, GetResult, ObjectMeta, OffsetRange
    from obstore.store import S3Config, S3Store

    from ...lock import LockedFile

ENDPOINT = "EEGMILL_S3_ENDPOINT"
"""Environment variable: another S3 server for all buckets, such as a mirror in the institute."""
USUAL_REGION = "us-east-2"
"""What EEGDash and NEMAR assume for their buckets."""
AWS = f"https://s3.{USUAL_REGION}.amazonaws.com"
LISTING_PAGE = 1000
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_MD5 = re.compile(r"^[0-9a-f]{32}$")


class S3Source(Source):
    """A dataset under a prefix of a bucket."""

    def __init__(self, base: str) -> None:
        self.bucket, _, self.prefix = base.removeprefix("s3://").strip("/").partition("/")

    def listing(self) -> dict[str, Pin]:
        """List the prefix, a thousand files a request; with VersionIds where the bucket lets everybody see them."""
        folder = f"{self.prefix}/" if self.prefix else ""
        try:
            found = list(latest_versions(server_of(self.bucket)[0], self.bucket, folder))
            return {entry.key.removeprefix(folder): self._pin_of_version(entry) for entry in found}
        except Transient:
            raise
        except SourceError:
            return self._plain_listing(folder)

    def _plain_listing(self, folder: str) -> dict[str, Pin]:
        import obstore

        pins = {}
        with faults(f"s3://{self.bucket}/{folder}"):
            for page in obstore.list(bucket_store(self.bucket), prefix=folder, chunk_size=LISTING_PAGE):
                pins.update({entry["path"].removeprefix(folder): self._pin(entry) for entry in page})
        return pins

    def pin(self, path: str) -> Pin | None:
        """Ask for one object's head."""
        import obstore

        key = f"{self.prefix}/{path}".lstrip("/")
        try:
            with faults(f"s3://{self.bucket}/{key}"):
                return self._pin(obstore.head(bucket_store(self.bucket), key))
        except Missing:
            return None

    def text(self, path: str) -> str:
        """Read one small object."""
        import obstore

        key = f"{self.prefix}/{path}".lstrip("/")
        with faults(f"s3://{self.bucket}/{key}"):
            return bytes(obstore.get(bucket_store(self.bucket), key).bytes()).decode("utf-8", errors="replace")

    def _pin(self, entry: ObjectMeta) -> Pin:
        version = ObjectVersion(entry["path"], entry["size"], _plain(entry["e_tag"]) or "", entry["version"])
        return self._pin_of_version(version)

    def _pin_of_version(self, entry: ObjectVersion) -> Pin:
        return Pin(
            url=f"s3://{self.bucket}/{entry.key}",
            size=entry.size,
            # What can be read anonymously is not encrypted with a key of KMS or a customer, so an ETag without
            # a part count is the MD5 of the object (Amazon S3 API reference, type Object, ETag).
            md5=entry.etag if _MD5.match(entry.etag) else None,
            etag=entry.etag or None,
            version_id=entry.version_id,
        )


class S3Reader(RangedReader):
    """Objects by their ``s3://`` address, at the pinned version if there is one."""

    @contextmanager
    def stream(self, file: LockedFile, start: int) -> Iterator[Body]:
        """Get one object from an offset, in one request."""
        with self._unchanged(file), faults(file.url):
            got = self._get(file, {"offset": start} if start else None)
            size, etag = got.meta["size"], _plain(got.meta["e_tag"])
            yield Body(self._chunks(got), start=got.range[0], size=size, etag=etag)

    @contextmanager
    def pieces(self, file: LockedFile, start: int) -> Iterator[Body]:
        """Get one object in pieces, if its pin vouches for each of them or for all together."""
        if not file.etag and not file.sha256:
            with self.stream(file, start) as body:
                yield body
            return
        with self._unchanged(file), closing(in_ranges(partial(self._piece, file), start, file.size or 0)) as chunks:
            yield Body(chunks, start=start, size=file.size, etag=file.etag)

    def _piece(self, file: LockedFile, first: int, end: int) -> Iterator[bytes]:
        with faults(file.url):
            yield from exactly(self._chunks(self._get(file, (first, end))), file.url, (first, end))

    @contextmanager
    def _unchanged(self, file: LockedFile) -> Iterator[None]:
        try:
            yield
        except ChangedSource:
            raise self._changed(file) from None

    def _get(self, file: LockedFile, span: tuple[int, int] | OffsetRange | None) -> GetResult:
        import obstore

        options: GetOptions = {}
        if span:
            options["range"] = span
        if file.version_id:
            options["version"] = file.version_id
        # A sealed pin goes by the bytes alone: the same ones may have been uploaded again under another ETag.
        etag = file.etag if not file.sha256 else None
        if etag:
            options["if_match"] = f'"{etag}"'
        bucket, _, key = file.url.removeprefix("s3://").partition("/")
        got = obstore.get(bucket_store(bucket, self.limits.stall_s), key, options=options)
        if etag and _plain(got.meta["e_tag"]) not in {etag, None}:
            raise ChangedSource(file.url)  # from a server that does not know If-Match
        return got

    def _chunks(self, got: GetResult) -> Iterator[bytes]:
        # Views, not copies: whoever takes them only hashes and writes.
        views = (cast("bytes", memoryview(chunk)) for chunk in got.stream(min_chunk_size=0))
        return steady(views, self.limits)

    def _changed(self, file: LockedFile) -> ChangedSource:
        base, _, name = file.url.rpartition("/")
        now = S3Source(base).pin(name)
        there = f"ETag {now.etag}, {now.size} bytes" if now else "nothing"
        pinned = f"ETag {file.etag}, {file.size} bytes"
        return ChangedSource(f"'{file.url}' changed: {pinned} pinned; {there} there now. {RENEW}")


def _plain(etag: str | None) -> str | None:
    return (etag or "").strip('"') or None


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


@cache
def server_of(bucket: str) -> tuple[str, str]:
    """Return address and region of the server that holds a bucket.

    Any server of AWS tells the region of any bucket in a header of whatever it answers, also to strangers
    (Amazon S3 API reference, HeadBucket).
    """
    named = os.environ.get(ENDPOINT)
    if named:
        return named.rstrip("/"), USUAL_REGION
    url = f"{AWS}/{bucket}"
    try:
        with https.faults(url):
            answer = https.client().head(url, follow_redirects=False)
    except SourceError:
        return AWS, USUAL_REGION  # the request for the file itself then says what is wrong
    region = answer.headers.get("x-amz-bucket-region", USUAL_REGION)
    return AWS.replace(USUAL_REGION, region), region


@cache
def bucket_store(bucket: str, stall_s: float = 60.0) -> S3Store:
    """Open a bucket without credentials."""
    from obstore.store import S3Store

    address, region = server_of(bucket)
    config: S3Config = {
        "endpoint": address,
        "region": region,
        "skip_signature": True,
        # A bucket with a dot in its name has no valid certificate as a host name: its name goes into the path.
        "virtual_hosted_style_request": False,
    }
    return S3Store(
        bucket,
        config=config,
        client_options={
            "allow_http": address.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_S),
            "read_timeout": timedelta(seconds=stall_s),
            "timeout": timedelta(days=2),
        },
        # Retries belong to the caller, who resumes and obeys the limit of transfers.
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=1)},
    )


@contextmanager
def faults(address: str) -> Iterator[None]:
    """Say in our terms what obstore's errors mean."""
    from obstore.exceptions import BaseError, PermissionDeniedError, PreconditionError, UnauthenticatedError

    try:
        yield
    except FileNotFoundError:
        msg = f"'{address}' does not exist."
        raise Missing(msg) from None
    except (PermissionDeniedError, UnauthenticatedError):
        msg = f"'{address}' may not be read anonymously (403)."
        raise Refused(msg) from None
    except PreconditionError:
        msg = f"'{address}' changed since it was pinned: its ETag is another."
        raise ChangedSource(msg) from None
    except BaseError as error:
        _translate(address, error)


_RANGES = re.compile(r"non-partial|Requested .* got|content.range", re.IGNORECASE)
"""What obstore says of a server that does not give the range that was asked for."""
_STATUS = re.compile(r"status code:? (\d{3})|response error \"(\d{3})|(\d{3}) (?:[A-Z][a-z]+ )+", re.IGNORECASE)


def _translate(address: str, error: Exception) -> NoReturn:
    text = " ".join(str(error).split())[:300]
    found = _STATUS.search(text)
    status = int(next(filter(None, found.groups()))) if found else 0
    if status and 400 <= status < 500 and status not in RETRIED_STATUSES:
        msg = f"'{address}' cannot be read: {text}"
        raise SourceError(msg) from error
    msg = f"'{address}' failed: {text}"
    raise (NoRanges if _RANGES.search(text) else Transient)(msg) from error
