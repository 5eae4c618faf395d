"""HTTP and HTTPS: GIN, figshare, Zenodo, OSF and whatever gives a file by address."""

from __future__ import annotations

import email.utils
import re
import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...errors import ChangedSource, SourceError
from ...version import __version__
from .contract import CONNECT_S, Body, Pin, Reader, Source
from .faults import Missing, Refused, Transient
from .steady import steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from ...lock import LockedFile
    from ..limits import Limits

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONTENT_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")


class HttpsSource(Source):
    """A folder on a web server: files can be asked for one by one, never listed."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def listing(self) -> dict[str, Pin] | None:
        """Return None: HTTP has no listing."""
        return None

    def pin(self, path: str) -> Pin | None:
        """Ask for a file's head."""
        return pin_url(f"{self.base}/{quote(path)}")

    def text(self, path: str) -> str:
        """Read one small file."""
        return get_text(f"{self.base}/{quote(path)}")


class HttpsReader(Reader):
    """Files by their ``http(s)://`` address."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    @contextmanager
    def read(self, file: LockedFile, start: int = 0) -> Iterator[Body]:
        """Get one file from an offset; a server that ignores ranges answers from 0."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        if start and file.etag and not file.etag.startswith("W/"):
            headers["If-Range"] = f'"{file.etag}"'
        with faults(file.url), client(self.limits.stall_s).stream("GET", file.url, headers=headers) as response:
            check(response, file.url)
            first, size = _extent(response)
            etag = _etag(response)
            yield Body(steady(response.iter_raw(), self.limits), start=first, size=size, etag=etag)


def pin_url(url: str) -> Pin | None:
    """Ask a web server for a file's size and ETag; None if there is no such file."""
    with faults(url):
        response = client().head(url)
        if response.status_code in {400, 403, 405, 501}:
            # Signed addresses and some servers allow GET alone.
            response = client().get(url, headers={"Range": "bytes=0-0"})
    if response.status_code == 416:
        return Pin(url=url, size=0, etag=_etag(response))  # an empty file has no first byte
    try:
        check(response, url)
    except Missing:
        return None
    return Pin(url=url, size=_extent(response)[1], etag=_etag(response))


def get_text(url: str, *, limit: int = 64 * 1024 * 1024) -> str:
    """Read a small text, such as a manifest."""
    with faults(url), client().stream("GET", url) as response:
        check(response, url)
        data = bytearray()
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > limit:
                msg = f"'{url}' is larger than {limit} bytes: no plausible text file."
                raise SourceError(msg)
    return data.decode("utf-8", errors="replace")


@cache
def client(stall_s: float = 60.0) -> httpx2.Client:
    """Open the one pool of connections."""
    import httpx2

    return httpx2.Client(
        follow_redirects=True,
        max_redirects=5,
        timeout=httpx2.Timeout(stall_s, connect=CONNECT_S),
        headers={"Accept-Encoding": "identity", "User-Agent": f"eegmill/{__version__}"},
    )


def check(response: httpx2.Response, url: str) -> None:
    """Raise what a status means."""
    status = response.status_code
    if response.url.scheme == "http" and url.startswith("https://"):
        msg = f"'{url}' redirects to '{response.url}', which is not encrypted: refused."
        raise SourceError(msg)
    if status in {404, 410}:
        msg = f"'{url}' does not exist ({status})."
        raise Missing(msg)
    if status in {401, 403}:
        msg = f"'{url}' may not be read without a login ({status})."
        raise Refused(msg)
    if status in RETRIED:
        msg = f"'{url}' answered {status}."
        raise Transient(msg, retry_after_s=_retry_after(response))
    if status in {412, 416}:
        msg = f"'{url}' changed: it is shorter than before, or has another ETag ({status})."
        raise ChangedSource(msg)
    if status not in {200, 206}:
        msg = f"'{url}' answered {status}, which is no file."
        raise SourceError(msg)
    if response.headers.get("content-encoding", "identity") != "identity":
        msg = f"'{url}' comes encoded as {response.headers['content-encoding']} although plain bytes were asked for."
        raise SourceError(msg)


def _extent(response: httpx2.Response) -> tuple[int, int | None]:
    length = response.headers.get("content-length")
    if response.status_code != 206:
        return 0, int(length) if length and length.isdigit() else None
    found = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
    if not found:
        msg = f"'{response.url}' answered with a part of the file and did not say which."
        raise SourceError(msg)
    return int(found[1]), None if found[3] == "*" else int(found[3])


def _etag(response: httpx2.Response) -> str | None:
    etag = str(response.headers.get("etag", ""))
    return etag if etag.startswith("W/") else etag.strip('"') or None


def _retry_after(response: httpx2.Response) -> float | None:
    value = response.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    moment = email.utils.parsedate_to_datetime(value) if value.endswith("GMT") else None
    return max(0.0, moment.timestamp() - time.time()) if moment else None


@contextmanager
def faults(url: str) -> Iterator[None]:
    """Say in our terms what httpx's errors mean."""
    import httpx2

    try:
        yield
    except httpx2.TooManyRedirects:
        msg = f"'{url}' redirects in a circle."
        raise SourceError(msg) from None
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        msg = f"'{url}' is no address of a file: {error}"
        raise SourceError(msg) from None
    except (httpx2.ReadTimeout, httpx2.WriteTimeout) as error:
        msg = f"'{url}' stalled: nothing came for too long."
        raise Transient(msg) from error
    except httpx2.TransportError as error:
        msg = f"'{url}' failed: {error or type(error).__name__}."
        raise Transient(msg) from error
