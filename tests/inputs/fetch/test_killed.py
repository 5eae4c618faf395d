"""A job killed at any byte: what lies under a file's name is that file, and the next job goes on."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys

import pytest

from pinned import RAW, files_in, lock_of, web_file
from web_server import etag_of

DATA = hashlib.shake_256(b"killed").digest(2_000_000)
FEW = 5
SIDECAR = b'{"TaskName": "rest"}'
FETCH = """
import sys
from pathlib import Path
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage import ranges
from eegmill.lock import read_lock

ranges.LARGE_BYTES, ranges.PIECE_BYTES = int(sys.argv[4]), 60_000
fetch_recording(read_lock(Path(sys.argv[1])), "sub-01_task-rest", Path(sys.argv[2]), cache=Path(sys.argv[3]))
"""


def kills_after(count, job):
    """Send ``count`` bytes, kill the job that reads them, and hang up."""

    def fault(handler, data):
        handler.wfile.write(handler.head(data)[:count])
        handler.wfile.flush()
        job[0].send_signal(signal.SIGKILL)
        handler.close_connection = True

    return fault


@pytest.mark.parametrize("large", [pytest.param(10**9, id="one stream"), pytest.param(1000, id="pieces")])
@pytest.mark.parametrize("times", [FEW, pytest.param(50, marks=pytest.mark.parity)])
def test_after_any_number_of_kills_the_bytes_equal_the_source(web, tmp_path, times, large):
    raw = web_file(web, DATA, etag=etag_of(DATA).strip('"'), md5=hashlib.md5(DATA).hexdigest())
    sidecar = web_file(web, SIDECAR, path="task-rest_eeg.json", role="sidecar")
    (tmp_path / "a.lock.json").write_text(lock_of(raw, sidecar).model_dump_json())
    source = {RAW: DATA, "task-rest_eeg.json": SIDECAR}
    chance, job, begun = random.Random(5), [], []
    arguments = [tmp_path / "a.lock.json", tmp_path / "root", tmp_path / "cache", str(large)]
    for _ in range(times):
        web.faults[RAW].clear()
        web.requests.clear()
        before = chance.randrange(4) if large < len(DATA) else 0  # pieces of this job that come whole
        count = chance.randrange(60_000 if large < len(DATA) else 2 * len(DATA) // times)
        web.faults[RAW].extend([lambda handler, data: handler.file(data)] * before + [kills_after(count, job)])
        job[:] = [subprocess.Popen([sys.executable, "-c", FETCH, *arguments])]
        assert job[0].wait(timeout=60) in {0, -signal.SIGKILL}
        assert files_in(tmp_path / "root").items() <= source.items()
        begun += web.gets(RAW)[:1]
    assert subprocess.run([sys.executable, "-c", FETCH, *arguments], timeout=60, check=False).returncode == 0
    assert files_in(tmp_path / "root") == source
    went_on = any(span and not span.startswith("bytes=0-") for span in begun)
    assert went_on or times <= FEW, "no job went on where another was killed"  # few kills may all come too early
