"""Measures the metadata API on this machine's loopback, and prints a section of Markdown.

    python -m validation.benchmarks.server [--records 300000] [--round-s 2] [--rounds 7] [--store FILE]

Variants take turns in short rounds, so that other load meets all alike, and medians over the rounds are given. What
counts is the server's CPU time for a request: the client is a process of its own, on a core of its own where there are
two.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from validation.markdown import table
from validation.processes import ROOT

PROGRAM = (sys.executable, "-m", "validation.benchmarks.server")
TOKEN = "a-token-for-benchmarks-only"
CONNECTIONS = 8
DATASETS = 700
BULK = 1000
MOST_BULKS = 25
REPLY_END = b"\r\n\r\n"


def made_record(number: int, random_numbers: random.Random) -> dict[str, Any]:
    """A record of the documented shape, about 1.5 kB."""
    dataset = f"ds{min(int(random_numbers.lognormvariate(4, 1.2)), DATASETS - 1):06d}"
    path = f"sub-{number:06d}/eeg/sub-{number:06d}_task-rest_run-01_eeg.set"
    stem = path.removesuffix("eeg.set")
    channels = random_numbers.choice((19, 32, 64, 64, 128))
    return {
        "dataset": dataset,
        "data_name": f"{dataset}_{path.rsplit('/', 1)[1]}",
        "bidspath": f"{dataset}/{path}",
        "bids_relpath": path,
        "datatype": "eeg",
        "suffix": "eeg",
        "extension": ".set",
        "recording_modality": ["eeg"],
        "subject": f"{number:06d}",
        "session": None,
        "task": random_numbers.choice(("rest", "oddball", "motor")),
        "run": "01",
        "ch_names": [f"E{index}" for index in range(1, channels + 1)],
        "sampling_frequency": random_numbers.choice((250.0, 500.0, 1000.0)),
        "nchans": channels,
        "ntimes": 300_000,
        "duration_seconds": 600.0,
        "participant_tsv": {"age": 20 + number % 50, "sex": "F"},
        "storage": {
            "backend": "s3",
            "base": f"s3://openneuro.org/{dataset}",
            "raw_key": path,
            "dep_keys": [f"{stem}{name}" for name in ("channels.tsv", "events.tsv", "eeg.json", "electrodes.tsv")],
        },
        "digested_at": "2026-06-05T14:53:18.837253+00:00",
    }


def fill(path: Path, records: int) -> None:
    """Write a store with this many records."""
    from eegmill.catalog.documents.models import Record
    from eegmill.catalog.stores.sqlite.store import SqliteStore

    store, random_numbers = SqliteStore(path), random.Random(1)
    for start in range(0, records, BULK):
        numbers = range(start, min(start + BULK, records))
        store.insert_records("eegdash", [Record.from_value(made_record(n, random_numbers)) for n in numbers])
    store.close()


def run_server(path: Path, port: int) -> None:
    """Serve the API, with two more routes to compare a page with. Runs in a process of its own."""
    import uvicorn
    from fastapi import Response

    from eegmill.catalog.filters.language import parse_filter
    from eegmill.catalog.server.app import create_app
    from eegmill.catalog.server.schemas import RecordsPage
    from eegmill.catalog.server.settings import Settings
    from eegmill.catalog.stores.sqlite.store import SqliteStore

    store = SqliteStore(path)
    app = create_app(store, Settings(tokens=(TOKEN,)))
    ready: dict[str, bytes] = {}

    @app.post("/bench/ready")
    def keep(body: dict[str, str]) -> int:
        ready["page"] = body["page"].encode()
        return len(ready["page"])

    @app.get("/bench/ready")
    async def ready_made() -> Response:
        return Response(ready["page"], media_type="application/json")

    @app.get("/bench/models", response_model=RecordsPage)
    def models(filter: str) -> Any:
        found = store.find("eegdash", "records", parse_filter(filter), limit=100)
        rows = [json.loads(text) for text in found]
        return {"database": "eegdash", "data": rows, "count": len(rows)}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, proxy_headers=False)


class Connection:
    """One HTTP connection that stays open and costs as little as possible."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._buffer = bytearray(1 << 20)
        self._size = 0
        self._end = -1
        self._total = 0

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def ask(self, target: str, body: bytes | None = None) -> bytes:
        """Send a request, read the whole reply; the body of a 200."""
        self.send(target, body)
        while not self.receive():
            pass
        return bytes(self._buffer[self._end + len(REPLY_END) : self._total])

    def send(self, target: str, body: bytes | None = None) -> None:
        """Send a request."""
        head = (
            f"{'GET' if body is None else 'POST'} {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
        )
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self._size, self._end = 0, -1
        self._socket.sendall(head.encode() + b"\r\n" + (body or b""))

    def receive(self) -> bool:
        """Take what has come; whether the reply is whole now."""
        self._size += self._socket.recv_into(memoryview(self._buffer)[self._size :])
        if self._end < 0:
            self._end = self._buffer.find(REPLY_END, 0, self._size)
            if self._end < 0:
                return False
            self._total = self._end + len(REPLY_END) + self._length()
            if self._total > len(self._buffer):
                self._buffer.extend(bytes(self._total - len(self._buffer)))
        return self._size >= self._total

    def _length(self) -> int:
        header = bytes(self._buffer[: self._end]).lower()
        if b" 200 " not in header.split(b"\r\n", 1)[0]:
            raise RuntimeError(bytes(self._buffer[: self._size]).decode(errors="replace")[:400])
        return int(header.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@dataclass(frozen=True)
class Load:
    """What one round gave."""

    rate: float
    """Requests a second."""
    cpu_ms: float
    """CPU time of the server for a request."""


def load(served: Served, targets: list[str], seconds: float, connections: int = CONNECTIONS) -> Load:
    """Ask for one target after another, on several connections at once, in one thread."""
    selector, done = selectors.DefaultSelector(), 0
    opened = [Connection(served.port) for _ in range(connections)]
    for offset, connection in enumerate(opened):
        connection.send(targets[offset * 7 % len(targets)])
        selector.register(connection, selectors.EVENT_READ, connection)
    cpu_s, start = served.cpu_s(), time.perf_counter()
    while (taken := time.perf_counter() - start) < seconds:
        for key, _ in selector.select(1.0):
            asking: Connection = key.data
            if asking.receive():
                done += 1
                asking.send(targets[done % len(targets)])
    used_ms = (served.cpu_s() - cpu_s) * 1000
    selector.close()
    for connection in opened:
        connection.close()
    return Load(done / taken, used_ms / done)


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        """CPU seconds used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def serving(path: Path) -> Iterator[Served]:
    """A server process on a free port, on a core of its own where there are two."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([*PROGRAM, "--serve", str(path), str(port)], cwd=ROOT)
    try:
        served = Served(port, psutil.Process(process.pid))
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            served.process.cpu_affinity(cores[:1])
            os.sched_setaffinity(0, cores[1:])
        _wait(port, process)
        yield served
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("The server ended before it answered.")
        try:
            connection = Connection(port)
        except OSError:
            time.sleep(0.05)
            continue
        connection.ask("/health")
        connection.close()
        return
    sys.exit("The server did not start within 30 s.")


def pages(port: int) -> tuple[list[str], list[str]]:
    """Addresses of full pages of 100 records, and the same through response models."""
    filters = [{"dataset": f"ds{number:06d}", "sampling_frequency": {"$gte": 250}} for number in range(20, 80)]
    texts = [quote(json.dumps(condition)) for condition in filters]
    plain = [f"/api/eegdash/records?limit=100&filter={text}" for text in texts]
    connection = Connection(port)
    full = [index for index, target in enumerate(plain) if b'"count":100' in connection.ask(target)[-20:]]
    if not full:
        sys.exit("No dataset fills a page of 100 records; give more --records.")
    page = connection.ask(plain[full[0]]).decode()
    connection.ask("/bench/ready", json.dumps({"page": page}).encode())
    connection.close()
    return [plain[index] for index in full], [f"/bench/models?filter={texts[index]}" for index in full]


def load_with_writer(served: Served, targets: list[str], seconds: float, first: int) -> tuple[Load, float]:
    """Four readers while one writer inserts in bulk; and the documents written a second."""
    stop, written, random_numbers = threading.Event(), [], random.Random(first)
    # Made beforehand: making them would cost the readers' side of this process, not the server.
    starts = range(first, first + MOST_BULKS * BULK, BULK)
    bodies = [json.dumps([made_record(start + n, random_numbers) for n in range(BULK)]).encode() for start in starts]

    def write() -> None:
        connection = Connection(served.port)
        for body in bodies:
            if stop.is_set():
                break
            connection.ask("/admin/eegdash/records/bulk", body)
            written.append(BULK)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    reads = load(served, targets, seconds, connections=4)
    stop.set()
    writer.join()
    return reads, sum(written) / seconds


@dataclass
class Measured:
    """All rounds, by variant."""

    loads: dict[str, list[Load]]
    documents: list[float]
    startup_s: float
    memory_mb: float = 0.0

    def rate(self, name: str) -> float:
        """Median of requests a second."""
        return statistics.median(load.rate for load in self.loads[name])

    def cpu_ms(self, name: str) -> float:
        """Median of the server's CPU time for a request."""
        return statistics.median(load.cpu_ms for load in self.loads[name])

    def ratio(self, one: str, other: str, what: str) -> float:
        """Median over the rounds of one variant's figure by another's."""
        pairs = zip(self.loads[one], self.loads[other], strict=True)
        return statistics.median(float(getattr(a, what) / getattr(b, what)) for a, b in pairs)


def measure(served: Served, round_s: float, rounds: int) -> Measured:
    """All variants in turn, round by round; a first round warms up and is not kept."""
    measured = Measured({name: [] for name in ("ready", "page", "models", "alone", "beside")}, [], served.cpu_s())
    plain, models = pages(served.port)
    for number in range(rounds + 1):
        beside, documents = load_with_writer(served, plain, round_s, 10_000_000 + number * 1_000_000)
        taken = {
            "ready": load(served, ["/bench/ready"], round_s),
            "page": load(served, plain, round_s),
            "models": load(served, models, round_s),
            "alone": load(served, plain, round_s, connections=4),
            "beside": beside,
        }
        if number:
            measured.documents.append(documents)
            for name, found in taken.items():
                measured.loads[name].append(found)
    measured.memory_mb = served.process.memory_info().rss / 1e6
    return measured


def lines(arguments: argparse.Namespace, measured: Measured) -> Iterator[str]:
    """The section's text."""
    of_ready = [1 / measured.ratio("page", "ready", "cpu_ms"), measured.ratio("page", "ready", "rate")]
    of_models = [measured.ratio("models", "page", "cpu_ms"), measured.ratio("page", "models", "rate")]
    loss = 1 - measured.ratio("beside", "alone", "rate")
    rows = {
        "the bytes of a page, ready-made": ("ready", ""),
        "page of 100, uncached": ("page", f"{of_ready[0]:.2f} of ready-made ({of_ready[1]:.2f} by rate)"),
        "the same through response models": (
            "models",
            f"page is {of_models[0]:.1f} × as fast ({of_models[1]:.1f} by rate)",
        ),
        "4 readers alone": ("alone", ""),
        "4 readers beside a bulk writer": (
            "beside",
            f"{loss:.0%} fewer reads; {statistics.median(measured.documents):.0f} documents/s written",
        ),
    }
    yield "## Metadata API\n"
    yield (
        f"{arguments.records:,} records, SQLite, one process, loopback, {CONNECTIONS} connections; medians of "
        f"{arguments.rounds} rounds of {arguments.round_s:g} s that take turns. {os.cpu_count()} CPUs, "
        f"load {os.getloadavg()[0]:.1f}. What is compared is CPU time of the server."
    )
    cells = [
        (title, f"{measured.cpu_ms(name):.2f}", f"{measured.rate(name):.0f}", against)
        for title, (name, against) in rows.items()
    ]
    yield from table("what | server CPU, ms a request | requests/s | against", cells)
    yield (
        f"\nStart-up {measured.startup_s:.2f} CPU s; memory {measured.memory_mb:.0f} MB after all rounds. "
        "Beside a writer the CPU time holds the writing too."
    )


def bench(arguments: argparse.Namespace) -> None:
    """Fill a store if none is given, serve a copy of it, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalogue.db")
        if arguments.store:
            shutil.copy(arguments.store, path)
        else:
            subprocess.run([*PROGRAM, "--fill", str(path), str(arguments.records)], cwd=ROOT, check=True)
        with serving(path) as served:
            for line in lines(arguments, measure(served, arguments.round_s, arguments.rounds)):
                print(line)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--round-s", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--store", type=Path, help="a store filled before with --fill FILE RECORDS; left as it is")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--fill", nargs=2, metavar=("FILE", "RECORDS"), help="only fill a store")
    arguments = parser.parse_args()
    if arguments.serve:
        run_server(Path(arguments.serve[0]), int(arguments.serve[1]))
    elif arguments.fill:
        fill(Path(arguments.fill[0]), int(arguments.fill[1]))
    else:
        bench(arguments)


if __name__ == "__main__":
    main()
