"""Measure fetching from S3 on loopback against bare obstore and boto3, and the requests that pinning takes.

    python -m validation.benchmarks.fetch

Prints a Markdown section. The server of the transfers only copies files to sockets (sendfile), in a process of its own, so
that the clients are what is measured; the listing is asked of moto. Everything lies in memory (/dev/shm) where there is one:
look at the ratios. Sizes are arguments: ``--recordings 200 --large 4 --large-mb 256 --listed 10000``.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from eegmill.inputs.fetch.many import fetch_recordings
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.resolve.dataset import write_lock
from eegmill.inputs.storage import ranges, s3
from eegmill.inputs.storage.s3 import ENDPOINT, S3Source, bucket_store
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.workflow.plan import Plan
from validation.markdown import Row, table
from validation.processes import ROOT

BUCKET = "openneuro.org"
SMALL = {"_eeg.edf": 60_000, "_eeg.json": 900, "_channels.tsv": 2_000, "_events.tsv": 8_000, "_scans.tsv": 300}
REPEATS = 3


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process, and seconds on the clock."""

    cpu_s: float
    wall_s: float


class Handler(BaseHTTPRequestHandler):
    """As much of S3 as GET and HEAD of one object."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        """Write no log."""

    def do_HEAD(self) -> None:
        """Answer a HEAD."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer a GET."""
        path = Path(self.server.folder, unquote(urlsplit(self.path).path).lstrip("/"))  # type: ignore[attr-defined]  # set by serve
        size = path.stat().st_size
        first, _, last = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        start, end = int(first or 0), min(int(last or size - 1), size - 1)
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(end - start + 1))
        self.send_header("ETag", f'"{path.name}-1"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.end_headers()
        self.wfile.flush()
        with path.open("rb") as file:
            rate_mb = self.server.rate_mb  # type: ignore[attr-defined]  # set by serve
            most = 1 << 18 if rate_mb else end + 1
            while self.command == "GET" and start <= end:
                start += os.sendfile(self.connection.fileno(), file.fileno(), start, min(most, end + 1 - start))
                time.sleep(most / (rate_mb * 1e6) if rate_mb else 0)


def serve(folder: str, rate_mb: float) -> None:
    """Serve a folder until killed, each connection at most so many MB/s; say the port on standard output."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.folder, server.rate_mb = folder, rate_mb  # type: ignore[attr-defined]  # read by the handler
    print(server.server_address[1], flush=True)
    server.serve_forever()


@contextlib.contextmanager
def server_of(folder: Path, rate_mb: float = 0) -> Iterator[str]:
    """Run the server in another process; its address."""
    command = [sys.executable, "-m", "validation.benchmarks.fetch", "--serve", str(folder), "--rate-mb", str(rate_mb)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.kill()


def cheapest(
    work: Callable[[Path], None], scratch: Path, *, repeats: int = REPEATS, who: int = resource.RUSAGE_SELF
) -> Cost:
    """The least of some runs, each into an empty folder; of this process or of those that it starts."""
    costs = []
    for _ in range(repeats):
        target = scratch / "target"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        before, began = resource.getrusage(who), time.perf_counter()
        work(target)
        wall_s, after = time.perf_counter() - began, resource.getrusage(who)
        costs.append(Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall_s))
    return Cost(min(cost.cpu_s for cost in costs), min(cost.wall_s for cost in costs))


def lock_of(files: list[LockedFile], size: int) -> Lock:
    """A lock whose recordings have ``size`` files each."""
    groups = [tuple(files[start : start + size]) for start in range(0, len(files), size)]
    recordings = tuple(
        LockedRecording(
            recording=f"sub-{number:04d}", folder=".", datatype="eeg", raw=group[0].path, entities={}, files=group
        )
        for number, group in enumerate(groups)
    )
    empty = {"dataset": "ds000001", "api": "", "database": "", "filter": {}, "resolved_at": ""}
    return Lock(recordings=recordings, **empty)


def put(folder: Path, path: str, size: int, *, hashed: bool) -> LockedFile:
    """Make a file of noise on the server, pinned with its MD5 (as a small object of S3) or by size and ETag alone."""
    target = folder / BUCKET / "ds000001" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = hashlib.shake_256(path.encode()).digest(min(size, 1 << 20)) * (size // (1 << 20) or 1)
    target.write_bytes(data)
    return LockedFile(
        path=path,
        url=f"s3://{BUCKET}/ds000001/{path}",
        role="raw",
        size=len(data),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest() if hashed else None,
        etag=f"{target.name}-1",
    )


def eegmill(lock: Lock) -> Callable[[Path], None]:
    """Fetch as a job does, one recording after the other."""

    def work(target: Path) -> None:
        for entry in lock.recordings:
            fetch_recording(lock, entry.recording, target)

    return work


def command(lock: Lock) -> Callable[[Path], None]:
    """Fetch as the command ``eegmill fetch`` does, some recordings at a time."""
    return lambda target: _refuse_errors(fetch_recordings(lock, [entry.recording for entry in lock.recordings], target))


def _refuse_errors(outcomes: Mapping[str, object]) -> None:
    assert not [outcome for outcome in outcomes.values() if isinstance(outcome, Exception)]


def jobs(lock: Lock, scratch: Path, count: int) -> list[str]:
    """Lines on what the workflow's job costs, and what of it is start-up: everything before the lock is looked at."""
    plan = Plan.from_values({"datasets": [lock.dataset], "output": str(scratch / "target")})
    plan.to_environment()
    names = [entry.recording for entry in lock.recordings[:count]]

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], check=True, stderr=subprocess.DEVNULL)

    def fetched(_: Path) -> None:
        write_lock(lock, plan.layout(lock.dataset).lock)
        for name in names:
            digest = f"fetch={plan.digest('fetch', lock.dataset, name)}"
            run("-m", "eegmill.workflow", "fetch", lock.dataset, name, digest)

    def begun(_: Path) -> None:
        for _name in names:
            run("-c", "from eegmill.workflow.__main__ import Plan; Plan.from_environment()")

    whole, start = (cheapest(work, scratch, repeats=2, who=resource.RUSAGE_CHILDREN) for work in (fetched, begun))
    return [
        f"A `fetch` job of the workflow (5 small files, a lock of {len(lock.recordings)} recordings): "
        f"{whole.cpu_s / count:.2f} CPU s, of which {start.cpu_s / count:.2f} to start Python and to read the configuration and "
        f"its recipe; {1000 * (whole.cpu_s - start.cpu_s) / count:.0f} CPU ms remain for imports, the lock and the transfer."
    ]


def obstore_loop(files: list[LockedFile]) -> Callable[[Path], None]:
    """One file after the other, nothing verified, nothing made safe."""
    import obstore

    def work(target: Path) -> None:
        store = bucket_store(BUCKET)
        for number, file in enumerate(files):
            with (target / str(number)).open("wb") as out:
                for chunk in obstore.get(store, file.url.split("/", 3)[3]).stream():
                    out.write(chunk)

    return work


def boto3_loop(files: list[LockedFile], address: str) -> Callable[[Path], None]:
    """One file after the other by boto3's own transfer."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-2", config=Config(signature_version=UNSIGNED)
    )

    def work(target: Path) -> None:
        for number, file in enumerate(files):
            client.download_file(BUCKET, file.url.split("/", 3)[3], str(target / str(number)))

    return work


def slow_links(files: list[LockedFile], served: Path, scratch: Path, rate_mb: float) -> list[str]:
    """A line on large files from a web server that gives each connection so many MB/s."""
    walls = []
    with server_of(served, rate_mb) as address:
        here = [file.model_copy(update={"url": f"{address}/{file.url.removeprefix('s3://')}"}) for file in files]
        for least in (ranges.LARGE_BYTES, 1 << 50):
            ranges.LARGE_BYTES, usual = least, ranges.LARGE_BYTES
            walls.append(cheapest(eegmill(lock_of(here, len(here))), scratch, repeats=1).wall_s)
            ranges.LARGE_BYTES = usual
    size_mb = sum(file.size or 0 for file in files) / 1e6
    return [
        f"HTTP, {len(files)} file of {size_mb:.0f} MB, a server that gives each connection {rate_mb:.0f} MB/s: in pieces "
        f"{size_mb / walls[0]:.0f} MB/s, in one stream {size_mb / walls[1]:.0f} MB/s."
    ]


def transfers(options: argparse.Namespace, scratch: Path) -> tuple[list[Row], list[str]]:
    """Rows of the table of transfers, and lines below it."""
    served = scratch / "served"
    names = [f"sub-{n:04d}/eeg/sub-{n:04d}{suffix}" for n in range(options.recordings) for suffix in SMALL]
    small = [put(served, name, SMALL["_" + name.rsplit("_", 1)[1]], hashed=True) for name in names]
    large = [put(served, f"large-{n}_eeg.edf", options.large_mb << 20, hashed=False) for n in range(options.large)]
    rows: list[Row] = []
    with server_of(served) as address:
        os.environ[ENDPOINT] = address
        s3.server_of.cache_clear()
        s3.bucket_store.cache_clear()
        for title, files, size in (("small", small, len(SMALL)), ("large", large, len(large))):
            costs = {
                "eegmill": cheapest(eegmill(lock_of(files, size)), scratch),
                "eegmill fetch, all together": cheapest(command(lock_of(files, size)), scratch),
                "obstore, bare loop": cheapest(obstore_loop(files), scratch),
                "boto3, in sequence": cheapest(boto3_loop(files, address), scratch),
            }
            total_mb = sum(file.size or 0 for file in files) / 1e6
            for name, cost in costs.items():
                speed = cost.wall_s / costs["eegmill"].wall_s
                rate = f"{total_mb / cost.wall_s:.0f}"
                what = f"{title}: {len(files)} files, {total_mb:.0f} MB"
                rows.append((what, name, f"{cost.wall_s:.2f}", f"{cost.cpu_s:.2f}", rate, f"{speed:.2f}"))
        lines = jobs(lock_of(small, len(SMALL)), scratch, min(20, options.recordings))
    return rows, [*lines, *slow_links(large[:1], served, scratch, options.rate_mb or 20)]


class Counter(logging.Handler):
    """Counts the lines of a server's log."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - how logging calls it
        """Count one."""
        self.count += 1


def requests_to_pin(count: int) -> tuple[int, int]:
    """How many files moto listed, and in how many requests."""
    import boto3
    from moto.server import ThreadedMotoServer

    counter, logger = Counter(), logging.getLogger("werkzeug")
    logger.setLevel(logging.INFO)
    logger.handlers, logger.propagate = [counter], False
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        os.environ[ENDPOINT] = address = f"http://{host}:{port}"
        s3.server_of.cache_clear()
        s3.bucket_store.cache_clear()
        client = boto3.client(
            "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.create_bucket(Bucket=BUCKET, ACL="public-read")
        for number in range(count):
            client.put_object(Bucket=BUCKET, Key=f"ds000001/sub-{number:05d}/eeg/a.edf", Body=b"x")
        counter.count = 0
        return len(S3Source(f"s3://{BUCKET}/ds000001").listing()), counter.count
    finally:
        server.stop()


def main() -> None:
    """Run everything and print the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--recordings", type=int, default=200)
    parser.add_argument("--large", type=int, default=4)
    parser.add_argument("--large-mb", type=int, default=256)
    parser.add_argument("--listed", type=int, default=10_000)
    parser.add_argument("--folder", default="/dev/shm" if Path("/dev/shm").is_dir() else None)
    parser.add_argument("--rate-mb", type=float, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.rate_mb)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        rows, below = transfers(options, Path(scratch))
    listed, requests = requests_to_pin(options.listed)
    lines = [
        "## Fetching",
        "",
        f"S3 on loopback, {os.cpu_count()} cores, files in `{options.folder or 'the temporary folder'}`; the least of {REPEATS}"
        " runs each. eegmill hashes every byte (SHA-256, and MD5 where it is pinned), the others verify nothing.",
        *table("what | by | wall s | CPU s | MB/s | time relative to eegmill", rows),
        "",
        *itertools.chain.from_iterable((line, "") for line in below),
        f"Pinning {listed} files by listing took {requests} requests.",
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
