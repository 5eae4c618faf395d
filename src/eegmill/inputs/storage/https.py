"""HTTP and HTTPS: GIN, figshare, Zenodo, OSF and whatever gives a file by address."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...errors import ChangedSource, SourceError
from ...files.digests import hashed
from ...retries import RETRIED_STATUSES, retry_after_s
from ...version import __version__
from .contract import CONNECT_S, Body, Pin, Source, Validators, pinned_of, validators_of
from .faults import Missing, NoRanges, Refused, Transient
from .ranges import RangedReader, exactly, in_ranges, piece, steady

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from ...lock import LockedFile

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


class HttpsReader(RangedReader):
    """Files by their ``http(s)://`` address."""

    @contextmanager
    def stream(self, file: LockedFile, start: int) -> Iterator[Body]:
        """Get one file from an offset; a server that ignores ranges answers from 0."""
        with self._answer(file, (start, None), pinned_of(file).strong) as response:
            yield self._body(response)

    @contextmanager
    def pieces(self, file: LockedFile, start: int) -> Iterator[Body]:
        """Get one file in pieces, if the server gives the first and something vouches for the others."""
        span = piece(start, file.size or 0)
        with self._answer(file, span, pinned_of(file).strong) as response:
            if response.status_code == 200:
                yield self._body(response)
                return
            first = _extent(response, span)
            if first.validators.strong or hashed(file):
                get = partial(self._piece, file, response, first)
                with closing(in_ranges(get, start, file.size or 0)) as chunks:
                    yield first.body(chunks)
                return
        with self.stream(file, start) as body:
            yield body

    def _piece(
        self, file: LockedFile, response: httpx2.Response, first: Extent, begin: int, end: int
    ) -> Iterator[bytes]:
        with faults(file.url):
            if begin == first.start:
                yield from exactly(steady(response.iter_raw(), self.limits), file.url, (begin, end))
                return
            with self._answer(file, (begin, end), first.validators.strong) as other:
                _require_same(first, validators_of(other.headers), file)
                if other.status_code == 200:
                    msg = f"'{file.url}' gave a part of the file once, and then the whole."
                    raise NoRanges(msg)
                _extent(other, (begin, end))
                yield from exactly(steady(other.iter_raw(), self.limits), file.url, (begin, end))

    @contextmanager
    def _answer(
        self, file: LockedFile, span: tuple[int, int | None], if_range: str | None
    ) -> Iterator[httpx2.Response]:
        headers = {}
        if span != (0, None):
            headers["Range"] = f"bytes={span[0]}-{'' if span[1] is None else span[1] - 1}"
            if if_range:
                headers["If-Range"] = if_range
        with faults(file.url), client(self.limits.stall_s).stream("GET", file.url, headers=headers) as response:
            check(response, file.url)
            yield response

    def _body(self, response: httpx2.Response) -> Body:
        return _extent(response).body(steady(response.iter_raw(), self.limits))


def pin_url(url: str) -> Pin | None:
    """Ask a web server for a file's size and ETag; None if there is no such file."""
    with faults(url):
        response = client().head(url)
        if response.status_code in {400, 403, 405, 501}:
            # Signed addresses and some servers allow GET alone.
            response = client().get(url, headers={"Range": "bytes=0-0"})
    if response.status_code == 416:
        return Pin(url=url, size=0, **asdict(validators_of(response.headers)))  # an empty file has no first byte
    try:
        check(response, url)
    except Missing:
        return None
    extent = _extent(response)
    return Pin(url=url, size=extent.size, **asdict(extent.validators))


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
    plain = [hop.url for hop in (*response.history, response) if hop.url.scheme == "http"]
    if plain and url.startswith("https://"):
        msg = f"'{url}' redirects to '{plain[0]}', which is not encrypted: refused."
        raise SourceError(msg)
    if status in {404, 410}:
        msg = f"'{url}' does not exist ({status})."
        raise Missing(msg)
    if status in {401, 403}:
        msg = f"'{url}' may not be read without a login ({status})."
        raise Refused(msg)
    if status in RETRIED_STATUSES:
        msg = f"'{url}' answered {status}."
        raise Transient(msg, retry_after_s=retry_after_s(response.headers.get("retry-after", "")))
    if status in {412, 416}:
        msg = f"'{url}' changed: it is shorter than before, or has another ETag ({status})."
        raise ChangedSource(msg)
    if status not in {200, 206}:
        msg = f"'{url}' answered {status}, which is no file."
        raise SourceError(msg)
    if response.headers.get("content-encoding", "identity") != "identity":
        msg = f"'{url}' comes encoded as {response.headers['content-encoding']} although plain bytes were asked for."
        raise SourceError(msg)


@dataclass(frozen=True)
class Extent:
    """Which part of which file an answer holds."""

    start: int
    size: int | None
    validators: Validators

    def body(self, chunks: Iterator[bytes]) -> Body:
        """The answer as any store gives it."""
        return Body(chunks, self.start, self.size, self.validators.etag, self.validators.last_modified)


def _extent(response: httpx2.Response, asked: tuple[int, int] | None = None) -> Extent:
    length = response.headers.get("content-length")
    validators = validators_of(response.headers)
    if response.status_code != 206:
        return Extent(0, int(length) if length and length.isdigit() else None, validators)
    told = response.headers.get("content-range", "")
    found = _CONTENT_RANGE.match(told)
    if not found or (asked and asked != (int(found[1]), int(found[2]) + 1)):
        msg = f"'{response.url}' answered with another part of the file than was asked for: '{told}'."
        raise NoRanges(msg)
    return Extent(int(found[1]), None if found[3] == "*" else int(found[3]), validators)


def _require_same(first: Extent, now: Validators, file: LockedFile) -> None:
    """Raise if a piece belongs to other bytes than the first, or nothing says that it does not."""
    changed = first.validators.difference(now, then="at first")
    if changed:
        msg = f"'{file.url}' changed while it was fetched: {changed}."
        raise Transient(msg)
    if not hashed(file) and not now.strong:
        msg = f"'{file.url}' does not say of a part which version of the file it belongs to."
        raise NoRanges(msg)


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
