from __future__ import annotations

import threading
import time

import pytest

from eegmill.files.exclusive import alone, one_of
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.limits import Limits
from pinned import lock_of, web_file


class Gauge:
    """How many are inside at once, at most."""

    def __init__(self):
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __enter__(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *error):
        with self.lock:
            self.now -= 1


def at_once(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_lock_lets_one_in(tmp_path):
    gauge = Gauge()

    def work():
        for _ in range(20):
            with alone(tmp_path / "a.lock"), gauge:
                time.sleep(0.0005)

    at_once(work, 6)
    assert gauge.most == 1


def test_a_lock_leaves_nothing_behind(tmp_path):
    with alone(tmp_path / "a.lock"):
        assert (tmp_path / "a.lock").exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("places", [1, 3])
def test_slots_let_so_many_in(tmp_path, places):
    gauge = Gauge()

    def work():
        with one_of(tmp_path / "slots", places), gauge:
            time.sleep(0.02)

    at_once(work, 8)
    assert gauge.most == places


def test_jobs_that_share_slots_share_the_limit_of_transfers(web, tmp_path):
    gauge = Gauge()

    def slow(handler, data):
        with gauge:
            time.sleep(0.03)
            handler.file(data)

    files = [web_file(web, b"x" * n, path=f"{n}.edf") for n in range(1, 6)]
    for file in files:
        web.always[file.path] = slow
    limits = Limits(transfers=2, parallel=5)
    lock = lock_of(*files, raw="1.edf")
    names = iter("abc")

    def job():
        root = tmp_path / next(names)
        fetch_recording(lock, "sub-01_task-rest", root, limits=limits, slots=tmp_path / "slots")

    at_once(job, 3)
    assert gauge.most == 2
