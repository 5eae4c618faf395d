"""S3, read anonymously: OpenNeuro and its mirrors."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from ...errors import ChangedSource, SourceError
from .contract import CONNECT_S, Body, Pin, Reader, Source
from .faults import Missing, Refused, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore import GetOptions
    from obstore.store import S3Config, S3Store

    from ...lock import LockedFile

ENDPOINT = "EEGMILL_S3_ENDPOINT"
"""Environment variable: another S3 server, such as a mirror in the institute."""
REGION = "us-east-2"
"""Of the bucket openneuro.org (EEGDash, NEMAR and OpenNeuro agree on it)."""
LISTING_PAGE = 1000
_MD5 = re.compile(r"^[0-9a-f]{32}$")


class S3Source(Source):
    """A dataset under a prefix of a bucket."""

    def __init__(self, base: str) -> None:
        self.bucket, _, self.prefix = base.removeprefix("s3://").strip("/").partition("/")

    def listing(self) -> dict[str, Pin]:
        """List the prefix, a thousand files a request."""
        import obstore

        store = bucket_store(self.bucket)
        pins = {}
        with faults(f"s3://{self.bucket}/{self.prefix}"):
            for page in obstore.list(store, prefix=self.prefix, chunk_size=LISTING_PAGE):
                for entry in page:
                    path = entry["path"].removeprefix(self.prefix).lstrip("/")
                    pins[path] = self._pin(path, entry)
        return pins

    def pin(self, path: str) -> Pin | None:
        """Ask for one object's head."""
        import obstore

        key = f"{self.prefix}/{path}".lstrip("/")
        try:
            with faults(f"s3://{self.bucket}/{key}"):
                return self._pin(path, obstore.head(bucket_store(self.bucket), key))
        except Missing:
            return None

    def text(self, path: str) -> str:
        """Read one small object."""
        import obstore

        key = f"{self.prefix}/{path}".lstrip("/")
        with faults(f"s3://{self.bucket}/{key}"):
            return bytes(obstore.get(bucket_store(self.bucket), key).bytes()).decode("utf-8", errors="replace")

    def _pin(self, path: str, entry: Any) -> Pin:
        etag = (entry["e_tag"] or "").strip('"') or None
        return Pin(
            url=f"s3://{self.bucket}/" + f"{self.prefix}/{path}".lstrip("/"),
            size=entry["size"],
            # What can be read anonymously is not encrypted with a key of KMS or a customer, so an ETag without
            # a part count is the MD5 of the object (Amazon S3 API reference, type Object, ETag).
            md5=etag if etag and _MD5.match(etag) else None,
            etag=etag,
            version_id=entry["version"],
        )


class S3Reader(Reader):
    """Objects by their ``s3://`` address."""

    def __init__(self, stall_s: float) -> None:
        self.stall_s = stall_s

    @contextmanager
    def read(self, file: LockedFile, start: int = 0) -> Iterator[Body]:
        """Get one object, from an offset, at the pinned version if there is one."""
        import obstore

        bucket, _, key = file.url.removeprefix("s3://").partition("/")
        options: GetOptions = {"version": file.version_id} if file.version_id else {}
        if start:
            options["range"] = {"offset": start}
        if file.etag:
            options["if_match"] = f'"{file.etag}"'
        with faults(file.url):
            got = obstore.get(bucket_store(bucket, self.stall_s), key, options=options)
            meta = got.meta
            etag = (meta["e_tag"] or "").strip('"') or None
            yield Body(_chunks(got), start=got.range[0], size=meta["size"], etag=etag)


def _chunks(got: Any) -> Iterator[bytes]:
    for chunk in got.stream(min_chunk_size=0):
        yield memoryview(chunk)  # type: ignore[misc]  # bytes-like, without a copy


@cache
def bucket_store(bucket: str, stall_s: float = 60.0) -> S3Store:
    """Open a bucket without credentials."""
    from obstore.store import S3Store

    endpoint = os.environ.get(ENDPOINT)
    # A bucket with a dot in its name has no valid certificate as a host name: its name goes into the path.
    config: S3Config = {"region": REGION, "skip_signature": True, "virtual_hosted_style_request": False}
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(
        bucket,
        config=config,
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
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


_STATUS = re.compile(r"status code:? (\d{3})|response error \"(\d{3})|(\d{3}) (?:[A-Z][a-z]+ )+", re.IGNORECASE)


def _translate(address: str, error: Exception) -> NoReturn:
    text = " ".join(str(error).split())[:300]
    found = _STATUS.search(text)
    status = int(next(filter(None, found.groups()))) if found else 0
    if status and 400 <= status < 500 and status not in {408, 425, 429}:
        msg = f"'{address}' cannot be read: {text}"
        raise SourceError(msg) from error
    msg = f"'{address}' failed: {text}"
    raise Transient(msg) from error
