"""WebDAV: a web server that can list (RFC 4918, PROPFIND)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree

from ...errors import SourceError
from . import https
from .contract import Pin, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAV = "{DAV:}"
MOST_FOLDERS = 100_000
_BODY = (
    '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getetag/></prop></propfind>'
)


class WebdavSource(Source):
    """A folder of a WebDAV server; its files are read by plain HTTP."""

    def __init__(self, base: str) -> None:
        scheme = {"webdav": "http", "dav": "http", "webdavs": "https", "davs": "https"}
        prefix, _, rest = base.partition("://")
        self.base = _one_spelling(f"{scheme.get(prefix, prefix)}://{rest.rstrip('/')}/")

    def listing(self) -> dict[str, Pin]:
        """Walk the folders one by one: many servers refuse to list a tree at once."""
        pins: dict[str, Pin] = {}
        waiting, seen = deque([self.base]), {self.base}
        while waiting:
            for url, pin in _members(waiting.popleft()):
                if not url.startswith(self.base) or url == self.base:
                    continue
                if pin:
                    pins[unquote(url.removeprefix(self.base))] = pin
                elif url not in seen and len(seen) < MOST_FOLDERS:
                    seen.add(url)
                    waiting.append(url)
        return pins

    def pin(self, path: str) -> Pin | None:
        """Ask for one file's head."""
        return https.pin_url(self.base + quote(path))

    def text(self, path: str) -> str:
        """Read one small file."""
        return https.get_text(self.base + quote(path))


def _members(folder: str) -> Iterator[tuple[str, Pin | None]]:
    """Addresses in a folder: files with their pin, folders without, each in the spelling of the base."""
    with https.faults(folder):
        response = https.client().request("PROPFIND", folder, content=_BODY, headers={"Depth": "1"})
    if response.status_code != 207:
        https.check(response, folder)
        msg = f"'{folder}' is no WebDAV folder: it answered {response.status_code} to PROPFIND."
        raise SourceError(msg)
    try:
        answers = ElementTree.fromstring(response.content).findall(f"{_DAV}response")
    except ElementTree.ParseError as error:
        msg = f"'{folder}' did not answer as WebDAV does: {error}."
        raise SourceError(msg) from error
    for answer in answers:
        yield _member(folder, answer)


def _member(folder: str, answer: ElementTree.Element) -> tuple[str, Pin | None]:
    url = _one_spelling(urljoin(folder, answer.findtext(f"{_DAV}href") or ""))
    if answer.find(f".//{_DAV}resourcetype/{_DAV}collection") is not None:
        return url.rstrip("/") + "/", None
    size = answer.findtext(f".//{_DAV}getcontentlength")
    etag = answer.findtext(f".//{_DAV}getetag") or ""
    plain = etag if etag.startswith("W/") else etag.strip('"')
    return url, Pin(url=url, size=int(size) if size and size.isdigit() else None, etag=plain or None)


def _one_spelling(address: str) -> str:
    """Servers and catalogues differ in what they quote: one spelling makes addresses comparable."""
    place = urlsplit(address)
    return f"{place.scheme}://{place.netloc}{quote(unquote(place.path))}"
