from __future__ import annotations

import hashlib
import io

from eegmill.inputs.fetch.progress import Lines, Progress, showing
from eegmill.inputs.fetch.recording import fetch_recording
from pinned import QUICK, RAW, lock_of, web_file
from web_server import truncates_after

NAME = "sub-01_task-rest"
DATA = b"x" * 300_000


class Told(Progress):
    def __init__(self):
        self.expected, self.count, self.finished = {}, 0, []

    def expect(self, recording, sizes):
        self.expected[recording] = dict(sizes)

    def advance(self, recording, count):
        self.count += count

    def finish(self, recording):
        self.finished.append(recording)

    def fail(self, recording, reason):
        self.failed = reason


def fetched(web, root, told, **pins):
    lock = lock_of(web_file(web, DATA, **pins))
    fetch_recording(lock, NAME, root, limits=QUICK, progress=told)
    return told


def test_every_byte_is_told_once(web, tmp_path):
    told = fetched(web, tmp_path, Told())
    assert (told.expected, told.count, told.finished) == ({NAME: {RAW: len(DATA)}}, len(DATA), [NAME])


def test_bytes_that_are_fetched_again_are_taken_back(web, tmp_path):
    web.etags = web.dated = False
    web.faults[RAW].append(truncates_after(100_000))
    assert fetched(web, tmp_path, Told()).count == len(DATA)


def test_bytes_that_were_there_are_told_as_well(web, tmp_path):
    pins = {"md5": hashlib.md5(DATA).hexdigest()}
    fetched(web, tmp_path, Told(), **pins)
    assert fetched(web, tmp_path, Told(), **pins).count == len(DATA)


def test_a_log_gets_plain_lines(web, tmp_path):
    log = io.StringIO()
    with showing(log) as progress:
        fetched(web, tmp_path, progress)
    assert log.getvalue().startswith(f"{NAME}: fetched, 300.0 kB; in all 300.0 kB of 300.0 kB, ")
    assert "\x1b" not in log.getvalue()


def test_lines_between_say_how_far_it_is_and_how_long_it_takes():
    log = io.StringIO()
    lines = Lines(log, every_s=0)
    lines.expect(NAME, {"a": 1000, "b": None})
    lines.advance(NAME, 500)
    assert log.getvalue().startswith(f"{NAME}: 500 B of 1.0 kB; in all 500 B of 1.0 kB, ")
    assert log.getvalue().endswith(" s left\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_bars(web, tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with showing(screen) as progress:
        fetched(web, tmp_path, progress)
    assert "300.0/300.0 kB" in screen.getvalue()


def test_a_terminal_shows_a_bar_for_all_and_those_under_way(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with showing(screen) as progress:
        for name in ("sub-01", "sub-02", "sub-03"):
            progress.expect(name, {"a": 1000})
        progress.advance("sub-01", 1000)
        progress.finish("sub-01")
        progress.fail("sub-02", "the disk [of /data] is full")
    assert "sub-02: failed: the disk [of /data] is full" in screen.getvalue()
    assert "1.0/3.0 kB" in screen.getvalue()
    assert "sub-03" not in screen.getvalue()
