"""Measures the metadata API on this machine's loopback, and prints a section of Markdown.

Everything runs in bounded rounds that take turns, so that other load meets all variants alike; ratios within one run
mean more than the rates. Usage: ``python scripts/bench_server.py [--records 300000] [--round-s 2] [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

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
    from eegmill.catalog.models import Record
    from eegmill.catalog.sqlite import SqliteStore

    store, random_numbers = SqliteStore(path), random.Random(1)
    for start in range(0, records, BULK):
        numbers = range(start, min(start + BULK, records))
        store.insert_records("eegdash", [Record.from_value(made_record(n, random_numbers)) for n in numbers])
    store.close()


def run_server(path: Path, port: int) -> None:
    """Serve the API, with two more routes to compare a page with. Runs in a process of its own."""
    import uvicorn
    from fastapi import Response

    from eegmill.catalog.filters import parse_filter
    from eegmill.catalog.server.app import create_app
    from eegmill.catalog.server.schemas import RecordsPage
    from eegmill.catalog.server.settings import Settings
    from eegmill.catalog.sqlite import SqliteStore

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

    def ask(self, target: str, body: bytes | None = None) -> bytes:
        """Send a request, read the whole reply; the body of a 200."""
        head = (
            f"{'GET' if body is None else 'POST'} {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
        )
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self._socket.sendall(head.encode() + b"\r\n" + (body or b""))
        return self._reply()

    def _reply(self) -> bytes:
        size = 0
        while (end := self._buffer.find(REPLY_END, 0, size)) < 0:
            size += self._socket.recv_into(memoryview(self._buffer)[size:])
        header = bytes(self._buffer[:end]).lower()
        if b" 200 " not in header.split(b"\r\n", 1)[0]:
            raise RuntimeError(bytes(self._buffer[:size]).decode(errors="replace")[:400])
        length = int(header.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        total = end + len(REPLY_END) + length
        if total > len(self._buffer):
            self._buffer.extend(bytes(total - len(self._buffer)))
        while size < total:
            size += self._socket.recv_into(memoryview(self._buffer)[size:total])
        return bytes(self._buffer[end + len(REPLY_END) : total])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def rate(port: int, targets: list[str], seconds: float, connections: int = CONNECTIONS) -> float:
    """Requests a second over several connections, each asking for one target after another."""
    end, counts = time.perf_counter() + seconds, []

    def work(offset: int) -> None:
        connection, done = Connection(port), 0
        while time.perf_counter() < end:
            connection.ask(targets[(offset + done) % len(targets)])
            done += 1
        counts.append(done)
        connection.close()

    threads = [threading.Thread(target=work, args=(index * 7,)) for index in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


@contextmanager
def served(path: Path) -> Iterator[tuple[int, psutil.Process, float]]:
    """A server process on a free port: the port, the process, and its CPU seconds up to the first reply."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(path), str(port)])
    try:
        seen = psutil.Process(process.pid)
        _wait(port, process)
        times = seen.cpu_times()
        yield port, seen, times.user + times.system
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
    page = connection.ask(plain[full[0]]).decode()
    connection.ask("/bench/ready", json.dumps({"page": page}).encode())
    connection.close()
    return [plain[index] for index in full], [f"/bench/models?filter={texts[index]}" for index in full]


def with_writer(port: int, targets: list[str], seconds: float, first: int) -> tuple[float, float]:
    """Reads a second by 4 readers while one writer inserts in bulk; and documents written a second."""
    stop, written, random_numbers = threading.Event(), [], random.Random(first)
    # Made beforehand: making them would cost the readers' side of this process, not the server.
    starts = range(first, first + MOST_BULKS * BULK, BULK)
    bodies = [json.dumps([made_record(start + n, random_numbers) for n in range(BULK)]).encode() for start in starts]

    def write() -> None:
        connection = Connection(port)
        for body in bodies:
            if stop.is_set():
                break
            connection.ask("/admin/eegdash/records/bulk", body)
            written.append(BULK)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    reads = rate(port, targets, seconds, connections=4)
    stop.set()
    writer.join()
    return reads, sum(written) / seconds


def report(arguments: argparse.Namespace) -> Iterator[str]:
    """The lines of the section."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalogue.db")
        start = time.perf_counter()
        subprocess.run([sys.executable, __file__, "--fill", str(path), str(arguments.records)], check=True)
        loaded_s = time.perf_counter() - start
        with served(path) as (port, process, startup_s):
            plain, models = pages(port)
            measured: dict[str, list[float]] = {
                "ready": [],
                "page": [],
                "models": [],
                "alone": [],
                "beside": [],
                "docs": [],
            }
            for number in range(arguments.rounds):
                measured["ready"].append(rate(port, ["/bench/ready"], arguments.round_s))
                measured["page"].append(rate(port, plain, arguments.round_s))
                measured["models"].append(rate(port, models, arguments.round_s))
                measured["alone"].append(rate(port, plain, arguments.round_s, connections=4))
                reads, documents = with_writer(port, plain, arguments.round_s, 10_000_000 + number * 1_000_000)
                measured["beside"].append(reads)
                measured["docs"].append(documents)
            memory_mb = process.memory_info().rss / 1e6
            yield from lines(arguments, measured, (startup_s, memory_mb, loaded_s))


def lines(
    arguments: argparse.Namespace, measured: dict[str, list[float]], other: tuple[float, float, float]
) -> Iterator[str]:
    """The section's text."""
    best = {name: max(values) for name, values in measured.items()}
    cost = statistics.median(1 - b / a for a, b in zip(measured["alone"], measured["beside"], strict=True))

    def ratio(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(measured[one], measured[other], strict=True))

    yield "## Metadata API"
    yield ""
    yield (
        f"{arguments.records:,} records, SQLite, one process, loopback, {CONNECTIONS} connections, {arguments.rounds} rounds of "
        f"{arguments.round_s:g} s; best rates, median ratios. {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}."
    )
    yield ""
    yield "| what | requests/s | against |"
    yield "| --- | --- | --- |"
    yield f"| the bytes of a page, ready-made | {best['ready']:.0f} | |"
    yield f"| page of 100, uncached | {best['page']:.0f} | {ratio('page', 'ready'):.2f} of ready-made |"
    yield f"| the same through response models | {best['models']:.0f} | page is {ratio('page', 'models'):.1f} × as fast |"
    yield f"| 4 readers alone | {best['alone']:.0f} | |"
    yield f"| 4 readers beside a bulk writer ({best['docs']:.0f} documents/s) | {best['beside']:.0f} | {cost:.0%} fewer |"
    yield ""
    yield f"Start-up {other[0]:.2f} CPU s; memory {other[1]:.0f} MB after all rounds; {arguments.records:,} records loaded in {other[2]:.0f} s."


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--round-s", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--fill", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        run_server(Path(arguments.serve[0]), int(arguments.serve[1]))
    elif arguments.fill:
        fill(Path(arguments.fill[0]), int(arguments.fill[1]))
    else:
        for line in report(arguments):
            print(line)


if __name__ == "__main__":
    main()
