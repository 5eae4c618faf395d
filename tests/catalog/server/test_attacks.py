"""One client that tries to use up the server: its memory, its connections, its file descriptors."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api_documents import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")

MEBIBYTE = 1024 * 1024
SERVE = """
import sys
from eegmill.catalog.server.serve import serve
serve(sys.argv[1], port=int(sys.argv[2]), create=True)
"""


class Server:
    """A server process that may open 256 files."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(folder / "catalogue.db"), str(self.port)],
                env={**os.environ, "EEGMILL_ADMIN_TOKEN": TOKEN},
                stdout=log,
                stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)),
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        for _ in range(300):
            try:
                return self.health_ms() and None
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def health_ms(self) -> float:
        """How long /health takes."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()
        return 1000 * (time.perf_counter() - start)

    def memory_mb(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()


def test_bodies_for_a_public_route_take_no_memory(server: Server) -> None:
    before_mb = server.memory_mb()
    head = b"GET /api/eegdash/count HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (8 * MEBIBYTE)
    with ExitStack() as stack:
        for _ in range(60):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.settimeout(0.2)
            try:
                line.sendall(head + b" " * (8 * MEBIBYTE))
            except OSError:
                continue  # the server reads no more, or hung up
        server.health_ms()
        more_mb = server.memory_mb() - before_mb
    assert more_mb < 30


def test_half_open_connections_shut_nobody_out(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(1500):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            line.send(b"GET /health HTTP/1.1\r\nHost:")
        took_ms = sorted(server.health_ms() for _ in range(9))
    assert took_ms[4] < 1000  # a few ms; shut out, it would be 10,000
    assert server.log.stat().st_size < 20_000
