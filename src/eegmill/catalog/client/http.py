"""HTTP to a metadata API: retries with backoff, and one clear error when it does not work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from ...errors import CatalogError, FilterError, Unreachable
from ...retries import RETRIED_STATUSES, pause_s, retry_after_s

NOT_YET_DONE_STATUS = frozenset({429, 503})
"""Refused before anything was done, so that even an insert may be sent again."""
FIRST_WAIT_S = 0.5


class Requests:
    """Sends requests to one API, again where that may help.

    Parameters
    ----------
    url
        Base URL, for instance ``https://data.eegdash.org``, or just a name when there is a ``transport``.
    token
        Sent as a Bearer token; only admin routes need one.
    timeout_s
        Longest wait for a connection, and for each piece of a reply.
    retries
        How often a request is sent again after 429, 5xx or a connection fault.
    transport
        Another way to reach the API than the network.
    sleep
        How to wait between two attempts.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 5,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self._retries = retries
        self._sleep = sleep
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        base_url = "http://embedded" if transport is not None and "://" not in self.url else self.url
        self._http = httpx2.Client(
            base_url=base_url, headers=headers, timeout=timeout_s, transport=transport, follow_redirects=True
        )

    def get(self, path: str, parameters: Mapping[str, Any] | None = None, *, missing: Any = ...) -> Any:
        """Decoded JSON of a GET; ``missing`` is given back instead of an error when the API says 404."""
        reply = self._send("GET", path, params=dict(parameters or {}))
        if reply.status_code == 404 and missing is not ...:
            return missing
        return self._decoded(reply)

    def send(self, method: str, path: str, body: object, parameters: Mapping[str, Any] | None = None) -> Any:
        """Decoded JSON of the reply to a request with a JSON body."""
        return self._decoded(self._send(method, path, json=body, params=dict(parameters or {})))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                reply = self._http.request(method, path, **content)
            except httpx2.TransportError as error:
                if last or not _may_repeat(method, error):
                    raise self._unreachable(error) from error
                self._sleep(pause_s(FIRST_WAIT_S, attempt, jitter=False))
                continue
            if last or reply.status_code not in (RETRIED_STATUSES if method == "GET" else NOT_YET_DONE_STATUS):
                return reply
            asked_s = retry_after_s(reply.headers.get("retry-after", ""))
            self._sleep(pause_s(FIRST_WAIT_S, attempt, asked_s=asked_s, jitter=False))
        raise AssertionError  # the last attempt returns or raises

    def _decoded(self, reply: httpx2.Response) -> Any:
        if reply.is_error:
            raise self._refused(reply)
        try:
            return reply.json()
        except ValueError as error:
            kind = reply.headers.get("content-type", "no content type")
            msg = f"The server at '{self.url}' answered with {kind}, not JSON. Is it a metadata API?"
            raise CatalogError(msg) from error

    def _unreachable(self, error: httpx2.TransportError) -> CatalogError:
        what = str(error) or type(error).__name__
        return Unreachable(
            f"The metadata API at '{self.url}' cannot be reached ({what}). Check the address and the network."
        )

    def _refused(self, reply: httpx2.Response) -> CatalogError:
        request = f"{reply.request.method} {reply.request.url.path}"
        advice = _ADVICE.get(reply.status_code, "")
        kind = FilterError if reply.status_code == 400 and "filter" in reply.request.url.params else CatalogError
        return kind(
            f"The metadata API at '{self.url}' answered {reply.status_code} to {request}: {_detail(reply)}{advice}"
        )


_ADVICE = {
    401: " Give the API token.",
    403: " The token lacks the right, or this address is blocked.",
    429: " Wait a minute, or give an API token, which lifts the limit.",
    503: " Try again later, or ask for less at once.",
}


def _may_repeat(method: str, error: httpx2.TransportError) -> bool:
    """Whether the request cannot have been carried out, or does no harm when it is twice."""
    return method == "GET" or isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)


def _detail(reply: httpx2.Response) -> str:
    """What the problem document says, or the start of whatever came instead."""
    try:
        said = reply.json()
    except ValueError:
        said = reply.text
    if isinstance(said, dict):
        said = said.get("detail") or said.get("title") or said
    return str(said)[:300].strip() or reply.reason_phrase
