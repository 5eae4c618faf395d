"""A web server on loopback that can be told to misbehave, request by request."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

Fault = Callable[["Handler", bytes], None]


class WebServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.always: dict[str, Fault] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.stopping = threading.Event()
        self.etags = True
        self.dated = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def gets(self, path: str) -> list[str]:
        """The Range headers of all GETs of a path."""
        return [span for method, asked, span in self.requests if method == "GET" and asked == path]

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what the tests are about


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebServer

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def do_PROPFIND(self):
        self._answer()

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path).lstrip("/")
        self.server.requests.append((self.command, path, self.headers.get("Range", "")))
        data = self.server.files.get(path)
        waiting = self.server.faults[path]
        fault = waiting.popleft() if waiting and self.command == "GET" else self.server.always.get(path)
        if fault:
            fault(self, data or b"")
        elif data is None:
            self.status(404, b"<html>no such file</html>")
        else:
            self.file(data)

    def status(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def head(self, data: bytes, *, ranges: bool = True, length: int | None = None, **fields: str | None) -> bytes:
        """Send the head of an answer with a file; return the bytes that its body should have."""
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")) if ranges else None
        start = int(span[1]) if span else 0
        stop = min(int(span[2]) + 1, len(data)) if span and span[2] else len(data)
        if span and start >= len(data):
            self.status(416)
            return b""
        self.send_response(206 if span else 200)
        told = {
            "content_range": f"bytes {start}-{stop - 1}/{len(data)}" if span else None,
            "etag": etag_of(data) if self.server.etags else None,
            "last_modified": "Sun, 22 Nov 2026 12:00:00 GMT" if self.server.dated else None,
            "content_length": str(stop - start if length is None else length),
            **(fields if span else {name: fields[name] for name in fields.keys() - {"content_range"}}),
        }
        for name, value in told.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        return b"" if self.command == "HEAD" else data[start:stop]

    def file(self, data: bytes, **fields: str | None) -> None:
        self.wfile.write(self.head(data, **fields))

    def hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


def etag_of(data: bytes) -> str:
    return f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"'


def answers(code: int, body: bytes = b"unavailable", **headers: str) -> Fault:
    return lambda handler, data: handler.status(code, body, **headers)


def truncates_after(count: int) -> Fault:
    """Promise all, send ``count`` bytes, close in an orderly way."""

    def fault(handler: Handler, data: bytes) -> None:
        handler.wfile.write(handler.head(data)[:count])
        handler.hang_up()

    return fault


def resets_after(count: int) -> Fault:
    """Send ``count`` bytes, then a TCP reset."""

    def fault(handler: Handler, data: bytes) -> None:
        handler.wfile.write(handler.head(data)[:count])
        handler.wfile.flush()
        time.sleep(0.05)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    return fault


def says_length(length: int, send: bytes | None = None) -> Fault:
    """Send the file under a wrong Content-Length: cut or filled up, unless it is said what to send."""

    def fault(handler: Handler, data: bytes) -> None:
        body = handler.head(data, length=length)
        handler.wfile.write((body + b"\0" * length)[:length] if body and send is None else send or b"")
        handler.hang_up()

    return fault


def ignores_ranges(handler: Handler, data: bytes) -> None:
    handler.wfile.write(handler.head(data, ranges=False))


def stalls_after(count: int) -> Fault:
    """Send ``count`` bytes, then nothing, and keep the connection."""

    def fault(handler: Handler, data: bytes) -> None:
        handler.wfile.write(handler.head(data)[:count])
        handler.wfile.flush()
        handler.server.stopping.wait(60)
        handler.close_connection = True

    return fault


def drips(handler: Handler, data: bytes) -> None:
    """Send a byte every tenth of a second."""
    for byte in handler.head(data):
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if handler.server.stopping.wait(0.1):
            return


def chunked(whole: bool = True, orderly: bool | None = None) -> Fault:
    """Send the file without saying its length, or only its first half; end it as one does if it is whole."""

    def fault(handler: Handler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        half = len(data) // 2
        for piece in (data[:half], data[half:]) if whole else (data[:half],):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n" if (whole if orderly is None else orderly) else b"")
        handler.hang_up()

    return fault


def redirects_to(url: str) -> Fault:
    return lambda handler, data: handler.status(302, Location=url)


def serves(other: bytes, **fields: str | None) -> Fault:
    """Send another file's bytes, in every respect."""
    return lambda handler, data: handler.file(other, **fields)


def says_range(content_range: str) -> Fault:
    """Send the part that was asked for, and say that it is another one."""
    return lambda handler, data: handler.file(data, content_range=content_range)


def without(field: str) -> Fault:
    """Send the file without one of the fields of its head."""
    return lambda handler, data: handler.file(data, **{field: None})


@contextmanager
def web_server() -> Iterator[WebServer]:
    server = WebServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
